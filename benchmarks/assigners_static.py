"""Static assigners beside what everybody uses: time in the same run, memory, and the same answers.
One thread.

    python benchmarks/assigners_static.py [--repeats 15] [--mmdet FOLDER]

- MaxIoU on 120,000 anchors x 30 objects against torchvision's ``box_iou`` and ``Matcher``. Target:
  0.40 of its time.
- ATSS against mmdetection's ``ATSSAssigner``: one anchor per cell of an 800 x 1344 input, and
  RetinaNet's nine. Target: 0.40. FOLDER holds the unpacked wheel (``pip download --no-deps mmdet``;
  3.3.0 was used); only its assigner and its IoU are imported, the registry and mmengine are
  replaced by stand-ins, so no compiled operator is needed. Without FOLDER, and beside it, the
  official algorithm written plainly below.

Calls are interleaved; the ratio is of the medians, and of the fastest calls in brackets. Memory is
what one call adds to the resident size at its peak, in a process of its own.
"""

import argparse
import importlib
import os
import statistics
import sys
import time
import types
from pathlib import Path

import torch
from torchvision.models.detection._utils import Matcher
from torchvision.ops import box_iou

from locviz.assign import ATSS, MaxIoU, force_best_ties
from locviz.priors import atss_anchors, pyramid_sizes, retinanet_anchors
from locviz.types import BACKGROUND, Priors, Targets

TARGET = 0.40


def anchors(make, size, num=None) -> Priors:
    generator = make()
    priors = generator(pyramid_sizes(size, generator.strides), input_size=size)
    if num is None:
        return priors
    surplus = len(priors) - num
    levels = (*priors.levels[:-1], priors.levels[-1] - surplus)
    return Priors(priors.regions[:num].contiguous(), priors.strides[:num].contiguous(), levels)


def objects(num, size, seed=0) -> Targets:
    """Boxes of 16 to 400 pixels, sides and places spread evenly (sizes by their logarithm)."""
    generator = torch.Generator().manual_seed(seed)
    sides = 16 * 25 ** torch.rand(num, 2, generator=generator)
    low = torch.rand(num, 2, generator=generator) * (torch.tensor(size[::-1]) - sides)
    return Targets(
        boxes=torch.cat([low, low + sides], 1),
        labels=torch.zeros(num, dtype=torch.int64),
        size=size,
    )


def torchvisions_matcher(priors, targets):
    matcher = Matcher(0.7, 0.3, allow_low_quality_matches=True)
    return lambda: matcher(box_iou(targets.boxes, priors.regions))


def official_atss(priors, targets, top_k=9):
    """Algorithm 1 of the paper as its release goes about it: full matrices of overlaps and
    distances, then masks.
    """

    def assign():
        regions, boxes = priors.regions, targets.boxes
        overlap = box_iou(regions, boxes)
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        centers = (regions[:, :2] + regions[:, 2:]) / 2
        distance = (centers[:, None] - middles[None]).pow(2).sum(-1).sqrt()
        chosen, start = [], 0
        for count in priors.levels:
            level = distance[start : start + count]
            chosen.append(level.topk(min(top_k, count), dim=0, largest=False).indices + start)
            start += count
        chosen = torch.cat(chosen)
        values = overlap.gather(0, chosen)
        threshold = values.mean(0) + values.std(0)
        sides = torch.cat([centers[chosen] - boxes[:, :2], boxes[:, 2:] - centers[chosen]], -1)
        keep = (values >= threshold) & (sides.amin(-1) > 0.01)
        masked = torch.full_like(overlap, -1.0)
        masked[chosen[keep], keep.nonzero()[:, 1]] = values[keep]
        best, owner = masked.max(1)
        return torch.where(best >= 0, owner, BACKGROUND)

    return assign


class _Registry:
    """Stands in for mmengine's: registers nothing, builds the one thing that is asked for."""

    def register_module(self, *_, **__):
        return lambda cls: cls

    def build(self, _):
        return importlib.import_module(
            "mmdet.models.task_modules.assigners.iou2d_calculator"
        ).BboxOverlaps2D()


class _Instances(types.SimpleNamespace):
    def __contains__(self, name):
        return hasattr(self, name)


def import_mmdetection(folder: Path):
    """mmdetection's ATSSAssigner, its own lines, without mmcv and mmengine."""

    def package(name, **content):
        module = types.ModuleType(name)
        module.__path__ = [str(folder.joinpath(*name.split(".")))]
        vars(module).update(content)
        sys.modules[name] = module

    for name in (
        "mmdet",
        "mmdet.models",
        "mmdet.models.task_modules",
        "mmdet.models.task_modules.assigners",
    ):
        package(name)
    package("mmengine")
    package("mmengine.structures", InstanceData=_Instances)
    package("mmdet.registry", TASK_UTILS=_Registry())
    package("mmdet.utils", ConfigType=dict, util_mixins=types.SimpleNamespace(NiceRepr=object))
    package("mmdet.structures")
    package("mmdet.structures.bbox", get_box_tensor=lambda boxes: boxes)
    overlaps = importlib.import_module("mmdet.structures.bbox.bbox_overlaps")
    vars(sys.modules["mmdet.structures.bbox"])["bbox_overlaps"] = overlaps.bbox_overlaps
    return importlib.import_module("mmdet.models.task_modules.assigners.atss_assigner").ATSSAssigner


def mmdetections(cls, priors, targets):
    assigner = cls(topk=9)
    said, truth = (
        _Instances(priors=priors.regions),
        _Instances(bboxes=targets.boxes, labels=targets.labels),
    )
    return lambda: assigner.assign(said, list(priors.levels), truth).gt_inds - 1


def interleaved(calls, repeats):
    for call in calls:
        call()
    times = [[] for _ in calls]
    for _ in range(repeats):
        for call, spent in zip(calls, times, strict=True):
            began = time.process_time()
            call()
            spent.append(1e3 * (time.process_time() - began))
    return times


def peak_megabytes(call) -> float:
    """Growth of the resident size at its peak, during one call, in a fork."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        Path("/proc/self/clear_refs").write_text("5")
        before = _status("VmRSS")
        call()
        os.write(write, str((_status("VmHWM") - before) / 1024).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read) as result:
        return float(result.read() or "nan")


def _status(name) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def compare(title, ours, others, repeats) -> bool:
    """Print one row per peer; the first peer is the one that the target is about."""
    names, peers = zip(*others, strict=True)
    memory = [peak_megabytes(call) for call in (ours, *peers)]
    spent, *theirs = interleaved([ours, *peers], repeats)
    print(f"{title}: locviz {statistics.median(spent):.1f} ms, {memory[0]:.0f} MB")
    ratios = []
    for name, peer, times, megabytes in zip(names, peers, theirs, memory[1:], strict=True):
        same = torch.equal(ours(), peer())
        ratios.append(statistics.median(spent) / statistics.median(times) if same else float("inf"))
        print(
            f"  {name}: {statistics.median(times):.1f} ms, {megabytes:.0f} MB; ratio {ratios[-1]:.3f} "
            f"[{min(spent) / min(times):.3f}], {'same answers' if same else 'DIFFERENT ANSWERS'}"
        )
    met = ratios[0] <= TARGET and max(ratios) < float("inf")
    print(f"  target {TARGET}: {'met' if met else 'MISSED'}")
    return met


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--mmdet", type=Path, help="folder of the unpacked wheel")
    args = parser.parse_args()
    torch.set_num_threads(1)
    met = []

    priors, targets = anchors(retinanet_anchors, (800, 800), 120_000), objects(30, (800, 800))
    rule = MaxIoU(positive=0.7, negative=0.3, force=force_best_ties)
    peer = ("torchvision box_iou + Matcher", torchvisions_matcher(priors, targets))
    met.append(
        compare(
            "MaxIoU, 120,000 x 30", lambda: rule(priors, targets).gt_index, [peer], args.repeats
        )
    )

    theirs = import_mmdetection(args.mmdet) if args.mmdet else None
    # The release wants centres 0.01 pixels inside; so does mmdetection.
    atss = ATSS(margin=0.01)
    for title, make in (
        ("one anchor per cell", atss_anchors),
        ("RetinaNet's nine", retinanet_anchors),
    ):
        size = (800, 1344)
        priors, targets = anchors(make, size), objects(30, size, seed=1)
        peers = [("official algorithm, written plainly", official_atss(priors, targets))]
        if theirs:
            peers.insert(0, ("mmdetection ATSSAssigner", mmdetections(theirs, priors, targets)))
        name = f"ATSS, {title}, {len(priors):,} x 30"
        met.append(
            compare(name, lambda p=priors, t=targets: atss(p, t).gt_index, peers, args.repeats)
        )
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
