"""One detector, the same crowded scenes, the same loss; only the assigner changes. What comes out?

    python benchmarks/assigner_comparison.py
        everything: about an hour on one core
    python benchmarks/assigner_comparison.py --assigners atss simota --seeds 0
        these runs; the file keeps the others
    python benchmarks/assigner_comparison.py --only-times
        seconds per step, all in one process

Each run trains ``fcos_tiny(6, assigner=...)`` from scratch for 640 steps of 16 on 2,048 crowded
scenes, five passes; assigners of one seed see the same batches and start from the same weights.
Soft targets that an assigner offers beside its answer are left out: the loss is FCOS's for all. On
500 held-out scenes: AP and AP50, with NMS and without. On 48 fixed scenes, after every pass: priors
per object, objects without any, ambiguous priors (those that two or more objects would take if each
were alone), and flips: of the priors that were positive at either of two passes, the share
whose object changed. Seconds are CPU-seconds of one thread, measured in one process in turns.
Written to ``locviz/experiments/data/assigner_comparison.json``, which chapter 07 shows.
"""

import argparse
import time
from itertools import pairwise
from statistics import median

import torch

from locviz.data import Batches, Shapes
from locviz.evaluate import evaluate
from locviz.evaluate.assignment_figures import claims, flips, positives_per_object
from locviz.experiments.assigner_comparison import ENTRANTS, RESULTS, OwnersOnly
from locviz.experiments.results_file import update
from locviz.models import fcos_tiny
from locviz.postprocess import SelectDense
from locviz.train import Recipe, evaluating, predict, train
from locviz.types import Assignment, ImagePredictions, Targets

COMMAND = "python benchmarks/assigner_comparison.py"
PROTOCOL = {
    "data": "shapes, level crowded: 2,048 training scenes drawn with the run's seed, 500 held-out scenes",
    "num_scenes": 2048,
    "num_test_scenes": 500,
    "num_fixed_scenes": 48,
    "passes": 5,
    "steps": 640,
    "batch_size": 16,
    "lr": 2e-3,
    "warmup_steps": 100,
    "detector": "fcos_tiny",
    "loss": (
        "focal, GIoU weighed by centre-ness, centre-ness: FCOS's, for all; of an assignment only the owners are used"
    ),
    "threads": 1,
}
TIMED_STEPS = 12


def scenes(split: str, num: int, seed: int) -> Shapes:
    return Shapes(level="crowded", split=split, num_scenes=num, seed=seed).cached()


def look(detector, fixed) -> tuple[list[Assignment], list[Targets], float]:
    """Assign the fixed scenes now; also return the share of claimed priors that are ambiguous."""
    images, targets = zip(*(fixed[index] for index in range(len(fixed))), strict=True)
    with evaluating(detector):
        predictions = detector(images)
        regions = detector.regions(predictions)
        assignments = detector.assign(predictions, regions, targets)
    claimed = ambiguous = 0
    for i, target in enumerate(targets):
        predicted = {
            "logits": predictions.logits[i],
            "regions": regions[i],
            "quality": predictions.quality[i],
        }
        count = claims(detector.assigner, predictions.priors, target, ImagePredictions(**predicted))
        claimed += int((count > 0).sum())
        ambiguous += int((count > 1).sum())
    return assignments, list(targets), ambiguous / max(claimed, 1)


def figures(
    assignments: list[Assignment], targets: list[Targets], ambiguous: float
) -> dict[str, float]:
    counts = positives_per_object(assignments, targets)
    return {
        "priors_per_object": counts.double().mean().item(),
        "objects_without": (counts == 0).double().mean().item(),
        "ambiguous": ambiguous,
    }


def average_precision(detector, test) -> dict[str, float]:
    """With NMS at 0.6 and without any; ``boxes`` is how many boxes above a score of 0.3 there are
    per object.
    """
    targets = [test[index][1] for index in range(len(test))]
    num_objects = sum(map(len, targets))
    ours, found = detector.postprocess, {}
    for name, stage in (("", ours), ("_without_nms", SelectDense(nms_threshold=1.0))):
        detector.postprocess = stage
        detections = predict(detector, test, batch_size=50)
        result = evaluate(detections, targets, num_classes=len(test.class_names))
        num_boxes = sum(int((d.scores > 0.3).sum()) for d in detections)
        found |= {
            f"ap{name}": result.ap,
            f"ap50{name}": result.ap50,
            f"boxes{name}": num_boxes / num_objects,
        }
    detector.postprocess = ours
    return found


def run(name: str, seed: int) -> dict:
    """Train one assigner with one seed; everything but the seconds per step."""
    torch.manual_seed(seed)
    detector = fcos_tiny(6, assigner=OwnersOnly(ENTRANTS[name].build()))
    batches = Batches(
        scenes("train", PROTOCOL["num_scenes"], seed), batch_size=PROTOCOL["batch_size"], seed=seed
    )
    fixed = scenes("test", PROTOCOL["num_fixed_scenes"], 0)
    few, test = scenes("test", 100, 0), scenes("test", PROTOCOL["num_test_scenes"], 0)
    recipe = Recipe(
        steps=PROTOCOL["steps"], lr=PROTOCOL["lr"], warmup_steps=PROTOCOL["warmup_steps"], seed=seed
    )
    per_pass = PROTOCOL["steps"] // PROTOCOL["passes"]
    seen, curve = [look(detector, fixed)], []
    for step in train(detector, batches, recipe):
        if (step.index + 1) % per_pass == 0:
            seen.append(look(detector, fixed))
            found = predict(detector, few, batch_size=50)
            curve.append(evaluate(found, [few[i][1] for i in range(100)], num_classes=6).ap50)
            print(
                f"{name}, seed {seed}, step {step.index + 1}: AP50 on 100 scenes {curve[-1]:.3f}",
                flush=True,
            )
    return {
        "assigner": name,
        "seed": seed,
        **average_precision(detector, test),
        **figures(*seen[-1]),
        "by_pass": [figures(*one) for one in seen],
        "flips": [flips(before[0], after[0]) for before, after in pairwise(seen)],
        "curve_ap50": curve,
    }


def seconds_per_step(names: list[str]) -> dict[str, float]:
    """CPU-seconds of one training step, median over steps that the assigners take in turns on the
    same batches.
    """
    batches = Batches(
        scenes("train", PROTOCOL["num_scenes"], 0), batch_size=PROTOCOL["batch_size"], seed=0
    )
    # Warm up together, so that dynamic assigners meet a network that predicts something.
    torch.manual_seed(0)
    start = fcos_tiny(6)
    for _ in train(start, batches, Recipe(steps=100, lr=PROTOCOL["lr"], warmup_steps=50)):
        pass
    detectors = {name: fcos_tiny(6, assigner=OwnersOnly(ENTRANTS[name].build())) for name in names}
    recipe = Recipe(steps=TIMED_STEPS + 2, lr=1e-4)
    for detector in detectors.values():
        detector.load_state_dict(start.state_dict())
    runs = {name: train(detector, batches, recipe) for name, detector in detectors.items()}
    times: dict[str, list[float]] = {name: [] for name in names}
    for index in range(recipe.steps):
        for name in names:
            began = time.process_time()
            next(runs[name])
            if index >= 2:  # the first steps allocate
                times[name].append(time.process_time() - began)
    return {name: median(values) for name, values in times.items()}


def record(entries: dict) -> None:
    """Merge into the results file, one writer at a time; another protocol's results are thrown
    away.
    """

    def merged(known: dict) -> dict:
        if known.get("protocol") != PROTOCOL:
            known = {"command": COMMAND, "protocol": PROTOCOL, "runs": {}, "seconds_per_step": {}}
        known["torch"] = torch.__version__
        known["runs"] = dict(sorted({**known["runs"], **entries.get("runs", {})}.items()))
        known["seconds_per_step"] = entries.get("seconds_per_step", known["seconds_per_step"])
        return known

    update(RESULTS, merged)


def summary(found: dict) -> str:
    return f"AP {found['ap']:.3f}, AP50 {found['ap50']:.3f}, without NMS {found['ap50_without_nms']:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--assigners", nargs="+", choices=ENTRANTS, default=list(ENTRANTS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--only-times", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(PROTOCOL["threads"])
    if not arguments.only_times:
        for seed in arguments.seeds:  # outermost: one full seed is there as early as can be
            for name in arguments.assigners:
                began = time.process_time()
                found = run(name, seed)
                record({"runs": {f"{name}/{seed}": found}})
                spent = time.process_time() - began
                print(f"{name}, seed {seed}: {summary(found)}; {spent:.0f} CPU-s", flush=True)
    if arguments.only_times or arguments.assigners == list(ENTRANTS):
        times = seconds_per_step(list(ENTRANTS))
        record({"seconds_per_step": times})
        print({name: round(value, 3) for name, value in times.items()})


if __name__ == "__main__":
    main()
