"""Mutual labelling: the two sets of positives of one object."""

import torch

from locviz.course import Case, Exercise, Mistake
from locviz.otsu import otsu_threshold


def _solution(iou, score):
    learn_the_class = iou > otsu_threshold(iou)
    learn_the_box = score > otsu_threshold(score)
    return learn_the_class, learn_the_box


def _not_crossed(iou, score):
    return score > otsu_threshold(score), iou > otsu_threshold(iou)


def _with_the_threshold(iou, score):
    return iou >= otsu_threshold(iou), score >= otsu_threshold(score)


def _one_set(iou, score):
    both = (iou > otsu_threshold(iou)) & (score > otsu_threshold(score))
    return both, both


def _either(iou, score):
    one = (iou > otsu_threshold(iou)) | (score > otsu_threshold(score))
    return one, one


def _by_the_mean(iou, score):
    return iou > iou.mean(), score > score.mean()


def _by_a_half(iou, score):
    return iou > 0.5, score > 0.5


def _thresholds_exchanged(iou, score):
    return iou > otsu_threshold(score), score > otsu_threshold(iou)


def _of_the_product(iou, score):
    product = iou * score
    return (product > otsu_threshold(product),) * 2


def _below(iou, score):
    return iou <= otsu_threshold(iou), score <= otsu_threshold(score)


crossed = Exercise(
    name="10.crossed",
    title="Who learns what?",
    task=(
        "Write `crossed(iou, score)` for the candidates of one object: two tensors `(n,)`, the IoU "
        "of each predicted box and the probability of the right class. Return two tensors of True "
        "and False: who is a positive of the *classification* (equation 4), and who is one of the "
        "*localization* (equation 6). `otsu_threshold(values)` is imported."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(
                torch.tensor([0.85, 0.80, 0.20, 0.15, 0.60]),
                torch.tensor([0.20, 0.90, 0.85, 0.10, 0.15]),
            ),
            says="five candidates, one good at both",
        ),
        Case(
            args=(
                torch.tensor([0.45, 0.40, 0.10, 0.05, 0.12, 0.30]),
                torch.tensor([0.10, 0.70, 0.60, 0.66, 0.20, 0.30]),
            ),
            says="a hard object",
        ),
        Case(
            args=(
                torch.tensor([0.90, 0.88, 0.70, 0.72, 0.71]),
                torch.tensor([0.30, 0.02, 0.33, 0.05, 0.28]),
            ),
            says="all boxes good, all scores low",
        ),
        Case(
            args=(
                torch.tensor([0.47, 0.58, 0.30, 0.80, 0.20, 0.95]),
                torch.tensor([0.71, 0.01, 0.14, 0.27, 0.33, 0.38]),
            ),
            says="no clear gaps",
        ),
    ),
    mistakes=(
        Mistake(
            name="not crossed",
            answer=_not_crossed,
            says=(
                "Each task would teach itself what it does already. The *IoUs* decide who learns "
                "the class, the *scores* who learns the box."
            ),
        ),
        Mistake(
            name="the threshold itself is above",
            answer=_with_the_threshold,
            says=(
                "`>` and not `>=`: the threshold is the largest value of the lower group, so with "
                "`>=` each set has one candidate too many."
            ),
        ),
        Mistake(
            name="one set for both: who is good at both",
            answer=_one_set,
            says=(
                "The two tasks keep sets of their own. Agreement is what training should *reach*; "
                "if you demand it at once, hardly anybody learns."
            ),
        ),
        Mistake(
            name="one set for both: who is good at either",
            answer=_either,
            says="Then nothing is learned from the other task. The two sets differ.",
        ),
        Mistake(
            name="one set for both: the product",
            answer=_of_the_product,
            says=(
                "The product is how later methods rank (TOOD, with powers). Mutual labelling has "
                "two sets, each by the other task's measure."
            ),
        ),
        Mistake(
            name="the mean as threshold",
            answer=_by_the_mean,
            says="Otsu's threshold, not the mean: `otsu_threshold(iou)`.",
        ),
        Mistake(
            name="0.5 as threshold",
            answer=_by_a_half,
            says="A hard object would get no positive at all. Each object has thresholds of its own.",
        ),
        Mistake(
            name="each measure under the other's threshold",
            answer=_thresholds_exchanged,
            says=(
                "Compare IoUs with the threshold of the IoUs. Crossed is who *learns*, not what is "
                "compared."
            ),
        ),
        Mistake(
            name="the lower group",
            answer=_below,
            says="The positives are those *above* the threshold.",
        ),
    ),
    hints=(
        "Two thresholds, one per measure. Which task learns from which?",
        "Classification: the candidates whose IoU is above the threshold of the IoUs.",
        "`iou > otsu_threshold(iou)` is the first, the same with `score` the second.",
    ),
)
