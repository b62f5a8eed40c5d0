"""The DIoU paper's regression experiment with exact gradients and with the released hand-written
ones.

    python -m benchmarks.regression_race
        300 of the 5,000 points: 102,900 cases
    python -m benchmarks.regression_race --points 5000
        all 1,715,000 cases; add --device cuda where there is one

Prints the summed L1 error of all boxes, scaled to 1,715,000 cases, after 10, 50, 100 and 200 steps,
the share of the boxes that never met their target and the mean IoU at the end. Chapter 02 explains
it.
"""

import argparse
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import torch

from locviz.experiments.regression_race import CASES_PER_POINT, Pull, exact, regression_race
from locviz.experiments.released_gradients import (
    RELEASED,
    Mistakes,
    ciou_gradient,
    diou_gradient,
    giou_gradient,
    iou_gradient,
)
from locviz.losses import LIVE_LOSSES

STEPS = (10, 50, 100, 200)
HAND_WRITTEN = {
    "iou": iou_gradient,
    "giou": giou_gradient,
    "diou": diou_gradient,
    "ciou": ciou_gradient,
}
GUARDED = replace(RELEASED, unguarded_overlap=False)
GROUPS: Mapping[str, Mapping[str, Pull]] = {
    "exact (autograd)": {
        name: exact(LIVE_LOSSES[name]) for name in ("iou", "giou", "diou", "ciou", "eiou")
    },
    "as released": {name: partial(pull, mistakes=RELEASED) for name, pull in HAND_WRITTEN.items()},
    "released, overlap guarded": {"giou": partial(giou_gradient, mistakes=GUARDED)},
    "released, hull's sign right": {
        name: partial(HAND_WRITTEN[name], mistakes=replace(RELEASED, hull_sign=False))
        for name in ("diou", "ciou")
    },
    "released, no cross terms": {
        name: partial(HAND_WRITTEN[name], mistakes=replace(RELEASED, hull_cross_terms=False))
        for name in ("diou", "ciou")
    },
    "released, both right": {
        name: partial(
            HAND_WRITTEN[name], mistakes=replace(RELEASED, hull_sign=False, hull_cross_terms=False)
        )
        for name in ("diou", "ciou")
    },
    "exact, but size doubled": {
        name: partial(pull, mistakes=Mistakes(doubled_size=True))
        for name, pull in HAND_WRITTEN.items()
    },
    "exact, but aspect unscaled": {
        "ciou": partial(ciou_gradient, mistakes=Mistakes(unscaled_aspect=True))
    },
}


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument(
        "--groups", nargs="+", choices=GROUPS, default=list(GROUPS), help="which gradients"
    )
    arguments = parser.parse_args()
    print(
        f"{arguments.points * CASES_PER_POINT:,} cases, sums scaled to 1,715,000; seed {arguments.seed}"
    )
    print(
        f"{'gradient':28} {'loss':5}"
        + "".join(f"  T={step:<8}" for step in STEPS)
        + "   apart  mean IoU  seconds"
    )
    for group in arguments.groups:
        for name, pull in GROUPS[group].items():
            start = time.perf_counter()
            outcome = regression_race(
                {name: pull},
                num_points=arguments.points,
                seed=arguments.seed,
                device=arguments.device,
            )[name]
            if torch.device(arguments.device).type == "cuda":
                torch.cuda.synchronize()
            errors = "".join(f"  {outcome.errors[step]:<10.3g}" for step in STEPS)
            took = time.perf_counter() - start
            print(
                f"{group:28} {name:5}{errors}   {outcome.apart:5.1%}  {outcome.mean_iou:8.3f}  {took:7.1f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
