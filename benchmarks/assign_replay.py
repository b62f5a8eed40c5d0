"""Make the replay that AssignLab ships: what ``fcos_tiny`` says of four held-out crowded scenes
while it is trained.

    python benchmarks/assign_replay.py [--ship] [--steps 0,50,150,400,800,1200]

Trains by ``FCOS.recipes["shapes-crowded"]`` (seed 0), stops at each of the steps, and keeps
the raw predictions of the four most crowded of the first hundred test scenes (largest sum of
pairwise IoU) in half precision. ``--ship`` writes them to where the package carries them. Prints
AP50 on 200 held-out scenes at each step, and the file size.
"""

import argparse
import tempfile
from pathlib import Path

import torch

from locviz.boxes import pairwise_iou
from locviz.data import Batches, Shapes
from locviz.models import FCOS, fcos_tiny
from locviz.train import measure, train
from locviz.widgets.assignlab.replay import FOLDER, Replay

NAME, LIMIT = "fcos_tiny-shapes-crowded", 700_000


def most_crowded(test, num: int = 4, among: int = 100) -> list[int]:
    """The scenes whose objects overlap most."""

    def crowding(index: int) -> float:
        boxes = test[index][1].boxes
        return float(pairwise_iou(boxes, boxes).triu(1).sum())

    return sorted(sorted(range(among), key=crowding, reverse=True)[:num])


def record(steps: list[int]) -> Replay:
    """Train and look at the detector at each of ``steps``."""
    recipe = FCOS.recipes["shapes-crowded"]
    test = Shapes(level="crowded", split="test", num_scenes=200).cached()
    scenes = most_crowded(test)
    images, targets = zip(*(test[index] for index in scenes), strict=True)
    batches = Batches(
        Shapes(level="crowded").cached(), batch_size=recipe.batch_size, seed=recipe.seed
    )
    torch.manual_seed(recipe.seed)
    detector = fcos_tiny(len(test.class_names))
    parts, figures = [], {}

    def look(done: int) -> None:
        parts.append(
            Replay.watch(detector, images, targets, class_names=test.class_names, step=done)
        )
        figures[str(done)] = round(measure(detector, test, batch_size=50).ap50, 4)
        print(f"step {done:5d}: AP50 {figures[str(done)]:.3f}", flush=True)

    if 0 in steps:
        look(0)
    for step in train(detector, batches, recipe):
        if step.index + 1 in steps:
            look(step.index + 1)
        if step.index + 1 >= max(steps):
            break
    about = {
        "data": f"shapes-crowded, test scenes {', '.join(map(str, scenes))}",
        "recipe": {
            **recipe.as_dict(),
            "batch_size": recipe.batch_size,
            "made_by": "benchmarks/assign_replay.py --ship",
        },
        "measured": {"AP50": figures, "on": f"shapes-crowded, test, {len(test)} scenes"},
        "licence": "MIT",
    }
    return Replay.join(parts, about=about)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ship", action="store_true", help="write it into the package")
    parser.add_argument(
        "--steps", default="0,50,150,400,800,1200", help="training steps to look at"
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        replay = record([int(step) for step in arguments.steps.split(",")])
        path = replay.save((FOLDER if arguments.ship else Path(folder)) / NAME)
        size = path.stat().st_size
    print(f"{path.name}: {size:,} bytes (bar: < {LIMIT:,})")
    return 0 if size < LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
