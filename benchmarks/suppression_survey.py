"""What each suppression method keeps, loses and repeats on crowded scenes, threshold by threshold.

    python benchmarks/suppression_survey.py [--weights NAME ...] [--levels packed crowded]

The candidates are those of a shipped detector that was trained on ``crowded`` scenes, on the first 200
held-out scenes of ``crowded`` and ``packed``; nothing is trained. Victims are objects that a candidate
with a score above 0.25 finds and no survivor with such a score does. Written to
``locviz/experiments/data/suppression_survey.json``, which chapter 09 shows; what is there is not
measured again.
"""

import argparse
from dataclasses import asdict

import torch

from locviz.checkpoints import load_shipped
from locviz.data import Shapes
from locviz.experiments.results_file import update
from locviz.experiments.suppression_survey import (
    METHODS,
    RESULTS,
    judged,
    raw_candidates,
    results,
    suppressed,
)
from locviz.models import DenseDetector

NUM_SCENES = 200
WEIGHTS = ("yolox_tiny_course-shapes-crowded", "fcos_tiny-shapes-crowded")
COMMAND = "python benchmarks/suppression_survey.py"


def survey(weights: str, level: str, found: dict) -> None:
    """Measure what ``found`` lacks of one detector on one level, and write each figure as it comes."""
    detector, _ = load_shipped(weights)
    assert isinstance(detector, DenseDetector)
    scenes = Shapes(level=level, split="test", num_scenes=NUM_SCENES).cached()
    targets = [scenes[index][1] for index in range(len(scenes))]
    candidates = raw_candidates(detector, scenes)
    per_object = sum(map(len, candidates)) / sum(map(len, targets))
    found["candidates_per_object"][f"{weights}/{level}"] = per_object
    print(f"{weights} on {level}: {per_object:.1f} candidates per object", flush=True)
    for name, entrant in METHODS.items():
        for threshold in entrant.thresholds:
            key = f"{weights}/{level}/{name}/{threshold}"
            if key in found["runs"]:
                continue
            kept = suppressed(candidates, entrant.method, threshold)
            figures = judged(candidates, kept, targets, num_classes=len(scenes.class_names))
            run = {"weights": weights, "level": level, "method": name, "threshold": threshold}
            found["runs"][key] = run | asdict(figures)
            update(RESULTS, lambda _: found)
            print(
                f"  {entrant.title:30} {threshold:.1f}  AP {100 * figures.ap:5.1f}  AP50 "
                f"{100 * figures.ap50:5.1f}  victims {100 * figures.victims:4.1f} %  boxes per object "
                f"{figures.boxes_per_object:.2f}",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--weights", nargs="+", choices=WEIGHTS, default=list(WEIGHTS))
    parser.add_argument("--levels", nargs="+", default=["packed", "crowded"])
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    new = {"command": COMMAND, "num_scenes": NUM_SCENES, "candidates_per_object": {}, "runs": {}}
    found = results() if RESULTS.exists() else new
    found["torch"] = torch.__version__
    for weights in arguments.weights:
        for level in arguments.levels:
            survey(weights, level, found)


if __name__ == "__main__":
    main()
