"""The RPN's rule: two thresholds, and the best prior of each object."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(iou):
    best, owner = iou.max(1)
    answer = torch.where(best >= 0.7, owner, torch.where(best < 0.3, -1, -2))
    best_of_object = iou.max(0).values
    forced = ((iou == best_of_object) & (best_of_object > 0)).any(1)
    return torch.where(forced, owner, answer)


def _nobody_is_forced(iou):
    best, owner = iou.max(1)
    return torch.where(best >= 0.7, owner, torch.where(best < 0.3, -1, -2))


def _wrong_axis(iou):
    answer = torch.full((len(iou),), -1)
    for g, p in enumerate(iou.argmax(0).tolist()):
        answer[p] = g
    return answer


def _first_of_the_ties(iou):
    answer, owner = _nobody_is_forced(iou), iou.argmax(1)
    for g, p in enumerate(iou.argmax(0).tolist()):
        if iou[p, g] > 0:
            answer[p] = owner[p]
    return answer


def _forced_to_the_untouched(iou):
    forced = (iou == iou.max(0).values).any(1)
    return torch.where(forced, iou.argmax(1), _nobody_is_forced(iou))


def _no_grey_zone(iou):
    answer = _solution(iou)
    return torch.where(answer == -2, -1, answer)


def _half_is_enough(iou):
    best, owner = iou.max(1)
    return torch.where(best >= 0.5, owner, _solution(iou))


rpn_rule = Exercise(
    name="07.rpn_rule",
    title="RPN's rule",
    task=(
        "Write `rpn_rule(iou)` for a matrix `(p, g)`: return a tensor `(p,)` that says for which "
        "object each prior answers, -1 for background, -2 for nothing at all. A prior looks at the "
        "object that it overlaps most: from 0.7 it answers for it, below 0.3 it is background, "
        "between the two it takes no part. And then nobody is left out: every prior that is the "
        "best of some object, ties included, answers for the object that *it* overlaps most. An "
        "object that no prior touches forces nobody."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([[0.8, 0.1], [0.5, 0.2], [0.2, 0.0], [0.1, 0.4]]),),
            says="the second object has no prior above 0.4",
        ),
        Case(
            args=(torch.tensor([[0.75, 0.0], [0.72, 0.3], [0.0, 0.45], [0.1, 0.45], [0.6, 0.2]]),),
            says="two priors share an object's best overlap",
        ),
        Case(
            args=(torch.tensor([[0.9, 0.0], [0.2, 0.0], [0.0, 0.0]]),),
            says="an object that no prior touches",
        ),
        Case(args=(torch.tensor([[0.7], [0.3], [0.29]]),), says="exactly at the thresholds"),
    ),
    mistakes=(
        Mistake(
            name="nobody is forced",
            answer=_nobody_is_forced,
            says=(
                "An object whose best prior overlaps it by 0.4 is learned by nobody: a small or a "
                "thin object simply vanishes from training. The best prior of each object is "
                "positive whatever its IoU."
            ),
        ),
        Mistake(
            name="argmax over the wrong axis",
            answer=_wrong_axis,
            says=(
                "`iou.argmax(0)` asks each *object* for its best prior: one positive per object. "
                "Here each *prior* asks which object it overlaps most: `iou.max(1)`. The objects "
                "are asked only afterwards."
            ),
        ),
        Mistake(
            name="only the first of equals is forced",
            answer=_first_of_the_ties,
            says=(
                "`argmax` knows one winner. On a grid of priors ties are the rule: compare with "
                "the maximum instead."
            ),
        ),
        Mistake(
            name="an object that nobody touches forces everybody",
            answer=_forced_to_the_untouched,
            says=(
                "Its best overlap is 0, and every prior that does not touch it equals that. They "
                "all become positive. Ask for an overlap above 0. (A well-known library has this.)"
            ),
        ),
        Mistake(
            name="no grey zone",
            answer=_no_grey_zone,
            says=(
                "From 0.3 to 0.7 a prior is neither right nor wrong: -2, no loss. Else good boxes "
                "learn to be quiet."
            ),
        ),
        Mistake(
            name="positive from 0.5",
            answer=_half_is_enough,
            says="0.5 is Fast R-CNN's threshold for its regions of interest. RPN wants 0.7.",
        ),
    ),
    hints=(
        (
            "Two questions, one after the other: each prior asks for its object, then each object "
            "asks for its prior."
        ),
        (
            "`best, owner = iou.max(1)`, and two `torch.where`. For the second question: `iou == "
            "iou.max(0).values`."
        ),
        (
            "`forced = ((iou == top) & (top > 0)).any(1)` with `top = iou.max(0).values`; those "
            "get `owner`."
        ),
    ),
)
