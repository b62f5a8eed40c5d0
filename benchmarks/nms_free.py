"""Whether YOLOv10's one-to-one head can do without suppression: AP50 of both heads, with and without.

    python benchmarks/nms_free.py [--seeds 1] [--first-seed 0] [--steps N]

Trains ``yolov10_tiny`` on ``shapes`` by its recipe and measures on 500 held-out scenes. The bars: the
one-to-one head without suppression within two points of AP50 of the one-to-many head with it, and
the one-to-many head without it at least twenty points below itself with it. Boxes per object are
detections of an object's class with a score of at least 0.25 and an IoU of at least 0.5. Seconds
are the process's CPU-seconds in training divided by two (two cores).
"""

import argparse
import time
from dataclasses import replace

import torch

from locviz.data import Batches, Shapes
from locviz.experiments.nms_free import HeadFigures, compare_heads
from locviz.models import YOLOV10, DenseDetector, yolov10_tiny
from locviz.train import Recipe, train

CORES = 2
NEAR, APART = 0.02, 0.20


def trained(recipe: Recipe) -> DenseDetector:
    data = Shapes(split="train", seed=recipe.seed).cached()
    batches = Batches(data, batch_size=recipe.batch_size, seed=recipe.seed)
    torch.manual_seed(recipe.seed)
    detector = yolov10_tiny(len(data.class_names))
    began = time.process_time()
    for step in train(detector, batches, recipe):
        detector = step.detector
    seconds = (time.process_time() - began) / CORES
    print(
        f"seed {recipe.seed}: {recipe.steps} steps of {recipe.batch_size} images in {seconds:.1f} s"
    )
    return detector


def show(rows: list[HeadFigures]) -> bool:
    """Print the figures, and whether they meet both bars."""
    for row in rows:
        how = "with NMS" if row.suppressed else "without NMS"
        print(
            f"  {row.head:12s} {how:12s} AP50 {100 * row.ap50:5.1f}  AP {100 * row.ap:5.1f}  "
            f"boxes per object {row.boxes_per_object:.2f}"
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


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=1, help="how many (default: 1)")
    parser.add_argument("--first-seed", type=int, default=0, help="of the seeds (default: 0)")
    parser.add_argument("--steps", type=int, help="in place of the recipe's")
    args = parser.parse_args()
    recipe = YOLOV10.recipes["shapes"]
    recipe = replace(recipe, steps=args.steps or recipe.steps)
    test = Shapes(split="test").cached()
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    met = [show(compare_heads(trained(replace(recipe, seed=seed)), test)) for seed in seeds]
    return 0 if all(met) else 1


if __name__ == "__main__":
    raise SystemExit(main())
