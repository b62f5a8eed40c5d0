"""Why R-CNN and Fast R-CNN were slow: seconds per image by part, and AP50 after equal training
time, on ``shapes``.

    python benchmarks/two_stage_speed.py [--seconds 12] [--level first|crowded]

The three detectors take turns on the same images in one process, so read the ratios. Proposals of
R-CNN and Fast R-CNN are those of ``RegionGrouping`` (made anew for each image here); Faster R-CNN's
come from its own network, on the maps that it needs anyway. Training seconds are CPU-seconds of one
thread, the proposals of the training images not counted, as the papers kept them on disk; R-CNN's
include looking at all regions and fitting SVMs and boxes. For each R-CNN also its parts: softmax or
SVM, with and without regressed boxes. Recall of the proposals, against sliding windows, comes
first; last, what the network costs as regions become more: the papers had 2000.
"""

import argparse
import statistics
import time

import torch

from locviz.data import Batches, Shapes
from locviz.evaluate import proposal_recall
from locviz.models import (
    fast_rcnn_tiny,
    faster_rcnn_tiny,
    fit_boxes,
    fit_svms,
    rcnn_tiny,
    region_features,
    with_boxes,
    with_svms,
)
from locviz.priors import AnchorPriors, RegionGrouping, Remembered, SlidingWindows
from locviz.train import Recipe, measure, train

TRAIN, TEST, TIMED, BATCH = 400, 200, 16, 8


def recall_table(images, truth) -> None:
    """Recall at IoU 0.5 and 0.7 of the proposals and of denser and denser windows."""
    print(
        f"  {'proposals':24s} {'per image':>9s} {'recall@.5':>9s} {'recall@.7':>9s} {'ms/image':>9s}"
    )
    for name, finder in windows().items():
        began = time.process_time()
        found = finder(images)
        spent = (time.process_time() - began) / len(images) * 1e3
        half, tight = proposal_recall(found, truth, num=None, thresholds=(0.5, 0.7)).tolist()
        print(
            f"  {name:24s} {sum(map(len, found)) / len(images):9.0f} {half:9.3f} {tight:9.3f} {spent:9.1f}"
        )


@torch.no_grad()
def parts(detector, images) -> tuple[float, float, float]:
    """Seconds of the shared features, the proposals, and what is done for each region, for all
    images.
    """
    marks = [time.process_time()]  # the CPU's own seconds: others may use the machine
    batch, levels = detector.features(images)
    marks.append(time.process_time())
    proposed = detector.proposer(images, batch, levels)
    marks.append(time.process_time())
    detector.decide(detector.roi(levels, proposed, batch))
    marks.append(time.process_time())
    return marks[1] - marks[0], marks[2] - marks[1], marks[3] - marks[2]


def time_table(detectors: dict, images, *, repeats: int = 5) -> None:
    """Medians over interleaved repeats, one image at a time."""
    kept = {name: detector.proposer for name, detector in detectors.items()}
    for detector in detectors.values():
        if hasattr(detector.proposer, "find"):  # ask the finder itself, not its memory
            detector.proposer = type(detector.proposer)(RegionGrouping())
    runs = {name: [] for name in detectors}
    for _ in range(repeats):
        for name, detector in detectors.items():
            each = [parts(detector.eval(), [image]) for image in images]
            runs[name].append(
                [sum(column) / len(images) * 1e3 for column in zip(*each, strict=True)]
            )
    print(
        f"  {'ms per image':14s} {'features':>9s} {'proposals':>9s} {'regions':>9s} {'network':>9s} {'all':>9s}"
    )
    for name, rows in runs.items():
        features, proposals, regions = (
            statistics.median(column) for column in zip(*rows, strict=True)
        )
        # The network of R-CNN and Fast R-CNN is what is not proposals; a proposal network is part
        # of it.
        network = features + regions + (0 if hasattr(kept[name], "find") else proposals)
        print(f"  {name:14s} {features:9.2f} {proposals:9.2f} {regions:9.2f} {network:9.2f} "
              f"{features + proposals + regions:9.2f}")  # fmt: skip
    for name, proposer in kept.items():
        detectors[name].proposer = proposer


def growth_table(detectors: dict, images, *, repeats: int = 3) -> None:
    """Milliseconds of the network alone (features and regions), given more and more regions."""
    print(
        f"  {'network, ms per image':24s} {'regions':>9s} {'R-CNN':>9s} {'Fast':>9s} {'ratio':>9s}"
    )
    for name, finder in windows().items():
        runs: dict[str, list[float]] = {"R-CNN": [], "Fast R-CNN": []}
        for kind in [*runs] * repeats:
            detector = detectors[kind].eval()
            detector.proposer = type(detector.proposer)(finder)
            each = [parts(detector, [image]) for image in images]
            runs[kind].append(
                sum(features + regions for features, _, regions in each) / len(images) * 1e3
            )
        slow, fast = (statistics.median(values) for values in runs.values())
        num = sum(map(len, finder(images))) / len(images)
        print(f"  {name:24s} {num:9.0f} {slow:9.1f} {fast:9.1f} {slow / fast:9.2f}", flush=True)


def windows() -> dict:
    """The proposals and, beside them, denser and denser windows."""
    finders = {"grouping by colour": RegionGrouping()}
    for stride in (16, 8, 4):
        sizes = ((12.0, 17.0, 24.0, 34.0, 48.0),)
        priors = AnchorPriors(sizes=sizes, strides=(stride,), ratios=(0.7, 1.0, 1.4))
        finders[f"windows every {stride} px"] = SlidingWindows(priors)
    return finders


def trained(detector, samples, seconds: float):
    """Train until the CPU-seconds are spent; the learning rate follows a cosine over the steps that
    fit.
    """
    cost = _seconds_per_step(detector, samples)
    recipe = Recipe(steps=max(10, int(seconds / cost)), lr=2e-3, warmup_steps=20)
    began = time.process_time()
    steps = 0
    for step in train(detector, Batches(samples, batch_size=BATCH, seed=0), recipe):
        steps = step.index + 1
        if time.process_time() - began > seconds * 1.1:
            break
    return steps, time.process_time() - began


def _seconds_per_step(detector, samples) -> float:
    state = {name: tensor.clone() for name, tensor in detector.state_dict().items()}
    for step in train(
        detector, Batches(samples, batch_size=BATCH, seed=1), Recipe(steps=8, lr=1e-9)
    ):
        if step.index == 2:
            began = time.process_time()
    cost = (time.process_time() - began) / 5
    detector.load_state_dict(state)
    return cost


def score_table(level: str, seconds: float, samples, test, find) -> dict:
    num_classes = len(test.class_names)
    torch.manual_seed(0)
    detectors = {
        "R-CNN": rcnn_tiny(num_classes, find=find),
        "Fast R-CNN": fast_rcnn_tiny(num_classes, find=find),
        "Faster R-CNN": faster_rcnn_tiny(num_classes),
    }
    print(f"  {'after training':34s} {'steps':>6s} {'CPU-s':>6s} {'AP50':>6s} {'AP':>6s}")
    for name, detector in list(detectors.items()):
        # R-CNN keeps a fifth of its time for what follows fine-tuning.
        steps, spent = trained(detector, samples, seconds * (0.8 if name == "R-CNN" else 1))
        if name == "R-CNN":
            detectors[name] = finish(detector, samples, test, steps, spent)
        else:
            report(name, detector, test, steps, spent)
    return detectors


def finish(detector, samples, test, steps: int, spent: float):
    """R-CNN's second and third training, and what each of them buys."""
    num_classes = len(test.class_names)
    began = time.process_time()
    seen = region_features(detector, samples)
    svms, boxes = fit_svms(seen, num_classes), fit_boxes(seen, num_classes)
    full = with_boxes(with_svms(detector, svms), boxes)
    spent += time.process_time() - began
    report("R-CNN: softmax", detector, test, steps, spent)
    report("R-CNN: softmax, boxes regressed", with_boxes(detector, boxes), test, steps, spent)
    report("R-CNN: SVMs", with_svms(detector, svms), test, steps, spent)
    report("R-CNN: SVMs, boxes regressed", full, test, steps, spent)
    return full


def report(name: str, detector, test, steps: int, spent: float) -> None:
    found = measure(detector, test)
    print(f"  {name:34s} {steps:6d} {spent:6.1f} {found.ap50:6.3f} {found.ap:6.3f}", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seconds", type=float, default=12.0, help="of training each (default: 12)"
    )
    parser.add_argument("--level", choices=("first", "crowded"), default="first")
    args = parser.parse_args()
    torch.set_num_threads(1)
    print(
        f"torch {torch.__version__}, one thread, shapes level {args.level}: {TRAIN} training scenes, {TEST} held out"
    )
    samples = Shapes(level=args.level, num_scenes=TRAIN).cached()
    test = Shapes(level=args.level, split="test", num_scenes=TEST).cached()
    images = [test[index][0] for index in range(TEST)]
    recall_table(images, [test[index][1] for index in range(TEST)])
    find = Remembered(RegionGrouping())
    find([samples[index][0] for index in range(TRAIN)])
    find(images)
    detectors = score_table(args.level, args.seconds, samples, test, find)
    time_table(detectors, images[:TIMED])
    growth_table(detectors, images[:4])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
