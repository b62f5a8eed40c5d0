"""Average precision: three ways to measure the area under a precision-recall curve.

Let t of the n best detections be true positives. *Precision* is t / n, the share of the detections
that are right. *Recall* is t / g, the share of the g ground truths that are found. A lower score
threshold lets more detections in: recall can only rise, precision goes up and down. *Average
precision* is the area under precision as a function of recall, after every precision is replaced by
the best one at this recall or any higher (the *envelope*): a user who needs some recall is also
served by a higher one.
"""

import numpy as np
from jaxtyping import Float, Int

TRUE_POSITIVE = 1
FALSE_POSITIVE = 0
IGNORED = -1  # the detection counts neither for nor against

# Made as pycocotools makes them, because a recall that equals a point must do so in the last bit.
RECALL_POINTS = np.linspace(0.0, 1.0, 101)
ELEVEN_POINTS = np.linspace(0.0, 1.0, 11)


def precision_recall(
    outcome: Int[np.ndarray, "n"], num_gt: int
) -> tuple[Float[np.ndarray, "m"], Float[np.ndarray, "m"]]:
    """Recall and precision after each detection that counts, best score first.

    Outcomes ``(n,)`` give two arrays ``(m,)``, without the ignored detections.

    Args:
        outcome: TRUE_POSITIVE, FALSE_POSITIVE or IGNORED for each detection, by descending score.
        num_gt: how many ground truths count; at least 1, because recall is a share of them.

    Raises:
        ValueError: ``num_gt`` is less than 1.
    """
    if num_gt < 1:
        raise ValueError(
            f"num_gt must be at least 1, got {num_gt}: recall is a share of the ground truths"
        )
    outcome = outcome[outcome != IGNORED]
    hits = np.cumsum(outcome == TRUE_POSITIVE)
    return hits / num_gt, hits / np.arange(1, len(outcome) + 1)


def envelope(precision: Float[np.ndarray, "n"]) -> Float[np.ndarray, "n"]:
    """The best precision at each recall or any higher: ``(n,)`` gives ``(n,)``.

    It is the running maximum from the right.
    """
    return np.maximum.accumulate(precision[::-1])[::-1]


def at_points(
    recall: Float[np.ndarray, "n"],
    precision: Float[np.ndarray, "n"],
    points: Float[np.ndarray, "r"],
) -> Float[np.ndarray, "r"]:
    """The envelope at some recalls; 0 where a recall was never reached.

    Curves ``(n,)`` and points ``(r,)`` give ``(r,)``.
    """
    heights = np.append(envelope(precision), 0.0)  # the last entry: recalls beyond the curve's end
    return heights[np.searchsorted(recall, points, side="left")]


def eleven_points(recall: Float[np.ndarray, "n"], precision: Float[np.ndarray, "n"]) -> float:
    """Average precision of Pascal VOC 2007: the mean of the envelope at recall 0, 0.1, ..., 1.

    Recall and precision are ``(n,)``.
    """
    return float(at_points(recall, precision, ELEVEN_POINTS).mean())


def all_points(recall: Float[np.ndarray, "n"], precision: Float[np.ndarray, "n"]) -> float:
    """Average precision of Pascal VOC since 2010: the exact area under the envelope.

    Recall and precision are ``(n,)``.
    """
    return float(np.sum(np.diff(recall, prepend=0.0) * envelope(precision)))


def hundred_one_points(recall: Float[np.ndarray, "n"], precision: Float[np.ndarray, "n"]) -> float:
    """Average precision of COCO: the mean of the envelope at recall 0, 0.01, ..., 1.

    Recall and precision are ``(n,)``.
    """
    return float(at_points(recall, precision, RECALL_POINTS).mean())
