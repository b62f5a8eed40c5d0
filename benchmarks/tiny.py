"""How well a tiny preset learns, and in how many CPU-seconds: AP50 on 500 held-out scenes, per seed,
with the curve.

    python benchmarks/tiny.py fcos_tiny --data shapes [--seeds 3] [--first-seed 0] [--ship]

Any system of ``locviz.models.SYSTEMS`` that has recipes, on any data set that it has one for. Seconds
are the process's CPU-seconds divided by two (two cores); making the data and evaluating are not
counted. ``--ship`` writes seed 0's weights in half precision to where the package carries them, with
the figures of the rounded weights.

Under each point of the curve: how many priors each object gets on 100 held-out scenes, by the
object's size (the square root of its area), or, for a detector with two stages, the recall of its
proposals.
"""

import argparse
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import torch

from locviz.checkpoints import WeightsCard, load_detector, save_detector
from locviz.checkpoints.shipped import FOLDER
from locviz.data import Batches, Digits, Shapes
from locviz.evaluate import evaluate, proposal_recall
from locviz.evaluate.assignment_figures import positives_per_object
from locviz.models import PRESETS, SYSTEMS, DenseDetector, QueryDetector, TwoStageDetector
from locviz.train import Recipe, Step, evaluating, predict, train

CORES = 2
CURVE = (0.1, 0.25, 0.5, 0.75, 1.0)
SIZES = (0, 12, 16, 24, 32, 48, 1000)
# AP50, and within how many seconds. Two stages get twice the time of one.
QUERY_BAR = (0.80, 90)
BARS = {"shapes": (0.90, 60), "shapes-crowded": (0.80, 180), "digits": (0.75, 180)}
SYSTEM_OF = {system.tiny.__name__: system for system in SYSTEMS if system.recipes}


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
    level = "crowded" if name == "shapes-crowded" else "first"
    return Shapes(level=level, split=split, seed=seed).cached()


@torch.no_grad()
def show_positives(detector: DenseDetector, test) -> None:
    """Print the mean number of positives per object by size of the object, and the share of objects
    without any.
    """
    images, targets = zip(*(test[index] for index in range(min(100, len(test)))), strict=True)
    with evaluating(detector):
        predictions = detector(images)
        assignments = detector.assign(predictions, detector.regions(predictions), targets)
    counts = positives_per_object(assignments, targets).double()
    low, high = torch.cat([target.boxes for target in targets]).chunk(2, -1)
    size = (high - low).prod(-1).sqrt()
    cells = [f"all {counts.mean():.2f}", f"none {(counts == 0).double().mean():.1%}"]
    for start, end in pairwise(SIZES):
        here = counts[(size >= start) & (size < end)]
        if len(here):
            named = f"{start}-{end if end < 1000 else ''} px"
            cells.append(f"{named} {here.mean():.2f} (of {len(here)})")
    print("             positives per object: " + "  ".join(cells), flush=True)


def show_recall(detector: TwoStageDetector, test) -> None:
    """Print how many objects the first stage has found, with its best ten proposals and with a
    hundred.
    """
    targets = [test[index][1] for index in range(len(test))]
    found = predict(detector, test, batch_size=50, detect=detector.propose)
    ten, hundred = (float(proposal_recall(found, targets, num=num)) for num in (10, 100))
    print(f"{'':23}recall@10 {ten:.3f}  recall@100 {hundred:.3f}", flush=True)


def look_inside(step: Step, test) -> None:
    if isinstance(step.detector, TwoStageDetector):
        show_recall(step.detector, test)
    elif isinstance(step.detector, DenseDetector):
        show_positives(step.detector, test)


def measure(preset: str, name: str, test, recipe: Recipe):
    """Train one seed; print the curve; return the detector, its AP50 and the seconds."""
    began = time.process_time()
    training = dataset(name, "train", recipe.seed)
    batches = Timed(Batches(training, batch_size=recipe.batch_size, seed=recipe.seed))
    making = time.process_time() - began
    torch.manual_seed(recipe.seed)
    detector = PRESETS[preset](len(test.class_names))
    num = sum(p.numel() for p in detector.parameters())
    print(
        f"{name}, seed {recipe.seed}: {num:,} parameters, {recipe.steps} steps of "
        f"{recipe.batch_size} images, data drawn in {making:.1f} CPU-s"
    )
    marks = {round(recipe.steps * share) for share in CURVE}
    cpu, ap50, began = 0.0, 0.0, time.process_time()
    for step in train(detector, batches, recipe):
        if step.index + 1 in marks:
            cpu += time.process_time() - began
            found = judged(step.detector, test)
            ap50, seconds = found.ap50, (cpu - batches.cpu_seconds) / CORES
            print(
                f"  step {step.index + 1:5d}  {seconds:6.1f} s  AP50 {ap50:.3f}  AP {found.ap:.3f}",
                flush=True,
            )
            look_inside(step, test)
            began = time.process_time()
    return detector, ap50, (cpu - batches.cpu_seconds) / CORES


def judged(detector, test):
    targets = [test[index][1] for index in range(len(test))]
    found = predict(detector, test, batch_size=50)
    return evaluate(found, targets, num_classes=len(test.class_names))


def ship(preset: str, name: str, detector, test, recipe: Recipe) -> None:
    """Write the weights and their card; measure what is written."""
    path = FOLDER / f"{preset}-{name}"
    digits = "; trained on UCI's handwritten digits (CC BY 4.0)" if name == "digits" else ""
    card = WeightsCard(
        preset=preset,
        class_names=test.class_names,
        data=f"{name}, 5000 scenes drawn with seed {recipe.seed}",
        recipe={
            **recipe.as_dict(),
            "made_by": f"benchmarks/tiny.py {preset} --data {name} --ship",
        },
        licence="MIT" + digits,
    )
    save_detector(detector, card, path, dtype=torch.float16)
    rounded, _ = load_detector(path)
    found = judged(rounded, test)
    measured = {
        "AP": round(found.ap, 4),
        "AP50": round(found.ap50, 4),
        "on": f"{name}, test, {len(test)} scenes",
    }
    save_detector(rounded, replace(card, measured=measured), path, dtype=torch.float16)
    print(f"  shipped: {path.name}, {measured}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("preset", choices=SYSTEM_OF)
    parser.add_argument("--data", choices=BARS, default="shapes")
    parser.add_argument("--seeds", type=int, default=3, help="how many (default: 3)")
    parser.add_argument("--first-seed", type=int, default=0, help="of the seeds (default: 0)")
    parser.add_argument(
        "--ship", action="store_true", help="write the weights of seed 0 into the package"
    )
    args = parser.parse_args()
    recipes = SYSTEM_OF[args.preset].recipes
    if args.data not in recipes:
        parser.error(f"{args.preset} has recipes for {', '.join(recipes)}, not for {args.data}")
    print(f"torch {torch.__version__}, {torch.get_num_threads()} threads")
    test = dataset(args.data, "test", 0)
    missed = 0
    for seed in range(args.first_seed, args.first_seed + args.seeds):
        recipe = replace(recipes[args.data], seed=seed)
        detector, ap50, seconds = measure(args.preset, args.data, test, recipe)
        ap50_bar, limit = BARS[args.data]
        if isinstance(detector, QueryDetector):
            ap50_bar, limit = QUERY_BAR
        allowed = limit * (2 if isinstance(detector, TwoStageDetector) else 1)
        met = ap50 >= ap50_bar and seconds <= allowed
        missed += not met
        verdict = "met" if met else "MISSED"
        print(
            f"  AP50 {ap50:.3f} in {seconds:.1f} s; the bar is {ap50_bar} in {allowed} s: {verdict}"
        )
        if args.ship and seed == 0:
            ship(args.preset, args.data, detector, test, recipe)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
