"""Find the mistake: equation 7 of the balanced NMS, as printed and as meant."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(boxes, scores):
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2
    middle = (scores.softmax(0)[:, None] * centers).sum(0)
    distance = (centers - middle).norm(dim=1)
    diagonal = (boxes[:, 2:].max(0).values - boxes[:, :2].min(0).values).norm()
    return scores + 1 - distance / diagonal


def _parts(boxes, scores, weights=None):
    centers = (boxes[:, :2] + boxes[:, 2:]) / 2
    weights = scores.softmax(0) if weights is None else weights
    distance = (centers - (weights[:, None] * centers).sum(0)).norm(dim=1)
    diagonal = (boxes[:, 2:].max(0).values - boxes[:, :2].min(0).values).norm()
    return distance, diagonal


def _as_printed(boxes, scores):
    return scores + _parts(boxes, scores)[0]


def _as_printed_but_a_share(boxes, scores):
    distance, diagonal = _parts(boxes, scores)
    return scores + distance / diagonal


def _minus_pixels(boxes, scores):
    return scores - _parts(boxes, scores)[0]


def _one_minus_pixels(boxes, scores):
    return scores + 1 - _parts(boxes, scores)[0]


def _plain_mean(boxes, scores):
    distance, diagonal = _parts(boxes, scores, torch.full_like(scores, 1 / len(scores)))
    return scores + 1 - distance / diagonal


def _scores_as_weights(boxes, scores):
    distance, diagonal = _parts(boxes, scores, scores / scores.sum())
    return scores + 1 - distance / diagonal


def _squared_distance(boxes, scores):
    distance, diagonal = _parts(boxes, scores)
    return scores + 1 - (distance / diagonal) ** 2


def _without_the_one(boxes, scores):
    distance, diagonal = _parts(boxes, scores)
    return scores - distance / diagonal


def _multiplied(boxes, scores):
    distance, diagonal = _parts(boxes, scores)
    return scores * (1 - distance / diagonal)


def _largest_distance(boxes, scores):
    distance = _parts(boxes, scores)[0]
    return scores + 1 - distance / distance.max()


def _own_diagonal(boxes, scores):
    own = (boxes[:, 2:] - boxes[:, :2]).norm(dim=1)
    return scores + 1 - _parts(boxes, scores)[0] / own


def _closeness_alone(boxes, scores):
    distance, diagonal = _parts(boxes, scores)
    return 1 - distance / diagonal


_ROW = torch.tensor([[0.0, 0, 40, 30], [6.0, 0, 46, 30], [30.0, 0, 70, 30]])
_CLUSTER = torch.tensor([
    [10.0, 10, 50, 40], [12.0, 8, 54, 40], [9.0, 12, 50, 46], [20.0, 14, 70, 58], [0.0, 4, 44, 40],
])  # fmt: skip

selection_score = Exercise(
    name="10.selection_score",
    title="Find the mistake: equation 7",
    task=(
        "The poster prints the score by which its NMS selects as `p + dis(c, middle)`: confidence "
        "plus the distance from a box's centre c to the estimated centre of the cluster, which is "
        "the mean of all centres, weighted by the *softmax* of the scores (equation 6). Its text "
        "wants a box that lies *near* that centre. Mend the formula. Write `selection_score(boxes, "
        "scores)` for one cluster, `(n, 4)` and `(n,)`: p plus a closeness that is 1 at the centre "
        "and falls to 0 at the distance of one diagonal of the cluster's hull (the smallest box "
        "around all its boxes)."
    ),
    answer=_solution,
    cases=(
        Case(args=(_ROW, torch.tensor([0.5, 0.5, 0.5])), says="equal scores, one box far off"),
        Case(
            args=(_CLUSTER, torch.tensor([0.70, 0.62, 0.66, 0.75, 0.30])),
            says="the surest box is the farthest",
        ),
        Case(
            args=(10 * _CLUSTER[:3], torch.tensor([0.20, 0.95, 0.40])),
            says="ten times as large",
        ),
    ),
    mistakes=(
        Mistake(
            name="as printed",
            answer=_as_printed,
            says=(
                "It adds the distance: of two boxes with one score the *farther* would be kept. "
                "And it adds pixels to a probability."
            ),
        ),
        Mistake(
            name="the sign as printed",
            answer=_as_printed_but_a_share,
            says="Without pixels now, but still: the farther the better. Turn the sign.",
        ),
        Mistake(
            name="pixels are subtracted from a probability",
            answer=_minus_pixels,
            says=(
                "The sign is right. But one pixel would outweigh the whole score, and an image of "
                "twice the size would select other boxes. Divide by the hull's diagonal."
            ),
        ),
        Mistake(
            name="one minus pixels",
            answer=_one_minus_pixels,
            says="Divide the distance by the hull's diagonal before you subtract it from 1.",
        ),
        Mistake(
            name="the plain mean of the centres",
            answer=_plain_mean,
            says="Equation 6 weighs each centre by the softmax of the scores.",
        ),
        Mistake(
            name="the scores themselves as weights",
            answer=_scores_as_weights,
            says=(
                "Equation 6 has a softmax: exp(score), divided by the sum. (As scores are in 0..1, "
                "the weights differ little.)"
            ),
        ),
        Mistake(
            name="the distance is squared",
            answer=_squared_distance,
            says="The closeness falls in proportion to the distance: no square.",
        ),
        Mistake(
            name="no 1 at the centre",
            answer=_without_the_one,
            says=(
                "That selects the same box, as all have 1 less. But the closeness should be 1 at the "
                "centre and never negative."
            ),
        ),
        Mistake(
            name="divided by the largest distance",
            answer=_largest_distance,
            says="Divide by the diagonal of the cluster's hull. The farthest box is no measure.",
        ),
        Mistake(
            name="each box's own diagonal",
            answer=_own_diagonal,
            says="One diagonal for all: that of the hull, the smallest box around all boxes.",
        ),
        Mistake(
            name="the confidence is missing",
            answer=_closeness_alone,
            says="That is the closeness alone. Add the score p of each box.",
        ),
        Mistake(
            name="multiplied",
            answer=_multiplied,
            says="A good idea, and the one of centre-ness; but equation 7 adds.",
        ),
    ),
    hints=(
        "Take two boxes with the same score, one near the centre and one far. Who wins as printed?",
        "A distance becomes a closeness by `1 - distance / diagonal`.",
        (
            "`middle = (scores.softmax(0)[:, None] * centers).sum(0)`, `distance = (centers - "
            "middle).norm(dim=1)`; return `scores + 1 - distance / diagonal`."
        ),
    ),
)
