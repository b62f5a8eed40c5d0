"""Whether YOLOv10's one-to-one head can do without suppression: AP50 of both heads, with and without.

    python benchmarks/nms_free.py [--seeds 3] [--first-seed 0] [--steps N]

Trains ``yolov10_tiny`` on ``shapes`` by its recipe and measures on 500 held-out scenes. The bars: the
one-to-one head without suppression within two points of AP50 of the one-to-many head with it, and
the one-to-many head without it at least twenty points below itself with it. Boxes per object are
detections of an object's class with a score of at least 0.25 and an IoU of at least 0.5. Duplicates
are detections with a score above 0.25 that overlap a better one of their class by an IoU above 0.7.
On the way, and at the end, both are looked at on the first 200 held-out scenes. Seconds are the
process's CPU-seconds in training divided by two (two cores).

Runs of the recipe's length are written to ``locviz/experiments/data/nms_free.json``, which chapter 09
shows; the file keeps the other seeds.
"""

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict, replace

import torch
from torch.utils.data import Subset

from locviz.data import Batches, Shapes
from locviz.experiments.nms_free import RESULTS, HeadFigures, compare_heads
from locviz.experiments.results_file import update
from locviz.models import YOLOV10, DenseDetector, yolov10_tiny
from locviz.train import Recipe, train

CORES = 2
NEAR, APART = 0.02, 0.20
LOOKS = (50, 100, 150, 200, 300, 400, 600, 800)
COMMAND = "python benchmarks/nms_free.py"


class Few(Subset):
    """The first scenes of a data set, with its class names."""

    def __init__(self, dataset, num: int):
        super().__init__(dataset, range(num))
        self.class_names = dataset.class_names


def trained(recipe: Recipe, few: Few) -> tuple[DenseDetector, list[dict]]:
    """The detector after its training, and what both heads did at ``LOOKS``."""
    data = Shapes(split="train", seed=recipe.seed).cached()
    batches = Batches(data, batch_size=recipe.batch_size, seed=recipe.seed)
    torch.manual_seed(recipe.seed)
    detector = yolov10_tiny(len(data.class_names))
    looks, seconds, began = [], 0.0, time.process_time()
    for step in train(detector, batches, recipe):
        detector = step.detector
        if step.index + 1 in LOOKS:
            seconds += time.process_time() - began
            looks.append({"step": step.index + 1, "heads": plain(compare_heads(detector, few))})
            duplicates = [row["duplicates_per_object"] for row in looks[-1]["heads"]]
            print(
                f"  step {step.index + 1:4d}: duplicates per object "
                f"{duplicates[0]:.2f} (one-to-many), {duplicates[2]:.2f} (one-to-one)",
                flush=True,
            )
            began = time.process_time()
    seconds += time.process_time() - began
    print(
        f"seed {recipe.seed}: {recipe.steps} steps of {recipe.batch_size} images in "
        f"{seconds / CORES:.1f} s"
    )
    return detector, looks


def plain(rows: Sequence[HeadFigures]) -> list[dict]:
    return [asdict(row) for row in rows]


def show(rows: Sequence[HeadFigures]) -> bool:
    """Print the figures, and whether they meet both bars."""
    for row in rows:
        how = "with NMS" if row.suppressed else "without NMS"
        print(
            f"  {row.head:12s} {how:12s} AP50 {100 * row.ap50:5.1f}  AP {100 * row.ap:5.1f}  "
            f"boxes per object {row.boxes_per_object:.2f}  duplicates per object "
            f"{row.duplicates_per_object:.3f}"
        )
    many, many_nms, one, _ = (row.ap50 for row in rows)
    near, apart = many_nms - one, many_nms - many
    met = near <= NEAR and apart >= APART
    print(
        f"  one-to-one without NMS is {100 * near:.1f} points below one-to-many with NMS (bar {100 * NEAR:.0f}), "
        f"one-to-many without NMS {100 * apart:.1f} (bar {100 * APART:.0f}): {'met' if met else 'MISSED'}",
        flush=True,
    )
    return met


def keep(seed: int, rows: Sequence[HeadFigures], looks: list[dict], recipe: Recipe) -> None:
    """Write one run beside those of other seeds; runs of another recipe are thrown away."""
    same = {name: value for name, value in recipe.as_dict().items() if name != "seed"}

    def merged(known: dict) -> dict:
        if known.get("recipe") != same:
            known = {"command": COMMAND, "recipe": same, "runs": {}}
        known["torch"] = torch.__version__
        known["runs"][str(seed)] = {"heads": plain(rows), "looks": looks}
        known["runs"] = dict(sorted(known["runs"].items()))
        return known

    update(RESULTS, merged)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=3, help="how many (default: 3)")
    parser.add_argument("--first-seed", type=int, default=0, help="of the seeds (default: 0)")
    parser.add_argument("--steps", type=int, help="in place of the recipe's")
    args = parser.parse_args()
    whole = YOLOV10.recipes["shapes"]
    test, met = Shapes(split="test").cached(), []
    for seed in range(args.first_seed, args.first_seed + args.seeds):
        recipe = replace(whole, steps=args.steps or whole.steps, seed=seed)
        detector, looks = trained(recipe, Few(test, 200))
        rows = compare_heads(detector, test)
        met.append(show(rows))
        if recipe.steps == whole.steps:
            keep(seed, rows, looks, recipe)
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
