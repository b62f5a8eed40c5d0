"""How well yolox_tiny_course learns, in how many CPU-seconds: AP50 on 500 held-out scenes, per
seed, with the curve.

    python benchmarks/yolox_tiny.py --data shapes|shapes-crowded|digits [--seeds 3] [--first-seed 0]
    [--ship]

Seconds are the process's CPU-seconds divided by two (two cores); making the data and evaluating are
not counted. The bars: AP50 0.90 on shapes within 60 s, 0.80 on shapes-crowded and 0.75 on digits
within 180 s each. ``--ship`` writes seed 0's weights in half precision to where the package carries
them, with the figures of the rounded weights.

Under each point of the curve: how many priors SimOTA gives to an object, on 100 held-out scenes,
for objects of growing size (the square root of their area). SimOTA asks the predictions how many an
object deserves, so the numbers grow with training and with size.
"""

from itertools import pairwise

import torch
from tiny_runs import TinyRun, main

from locviz.evaluate.assignment_figures import positives_per_object
from locviz.models import YOLOX_TINY_BATCH_SIZE, YOLOX_TINY_RECIPES
from locviz.train import evaluating

SIZES = (0, 12, 16, 24, 32, 48, 1000)


@torch.no_grad()
def count(step, test) -> None:
    """Print the mean number of positives per object by size of the object, and the share of objects
    without any.
    """
    images, targets = zip(*(test[index] for index in range(100)), strict=True)
    with evaluating(step.detector):
        predictions = step.detector(images)
        assignments = step.detector.assign(predictions, step.detector.regions(predictions), targets)
    counts = positives_per_object(assignments, targets).double()
    low, high = torch.cat([target.boxes for target in targets]).chunk(2, -1)
    size = (high - low).prod(-1).sqrt()
    cells = [f"all {counts.mean():.2f}", f"none {(counts == 0).double().mean():.1%}"]
    for start, end in pairwise(SIZES):
        here = counts[(size >= start) & (size < end)]
        if len(here):
            cells.append(
                f"{start}-{end if end < 1000 else ''} px {here.mean():.2f} (of {len(here)})"
            )
    print("             positives per object: " + "  ".join(cells), flush=True)


RUN = TinyRun(
    preset="yolox_tiny_course",
    recipes=YOLOX_TINY_RECIPES,
    batch_size=YOLOX_TINY_BATCH_SIZE,
    bars={"shapes": (0.90, 60), "shapes-crowded": (0.80, 180), "digits": (0.75, 180)},
    watch=count,
)

if __name__ == "__main__":
    raise SystemExit(main(RUN, __doc__))
