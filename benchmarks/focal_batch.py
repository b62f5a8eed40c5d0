"""Make the batch that FocalLab ships: what ``retinanet_tiny`` predicts for 16 held-out scenes while
it is trained.

    python benchmarks/focal_batch.py [--ship] [--steps 0,50,100,200,500]

Trains by ``RETINANET.recipes["shapes"]`` (seed 0, focal loss with gamma 2 and alpha 0.25), stops at
each of the steps, and keeps the logits of the first 16 test scenes, in steps of 1/32, with the label
of every prior. ``--ship`` writes them to where the package carries them. Prints AP50 on 200 held-out
scenes at each step, what the rounding changes of the shares, and the file size.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import torch

from locviz.data import Batches, Shapes
from locviz.models import RETINANET, retinanet_tiny
from locviz.train import measure, train
from locviz.widgets.focallab.batch import FILE, Batch, read, save, watch
from locviz.widgets.focallab.reading import BatchReader

LIMIT = 300_000


def pauses(detector, recipe, steps: list[int]) -> Iterator[int]:
    """Train, and pause after each of ``steps``."""
    batches = Batches(Shapes().cached(), batch_size=recipe.batch_size, seed=recipe.seed)
    if 0 in steps:
        yield 0
    done = (step.index + 1 for step in train(detector, batches, recipe))
    yield from (number for number in done if number in steps)


def record(steps: list[int]):
    """Train; return the logits (s, b, p, k) at ``steps``, the labels (b, p) and the card."""
    recipe = RETINANET.recipes["shapes"]
    test = Shapes(split="test", num_scenes=200).cached()
    images, targets = zip(*(test[index] for index in range(recipe.batch_size)), strict=True)
    torch.manual_seed(recipe.seed)
    detector = retinanet_tiny(len(test.class_names))
    parts, figures = [], {}
    for number in pauses(detector, recipe, steps):
        parts.append(watch(detector, images, targets))
        figures[str(number)] = round(measure(detector, test, batch_size=50).ap50, 4)
        print(f"after {number} steps: AP50 {figures[str(number)]:.3f}", flush=True)
    labels = parts[0][1]
    assert all(torch.equal(labels, other) for _, other in parts), "its assigner reads no prediction"
    card = {
        "source": f"retinanet_tiny, {len(images)} scenes",
        "steps": steps,
        "class_names": test.class_names,
        "data": f"shapes, test scenes 0 to {len(images) - 1}",
        "sizes": {
            "scenes": len(images),
            "priors per scene": labels.shape[1],
            "classes": len(test.class_names),
        },
        "loss": "sigmoid focal loss, gamma 2, alpha 0.25",
        "recipe": {**recipe.as_dict(), "made_by": "benchmarks/focal_batch.py --ship"},
        "measured": {"AP50": figures, "on": f"shapes, test, {len(test)} scenes"},
        "licence": "MIT",
    }
    return torch.stack([logits for logits, _ in parts]), labels, card


def easy_shares(logits, labels, steps) -> list[list[float]]:
    """The share of easy negatives under the three losses at each step."""
    exact = Batch.of_priors(logits, labels, steps=steps, source="")
    asked = {"imbalance": None, "gamma": 2.0, "alpha": 0.25}
    return [[one.easy for one in BatchReader(exact).shares(step, 0.6, **asked)] for step in steps]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--ship", action="store_true", help="write it into the package")
    parser.add_argument("--steps", default="0,50,100,200,500", help="training steps to look at")
    arguments = parser.parse_args()
    steps = [int(step) for step in arguments.steps.split(",")]
    logits, labels, card = record(steps)
    with tempfile.TemporaryDirectory() as folder:
        path = FILE if arguments.ship else Path(folder) / FILE.name
        save(path, logits, labels, card)
        size, rounded = path.stat().st_size, read(path)[0]
    exact, stored = (easy_shares(given, labels, steps) for given in (logits, rounded))
    for step, before, after in zip(steps, exact, stored, strict=True):
        print(f"step {step:5d}: easy negatives' share {before}, as stored {after}")
    print(f"{path.name}: {size:,} bytes (bar: < {LIMIT:,})")
    return 0 if size < LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
