"""Make a film that QueryLab ships: what the queries of a detector look at in one scene while it is
trained. The file is called as the preset; ``QueryLab()`` opens that of ``detr_tiny``.

    python benchmarks/query_replay.py [--ship]
        overfits the first 8 training scenes of level first, and watches the first of them
    python benchmarks/query_replay.py --scenes 0 --steps 2000 [--preset detr_tiny_selected] [--ship]
        trains by ``DETR.recipes["shapes"]`` on all 5,000, and watches a held-out scene
    python benchmarks/query_replay.py --preset deformable_detr_tiny --thin 2 [--ship]
        with half as many looks, since a place takes three numbers where a cell takes one

Looks at chosen shares of the steps. ``--ship`` writes the film to where the package carries it.
Prints flips and AP50 (of the scenes that it learns; of 200 held-out ones if it learns all) at each
look, and the size of the file.
"""

import argparse
import tempfile
from dataclasses import replace
from pathlib import Path

import torch

from locviz import models
from locviz.data import Batches, Shapes
from locviz.models import DETR
from locviz.train import measure, train
from locviz.widgets.querylab.replay import FOLDER, QueryRecorder, QueryReplay

LIMIT = 300_000
SHARES = (0, 10, 20, 33, 50, 67, 83, 100, 133, 167, 217, 267, 333, 433, 567, 733, 867, 1000)
"""Of a thousand: early steps closer together, since the matching changes most there."""


def record(
    preset: str, num: int, steps: int, lr: float | None, watched: int, thin: int
) -> QueryReplay:
    """Train, and look at one scene; ``num`` 0 are all scenes."""
    recipe = replace(DETR.recipes["shapes"], steps=steps)
    recipe = replace(recipe, lr=lr) if lr else recipe
    training = Shapes(level="first", num_scenes=num or 5000).cached()
    test = training if num else Shapes(level="first", split="test", num_scenes=200).cached()
    image, targets = test[watched]
    torch.manual_seed(recipe.seed)
    detector = getattr(models, preset)(len(test.class_names))
    shares = {*SHARES[::thin], SHARES[-1]}
    at = sorted({round(share * steps / 1000) for share in shares})
    where = f"{num} scenes, one of which this is" if num else "5,000 scenes; this one is held out"
    source = f"{preset}, trained on {where}"
    recorder = QueryRecorder(
        detector, image, targets, class_names=test.class_names, at=at, source=source
    )
    batches = Batches(training, batch_size=min(recipe.batch_size, num or 5000), seed=recipe.seed)
    figures = {}
    for step in recorder.watch(train(detector, batches, recipe)):
        done = step.index + 1
        if done not in at:
            continue
        figures[str(done)] = round(measure(step.detector, test, batch_size=50).ap50, 4)
        last = recorder.flips()[-1] if len(recorder.replay().looks) > 1 else (0, 0)
        print(f"step {done:5d}: AP50 {figures[str(done)]:.3f}, {last[1]} flipped", flush=True)
    told = f"--preset {preset} --scenes {num} --steps {steps} --watched {watched}"
    told += f" --lr {lr}" if lr else ""
    told += f" --thin {thin}" if thin > 1 else ""
    of = "the scenes that it was trained on" if num else "200 held-out scenes"
    return recorder.replay(
        data=f"shapes, level first, {'training' if num else 'test'} scene {watched}",
        recipe={
            **recipe.as_dict(),
            "batch_size": batches.batch_size,
            "made_by": f"benchmarks/query_replay.py {told} --ship",
        },
        measured={"AP50": figures, "on": of},
        licence="MIT",
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", default="detr_tiny")
    parser.add_argument("--scenes", type=int, default=8, help="0 are all of them")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--lr", type=float, help="another peak learning rate than the recipe's")
    parser.add_argument("--watched", type=int, default=0, help="the scene that is looked at")
    parser.add_argument("--thin", type=int, default=1, help="keep one in so many looks")
    parser.add_argument("--ship", action="store_true", help="write it into the package")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        film = record(told.preset, told.scenes, told.steps, told.lr, told.watched, told.thin)
        path = film.save((FOLDER if told.ship else Path(folder)) / told.preset)
        size = path.stat().st_size
    print(f"{path.name}: {size:,} bytes (bar: <= {LIMIT:,})")
    return 0 if size <= LIMIT else 1


if __name__ == "__main__":
    raise SystemExit(main())
