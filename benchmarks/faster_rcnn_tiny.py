"""How well faster_rcnn_tiny learns, and in how many CPU-seconds: AP50 on 500 held-out scenes, per
seed, with the curve and the recall of its proposals.

    python benchmarks/faster_rcnn_tiny.py --data shapes|shapes-crowded [--seeds 3] [--first-seed 0]
    [--ship]

Seconds are the process's CPU-seconds divided by two (two cores); making the data and evaluating are
not counted. The bar: AP50 0.90 on shapes within 120 s; 0.80 on shapes-crowded within 240 s is our
own. ``--ship`` writes seed 0's weights in half precision to where the package carries them, with
the figures of the rounded weights.
"""

from tiny_runs import TinyRun, main

from locviz.evaluate import proposal_recall
from locviz.models import FASTER_RCNN_TINY_BATCH_SIZE, FASTER_RCNN_TINY_RECIPES
from locviz.train import Step, predict


def show_recall(step: Step, test) -> None:
    """Print how many objects the first stage has found, with its best ten proposals and with a
    hundred.
    """
    targets = [test[index][1] for index in range(len(test))]
    found = predict(step.detector, test, batch_size=50, detect=step.detector.propose)  # type: ignore[arg-type]
    ten, hundred = (float(proposal_recall(found, targets, num=num)) for num in (10, 100))
    print(f"{'':23}recall@10 {ten:.3f}  recall@100 {hundred:.3f}", flush=True)


RUN = TinyRun(
    preset="faster_rcnn_tiny",
    recipes=FASTER_RCNN_TINY_RECIPES,
    batch_size=FASTER_RCNN_TINY_BATCH_SIZE,
    bars={"shapes": (0.90, 120), "shapes-crowded": (0.80, 240)},
    watch=show_recall,
)

if __name__ == "__main__":
    raise SystemExit(main(RUN, __doc__))
