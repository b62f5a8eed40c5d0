"""The scores after Gaussian Soft-NMS, from the matrix of overlaps."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(iou, scores, sigma):
    scores, left = scores.clone(), list(range(len(scores)))
    while left:
        best = max(left, key=lambda row: float(scores[row]))
        left.remove(best)
        for row in left:
            scores[row] *= torch.exp(-(iou[best, row] ** 2) / sigma)
    return scores


def _order_of_the_old_scores(iou, scores, sigma):
    order, scores = scores.argsort(descending=True).tolist(), scores.clone()
    for place, best in enumerate(order):
        for row in order[place + 1 :]:
            scores[row] *= torch.exp(-(iou[best, row] ** 2) / sigma)
    return scores


def _not_squared(iou, scores, sigma):
    return _solution(iou.sqrt(), scores, sigma)


def _by_the_best_alone(iou, scores, sigma):
    best, factor = int(scores.argmax()), torch.exp(-(iou[int(scores.argmax())] ** 2) / sigma)
    factor[best] = 1.0
    return scores * factor


def _everybody_decays_everybody(iou, scores, sigma):
    others = iou - iou.diag().diag()
    return scores * torch.exp(-(others**2) / sigma).prod(0)


def _itself_too(iou, scores, sigma):
    return _solution(iou, scores, sigma) * torch.exp(torch.tensor(-1.0 / sigma))


def _linear(iou, scores, sigma):
    return _solution(torch.sqrt(-sigma * torch.log1p(-iou.clamp(max=0.999))), scores, sigma)


def _times_sigma(iou, scores, sigma):
    return _solution(iou, scores, 1 / sigma)


def _twice_sigma(iou, scores, sigma):
    return _solution(iou, scores, 2 * sigma)


def _sigma_squared(iou, scores, sigma):
    return _solution(iou, scores, sigma**2)


def _sorted(iou, scores, sigma):
    return _solution(iou, scores, sigma).sort(descending=True).values


def _linear_above_a_half(iou, scores, sigma):
    scores, left = scores.clone(), list(range(len(scores)))
    while left:
        best = max(left, key=lambda row: float(scores[row]))
        left.remove(best)
        for row in left:
            scores[row] *= 1 - iou[best, row] if iou[best, row] > 0.5 else 1
    return scores


def _the_best_of_all_again(iou, scores, sigma):
    scores = scores.clone()
    for _ in range(len(scores)):
        best = int(scores.argmax())
        factor = torch.exp(-(iou[best] ** 2) / sigma)
        factor[best] = 1.0
        scores *= factor
    return scores


_IOU = torch.tensor(
    [
        [1.0, 0.7, 0.1, 0.0],
        [0.7, 1.0, 0.5, 0.2],
        [0.1, 0.5, 1.0, 0.6],
        [0.0, 0.2, 0.6, 1.0],
    ]
)

soft_nms = Exercise(
    name="09.soft_nms",
    title="Soft-NMS",
    task=(
        "Write `soft_nms(iou, scores, sigma)`: the IoU of every pair `(n, n)` and the scores "
        "`(n,)` to the scores after Gaussian Soft-NMS, `(n,)`, in the order of the boxes. Pick the "
        "best score of those not yet picked, multiply the scores of those *still* not picked by "
        "`exp(-IoU^2 / sigma)`, repeat. No box is dropped."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(_IOU, torch.tensor([0.9, 0.8, 0.6, 0.5]), 0.5),
            says="the second box falls behind the third",
        ),
        Case(
            args=(_IOU, torch.tensor([0.3, 0.9, 0.85, 0.4]), 0.3),
            says="the best box is not the first",
        ),
        Case(args=(torch.eye(3), torch.tensor([0.2, 0.9, 0.4]), 0.5), says="nothing overlaps"),
    ),
    mistakes=(
        Mistake(
            name="the old order",
            answer=_order_of_the_old_scores,
            says=(
                "You sort once, by the scores before. A decayed box may fall behind another, and "
                "then the other one is picked first: look for the best *again* at every pick."
            ),
        ),
        Mistake(
            name="the IoU is not squared",
            answer=_not_squared,
            says="The factor is exp(-IoU^2 / sigma), with the square.",
        ),
        Mistake(
            name="only the first pick decays",
            answer=_by_the_best_alone,
            says="Every pick decays those that are left, not only the first one.",
        ),
        Mistake(
            name="everybody decays everybody",
            answer=_everybody_decays_everybody,
            says="Only a box that was picked *earlier* may lower a score. Here even the best one falls.",
        ),
        Mistake(
            name="the picked box decays itself",
            answer=_itself_too,
            says="The picked box keeps its score. Its IoU with itself, 1, must not count.",
        ),
        Mistake(
            name="1 - IoU",
            answer=_linear,
            says="That is the linear form. The task asks for the Gaussian one.",
        ),
        Mistake(
            name="1 - IoU above 0.5",
            answer=_linear_above_a_half,
            says="That is the linear form, with a threshold. The task asks for the Gaussian one.",
        ),
        Mistake(
            name="multiplied by sigma",
            answer=_times_sigma,
            says="Divide by sigma: the smaller sigma is, the harder a score must fall.",
        ),
        Mistake(
            name="twice sigma",
            answer=_twice_sigma,
            says="Statistics writes a 2 there, Soft-NMS does not: divide by sigma alone.",
        ),
        Mistake(
            name="sigma is squared",
            answer=_sigma_squared,
            says="The square is over the IoU alone: divide by sigma, not by its square.",
        ),
        Mistake(
            name="the best of all, again and again",
            answer=_the_best_of_all_again,
            says=(
                "You look for the best among *all* boxes, so the first one is picked again. A box "
                "that was picked leaves the game."
            ),
        ),
        Mistake(
            name="sorted",
            answer=_sorted,
            says="The right scores, sorted. Give them in the order of the boxes.",
        ),
    ),
    hints=(
        "Two things change at every pick: who is left, and their scores.",
        "`best` is the row of the largest score among those left. It leaves the list first.",
        "`for row in left: scores[row] = scores[row] * exp(-iou[best, row] ** 2 / sigma)`",
    ),
)
