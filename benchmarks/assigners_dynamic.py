"""The assigners that look at predictions, beside the peers that people use: time, memory, and the
same answers.

    python benchmarks/assigners_dynamic.py [--yolox FOLDER] [--rounds 9]

One thread; the contestants take turns in one process and each figure is the median of its process
times. Memory is what a call adds to the resident size of a process of its own, at its peak. FOLDER
holds the package ``yolox`` (its source distribution from PyPI or a checkout of
Megvii-BaseDetection/YOLOX); without it SimOTA's peer is left out. What ``yolox`` imports and this
does not need (loguru, cv2, ...) is replaced by empty stand-ins.
"""

import argparse
import importlib.abc
import importlib.machinery
import math
import multiprocessing
import os
import sys
import time
import types
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest.mock import MagicMock

import torch
from torch import Tensor

from locviz.assign import (
    ClassCost,
    GIoUCost,
    L1Cost,
    as_solved,
    match_queries,
    sinkhorn,
    sinkhorn_log,
)
from locviz.boxes import center_size_to_corners
from locviz.models import ota, sim_ota
from locviz.types import ImagePredictions, Priors, Targets

SIZE, STRIDES, NUM_CLASSES = 640, (8, 16, 32), 80
EPSILON, ITERATIONS = 0.1, 50
Task = Callable[[], object]


def medians(tasks: dict[str, Task], rounds: int) -> dict[str, float]:
    """Milliseconds of process time of each task; they take turns, so that a slow moment meets all
    of them.
    """
    times = {name: [] for name in tasks}
    for turn in range(rounds + 1):
        for name, task in tasks.items():
            start = time.process_time()
            task()
            if turn:  # the first round warms up
                times[name].append((time.process_time() - start) * 1e3)
    return {name: sorted(values)[len(values) // 2] for name, values in times.items()}


def _grown(make: Callable[[], dict[str, Task]], name: str, answer) -> None:
    torch.set_num_threads(1)
    task = make()[name]
    task()  # imports and caches are no part of it
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts anew
    before = _status("VmRSS")
    task()
    answer.put((_status("VmHWM") - before) / 1024)


def _status(field: str) -> int:
    """KiB of a field of this process's status."""
    (line,) = (
        line
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith(field)
    )
    return int(line.split()[1])


def memory(make: Callable[[], dict[str, Task]], name: str) -> float:
    """MiB by which a second call raises the resident size of a fresh process at its peak; NaN where
    not on Linux.
    """
    if sys.platform != "linux":
        return math.nan
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=_grown, args=(make, name, answer))
    process.start()
    grown = answer.get(timeout=300)
    process.join()
    return grown


def compare(
    title: str, make: Callable[[], dict[str, Task]], rounds: int, bars: dict[str, float]
) -> bool:
    """Print times, ratios of the first task to the others, and memory; whether all ratios are
    within their bars.
    """
    took = medians(make(), rounds)
    first, *_ = took
    print(title)
    met = True
    for name, milliseconds in took.items():
        line = f"  {name:44}{milliseconds:9.1f} ms {memory(make, name):8.0f} MiB"
        if name != first:
            ratio = took[first] / milliseconds
            line += f"   ours / this = {ratio:.3f}"
            if name in bars:
                met &= ratio <= bars[name]
                line += f" (bar {bars[name]:.2f}: {'met' if ratio <= bars[name] else 'MISSED'})"
        print(line, flush=True)
    return met


def random_boxes(*shape: int, generator: torch.Generator) -> Tensor:
    """Centre and size in 0..1."""
    size = torch.rand(*shape, 2, generator=generator) * 0.3 + 0.02
    return torch.cat([torch.rand(*shape, 2, generator=generator), size], -1)


def matching_batch(images: int = 16, queries: int = 300, objects: int = 100):
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(images, queries, 92, generator=generator)
    queried = random_boxes(images, queries, generator=generator)
    wanted = random_boxes(images, objects, generator=generator)
    labels = torch.randint(0, 91, (images, objects), generator=generator)
    targets = [
        Targets(center_size_to_corners(boxes) * SIZE, own, (SIZE, SIZE))
        for boxes, own in zip(wanted, labels, strict=True)
    ]
    return logits, queried, wanted, labels, targets


def matchers() -> dict[str, Task]:
    from transformers.loss.loss_for_object_detection import HungarianMatcher

    logits, queried, wanted, labels, targets = matching_batch()
    outputs = {"logits": logits, "pred_boxes": queried}
    theirs = [
        {"class_labels": own, "boxes": boxes} for own, boxes in zip(labels, wanted, strict=True)
    ]
    matcher = HungarianMatcher(1, 5, 2)
    regions = center_size_to_corners(queried) * SIZE
    costs = (ClassCost(), L1Cost(), GIoUCost())
    return {
        "locviz match": lambda: match_queries(logits, regions, targets, costs=costs),
        "transformers DETR matcher": lambda: matcher(outputs, theirs),
    }


def same_matches() -> None:
    tasks = matchers()
    ours, theirs = tasks["locviz match"](), tasks["transformers DETR matcher"]()
    same = 0
    for answer, (query, column) in zip(ours, theirs, strict=True):
        same += int((answer.gt_index[query] == column).sum())
    print(f"  same pairs: {same} of {16 * 100}")


def predictions(seed: int, num_gts: int, trained: float = 0.8):
    """A scene of 8,400 cells; of those inside an object a share says about the right thing. YOLOX's
    layout and ours.
    """
    generator = torch.Generator().manual_seed(seed)
    grids = [
        torch.cartesian_prod(*[torch.arange(SIZE // stride)] * 2).flip(-1).float()
        for stride in STRIDES
    ]
    strides = torch.cat(
        [torch.full((len(grid),), float(s)) for grid, s in zip(grids, STRIDES, strict=True)]
    )
    grid = torch.cat(grids)
    centers = (grid + 0.5) * strides[:, None]
    size = torch.exp(torch.rand(num_gts, 2, generator=generator) * 2.5 + 2.5)
    gt = torch.cat([torch.rand(num_gts, 2, generator=generator) * SIZE, size], 1)
    labels = torch.randint(0, NUM_CLASSES, (num_gts,), generator=generator)
    noise = torch.randn(len(grid), 4, generator=generator)
    logits = torch.randn(len(grid), NUM_CLASSES, generator=generator) - 3
    quality = torch.randn(len(grid), generator=generator) - 2
    away, which = ((centers[:, None] - gt[:, :2]) / size).norm(dim=-1).min(1)
    says = (away < 0.7) & (torch.rand(len(grid), generator=generator) < trained)
    spread = torch.exp(noise[:, 2:] * 0.5) * strides[:, None] * 3
    loose = torch.cat([centers + noise[:, :2] * 0.3 * strides[:, None], spread], 1)
    good = torch.cat(
        [gt[which, :2] + 0.1 * noise[:, :2] * size[which], size[which] * (1 + 0.15 * noise[:, 2:])],
        1,
    )
    boxes = torch.where(says[:, None], good, loose)
    boxes[:, 2:].clamp_(min=1)
    logits[says.nonzero()[:, 0], labels[which[says]]] += 4
    quality[says] += 3
    counts = tuple(len(level) for level in grids)
    half = strides[:, None] / 2
    priors = Priors(torch.cat([centers - half, centers + half], 1), strides, counts)
    targets = Targets(center_size_to_corners(gt), labels, (SIZE, SIZE))
    return grid, gt, boxes, priors, targets, {"logits": logits, "quality": quality}


def exact(cost: Tensor, supply: Tensor, demand: Tensor) -> Tensor:
    """POT's network simplex."""
    import ot

    return torch.from_numpy(
        ot.emd(supply.double().numpy(), demand.double().numpy(), cost.double().numpy())
    ).float()


def transport_problem() -> tuple[Tensor, Tensor, Tensor]:
    """What OTA hands to its solver: 8,400 priors, 30 objects and background."""
    *_, boxes, priors, targets, said = predictions(0, 30)
    seen = []
    ota(solve=lambda *problem: seen.append(problem) or sinkhorn(*problem))(
        priors,
        targets,
        ImagePredictions(logits=said["logits"], regions=center_size_to_corners(boxes)),
    )
    return seen[0]


def solvers() -> dict[str, Task]:
    import ot

    warnings.filterwarnings("ignore", message=".*did not converge.*")
    cost, supply, demand = transport_problem()
    arrays = [part.double().numpy() for part in (supply, demand, cost)]
    pot = partial(ot.bregman.sinkhorn_log, reg=EPSILON, numItermax=ITERATIONS, stopThr=0.0)
    return {
        "locviz sinkhorn, float32": lambda: sinkhorn(
            cost, supply, demand, epsilon=EPSILON, iterations=ITERATIONS
        ),
        "locviz sinkhorn_log, float32": lambda: sinkhorn_log(
            cost, supply, demand, epsilon=EPSILON, iterations=ITERATIONS
        ),
        "POT sinkhorn_log, NumPy float64": lambda: pot(*arrays),
        "POT sinkhorn_log, torch float32": lambda: pot(supply, demand, cost),
        "POT emd (exact)": lambda: ot.emd(*arrays),
    }


def agreement_with_exact(trained: float, num_scenes: int = 5) -> float:
    """OTA against exact transport on the priors that are positive under either."""
    same = either = 0
    for seed in range(num_scenes):
        *_, boxes, priors, targets, said = predictions(seed, 30, trained)
        known = ImagePredictions(logits=said["logits"], regions=center_size_to_corners(boxes))
        solve = partial(sinkhorn, epsilon=EPSILON, iterations=ITERATIONS)
        ours = ota(solve=solve)(priors, targets, known).gt_index
        theirs = ota(solve=exact, rescale=as_solved)(priors, targets, known).gt_index
        positive = (ours >= 0) | (theirs >= 0)
        same += int((ours == theirs)[positive].sum())
        either += int(positive.sum())
    print(
        f"  {trained:.0%} of the priors inside objects trained: same answer for {same / either:.1%} of {either} priors "
        f"that are positive under OTA or exact transport, {num_scenes} scenes"
    )
    return same / either


class _StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Empty modules in place of those that YOLOX imports for logging and drawing."""

    names = (
        "loguru",
        "cv2",
        "tabulate",
        "thop",
        "psutil",
        "pycocotools",
        "onnx",
        "tensorboard",
        "wandb",
        "mlflow",
    )

    def find_spec(self, fullname, path, target=None):
        if fullname.split(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__getattr__ = lambda name: MagicMock()  # type: ignore[method-assign]
        return module

    def exec_module(self, module):
        pass


def yolox_head(folder: str):
    if not any(isinstance(finder, _StandIns) for finder in sys.meta_path):
        sys.meta_path.insert(0, _StandIns())
        sys.path.insert(0, folder)
        warnings.filterwarnings("ignore", message=".*autocast.*")
    from yolox.models.yolo_head import YOLOXHead

    return YOLOXHead(NUM_CLASSES)


def sim_otas(folder: str | None, seed: int = 0, num_gts: int = 30) -> dict[str, Task]:
    grid, gt, boxes, priors, targets, said = predictions(seed, num_gts)
    regions = center_size_to_corners(boxes)
    assigner = sim_ota()
    tasks: dict[str, Task] = {
        "locviz SimOTA": lambda: assigner(
            priors, targets, ImagePredictions(regions=regions, **said)
        )
    }
    if folder:
        head = yolox_head(folder)
        layout = priors.strides[None], grid[None, :, 0], grid[None, :, 1]
        scores = said["logits"][None], said["quality"][None, :, None]
        tasks["YOLOX get_assignments"] = lambda: head.get_assignments(
            0, len(gt), gt, targets.labels.float(), boxes, *layout, *scores
        )
    return tasks


def same_sim_otas(folder: str) -> bool:
    equal, num_scenes = 0, 0
    for seed in range(8):
        for num_gts in (1, 5, 30, 80):
            tasks = sim_otas(folder, seed, num_gts)
            ours = tasks["locviz SimOTA"]()
            _, positive, iou, owner, _ = tasks["YOLOX get_assignments"]()
            theirs = torch.full_like(ours.gt_index, -1)
            theirs[positive] = owner
            same = torch.equal(ours.gt_index, theirs) and torch.allclose(
                ours.quality[positive], iou, atol=1e-5
            )
            equal, num_scenes = equal + same, num_scenes + 1
    print(
        f"  equal assignments and IoUs in {equal} of {num_scenes} seeded scenes of 1 to 80 objects"
    )
    return equal == num_scenes


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--yolox", metavar="FOLDER", help="holds the package yolox")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    torch.set_num_threads(1)
    os.environ["MALLOC_MMAP_THRESHOLD_"] = (
        "65536"  # in the processes that measure memory: freed blocks go back at once
    )
    met = compare(
        "Matching, costs and solution, 16 images of 300 queries x 100 objects",
        matchers,
        options.rounds,
        {"transformers DETR matcher": 0.10},
    )
    same_matches()
    fifth = {"POT sinkhorn_log, NumPy float64": 0.2, "POT sinkhorn_log, torch float32": 0.2}
    title = f"Transport, 8,400 x (30 + background), epsilon {EPSILON}, {ITERATIONS} iterations"
    met &= compare(title, solvers, options.rounds, fifth)
    agreement_with_exact(trained=0.0)
    share = agreement_with_exact(trained=0.8)
    met &= share >= 0.9
    print(
        f"  OTA and exact transport, trained: {share:.3f} (bar 0.90: {'met' if share >= 0.9 else 'MISSED'})"
    )
    make = partial(sim_otas, options.yolox)
    met &= compare(
        "SimOTA, 8,400 x 30, 80 classes", make, options.rounds, {"YOLOX get_assignments": 0.15}
    )
    if options.yolox:
        met &= same_sim_otas(options.yolox)
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
