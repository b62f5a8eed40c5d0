"""What the benchmarks of the tiny presets share: train on generated scenes, time it, judge it, ship
it.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import torch

from locviz.checkpoints import PRESETS, WeightsCard, load_detector, save_detector
from locviz.checkpoints.shipped import FOLDER
from locviz.data import Batches, Digits, Shapes
from locviz.evaluate import evaluate
from locviz.train import Recipe, Step, predict, train

CORES = 2
CURVE = (0.1, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, kw_only=True)
class TinyRun:
    """One preset's recipes and bars, by data set.

    Attributes:
        preset: its name.
        recipes: how it is trained.
        batch_size: of all recipes.
        bars: AP50, and within how many seconds.
        watch: called with the step and the held-out scenes wherever the curve is drawn; its time is
            not counted.
    """

    preset: str
    recipes: Mapping[str, Recipe]
    batch_size: int
    bars: Mapping[str, tuple[float, float]]
    watch: Callable[[Step, object], None] | None = None

    @property
    def script(self) -> str:
        """Where the run's command lives."""
        return f"benchmarks/{self.preset.removesuffix('_course')}.py"


class Timed:
    """Batches that add up the CPU time that making them takes."""

    def __init__(self, batches: Batches):
        self.batches, self.cpu_seconds = batches, 0.0

    def starting_at(self, step: int) -> Iterator:
        """The same batches, timed."""
        stream = self.batches.starting_at(step)
        while True:
            began = time.process_time()
            batch = next(stream)
            self.cpu_seconds += time.process_time() - began
            yield batch


def dataset(name: str, split: str, seed: int):
    if name == "digits":
        return Digits(split=split, seed=seed).cached()
    return Shapes(
        level="crowded" if name == "shapes-crowded" else "first", split=split, seed=seed
    ).cached()


def measure(run: TinyRun, name: str, seed: int, test, recipe: Recipe):
    """Train one seed; print the curve; return the detector, its AP50 and the seconds."""
    began = time.process_time()
    batches = Timed(Batches(dataset(name, "train", seed), batch_size=run.batch_size, seed=seed))
    making = time.process_time() - began
    targets = [test[index][1] for index in range(len(test))]
    torch.manual_seed(seed)
    detector = PRESETS[run.preset](len(test.class_names))
    marks = {round(recipe.steps * share) for share in CURVE}
    print(f"{name}, seed {seed}: {sum(p.numel() for p in detector.parameters()):,} parameters, {recipe.steps} steps of "
          f"{run.batch_size} images, data drawn in {making:.1f} CPU-s")  # fmt: skip

    cpu, ap50, began = 0.0, 0.0, time.process_time()
    for step in train(detector, batches, recipe):
        if step.index + 1 in marks:
            cpu += time.process_time() - began
            found = evaluate(
                predict(step.detector, test, batch_size=50),
                targets,
                num_classes=len(test.class_names),
            )
            ap50 = found.ap50
            seconds = (cpu - batches.cpu_seconds) / CORES
            print(
                f"  step {step.index + 1:5d}  {seconds:6.1f} s  AP50 {ap50:.3f}  AP {found.ap:.3f}",
                flush=True,
            )
            if run.watch:
                run.watch(step, test)
            began = time.process_time()
    return detector, ap50, (cpu - batches.cpu_seconds) / CORES


def ship(run: TinyRun, name: str, detector, test, recipe: Recipe) -> None:
    """Write the weights and their card; measure what is written."""
    path = FOLDER / f"{run.preset}-{name}"
    card = WeightsCard(
        preset=run.preset,
        class_names=test.class_names,
        data=f"{name}, 5000 scenes drawn with seed {recipe.seed}",
        recipe={
            **recipe.as_dict(),
            "batch_size": run.batch_size,
            "made_by": f"{run.script} --ship",
        },
        licence="MIT"
        if name != "digits"
        else "MIT; trained on UCI's handwritten digits (CC BY 4.0)",
    )
    save_detector(detector, card, path, dtype=torch.float16)
    rounded, _ = load_detector(path)
    targets = [test[index][1] for index in range(len(test))]
    found = evaluate(
        predict(rounded, test, batch_size=50), targets, num_classes=len(test.class_names)
    )
    measured = {
        "AP": round(found.ap, 4),
        "AP50": round(found.ap50, 4),
        "on": f"{name}, test, {len(test)} scenes",
    }
    save_detector(rounded, replace(card, measured=measured), path, dtype=torch.float16)
    print(f"  shipped: {path.name}, {measured}")


def main(run: TinyRun, description: str | None) -> int:
    """The command line of a preset's benchmark."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", choices=run.bars, default="shapes")
    parser.add_argument("--seeds", type=int, default=3, help="how many (default: 3)")
    parser.add_argument("--first-seed", type=int, default=0, help="of the seeds (default: 0)")
    parser.add_argument(
        "--ship", action="store_true", help="write the weights of seed 0 into the package"
    )
    args = parser.parse_args()
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    test = dataset(args.data, "test", 0)
    bar, limit = run.bars[args.data]
    missed = 0
    for seed in range(args.first_seed, args.first_seed + args.seeds):
        recipe = replace(run.recipes[args.data], seed=seed)
        detector, ap50, seconds = measure(run, args.data, seed, test, recipe)
        met = ap50 >= bar and seconds <= limit
        missed += not met
        print(
            f"  AP50 {ap50:.3f} in {seconds:.1f} s; the bar is {bar} in {limit} s: {'met' if met else 'MISSED'}"
        )
        if args.ship and seed == 0:
            ship(run, args.data, detector, test, recipe)
    return 1 if missed else 0
