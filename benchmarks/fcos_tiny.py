"""How well fcos_tiny learns, and in how many CPU-seconds: AP50 on 500 held-out scenes, per seed,
with the curve.

    python benchmarks/fcos_tiny.py --data shapes|shapes-crowded|digits [--seeds 3] [--first-seed 0]
    [--ship]

Seconds are the process's CPU-seconds divided by two (two cores); making the data and evaluating are
not counted. The bars: AP50 0.90 on shapes within 60 s, 0.80 on shapes-crowded and 0.75 on digits
within 180 s each. ``--ship`` writes seed 0's weights in half precision to where the package carries
them, with the figures of the rounded weights.
"""

from tiny_runs import TinyRun, main

from locviz.models import FCOS_TINY_BATCH_SIZE, FCOS_TINY_RECIPES

RUN = TinyRun(
    preset="fcos_tiny",
    recipes=FCOS_TINY_RECIPES,
    batch_size=FCOS_TINY_BATCH_SIZE,
    bars={"shapes": (0.90, 60), "shapes-crowded": (0.80, 180), "digits": (0.75, 180)},
)

if __name__ == "__main__":
    raise SystemExit(main(RUN, __doc__))
