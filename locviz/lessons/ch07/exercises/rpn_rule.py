"""The RPN's rule: two thresholds, and the best prior of each object."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(iou):
    best, owner = iou.max(1)
    answer = torch.where(best >= 0.7, owner, torch.where(best < 0.3, -1, -2))
    best_of_object = iou.max(0).values
    forced = ((iou == best_of_object) & (best_of_object > 0)).any(1)
    return torch.where(forced, owner, answer)


def _no_prior_is_forced(iou):
    best, owner = iou.max(1)
    return torch.where(best >= 0.7, owner, torch.where(best < 0.3, -1, -2))


def _wrong_axis(iou):
    answer = torch.full((len(iou),), -1)
    for g, p in enumerate(iou.argmax(0).tolist()):
        answer[p] = g
    return answer


def _first_of_the_ties(iou):
    answer, owner = _no_prior_is_forced(iou), iou.argmax(1)
    for g, p in enumerate(iou.argmax(0).tolist()):
        if iou[p, g] > 0:
            answer[p] = owner[p]
    return answer


def _forced_to_the_untouched(iou):
    forced = (iou == iou.max(0).values).any(1)
    return torch.where(forced, iou.argmax(1), _no_prior_is_forced(iou))


def _no_grey_zone(iou):
    answer = _solution(iou)
    return torch.where(answer == -2, -1, answer)


def _half_is_enough(iou):
    best, owner = iou.max(1)
    return torch.where(best >= 0.5, owner, _solution(iou))


def _forced_by_the_forcer(iou):
    answer = _no_prior_is_forced(iou)
    for g, top in enumerate(iou.max(0).values):
        answer[(iou[:, g] == top) & (top > 0)] = g
    return answer


def _more_than_the_upper(iou):
    best = iou.max(1).values
    return torch.where((best == 0.7) & ~_is_forced(iou), -2, _solution(iou))


def _lower_included(iou):
    best = iou.max(1).values
    return torch.where((best == 0.3) & ~_is_forced(iou), -1, _solution(iou))


def _counted_from_one(iou):
    answer = _solution(iou)
    return torch.where(answer >= 0, answer + 1, answer)


def _signs_exchanged(iou):
    answer = _solution(iou)
    return torch.where(answer < 0, -3 - answer, answer)


def _is_forced(iou):
    top = iou.max(0).values
    return ((iou == top) & (top > 0)).any(1)


# Those exactly at a threshold are float64: only so is 0.7 itself 0.7 for a loop over Python numbers.
rpn_rule = Exercise(
    name="07.rpn_rule",
    title="RPN's rule",
    task=(
        "Write `rpn_rule(iou)` for a matrix `(p, g)`: return a tensor `(p,)` with the number of "
        "the object that each prior is responsible for, -1 for background, -2 for ignored. First, "
        "each prior looks at the object that it overlaps most: from an IoU of 0.7 the prior is "
        "responsible for it, below 0.3 the prior is background, in between it is ignored. Second, "
        "every prior that has the largest IoU with some object, ties included, is responsible for "
        "the object that *this prior* overlaps most. An object that no prior touches forces no "
        "prior."
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
        Case(
            args=(torch.tensor([[0.7], [0.3], [0.29]], dtype=torch.float64),),
            says="exactly at the thresholds",
        ),
        Case(
            args=(torch.tensor([[0.9], [0.7], [0.3], [0.29]], dtype=torch.float64),),
            says="exactly at the thresholds, and another prior is the best",
        ),
        Case(
            args=(torch.tensor([[0.5, 0.4], [0.1, 0.2], [0.4, 0.1]]),),
            says="one prior is the best of both objects",
        ),
        Case(
            args=(torch.tensor([[0.4, 0.6], [0.1, 0.5], [0.2, 0.65]]),),
            says="the best prior of the first object overlaps the second one more",
        ),
    ),
    mistakes=(
        Mistake(
            name="no prior is forced",
            answer=_no_prior_is_forced,
            says=(
                "An object whose best prior overlaps it by 0.4 has no positive prior: a small or "
                "thin object vanishes from training. The best prior of each object is "
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
            name="an object that no prior touches forces every prior",
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
                "From 0.3 to 0.7 the evidence is ambiguous: -2, no loss. Otherwise good boxes are "
                "trained as background."
            ),
        ),
        Mistake(
            name="positive from 0.5",
            answer=_half_is_enough,
            says="0.5 is Fast R-CNN's threshold for its regions of interest. RPN wants 0.7.",
        ),
        Mistake(
            name="forced for the object that forced it",
            answer=_forced_by_the_forcer,
            says=(
                "A forced prior is responsible for the object that *it* overlaps most, which is "
                "not always the object that forced it."
            ),
        ),
        Mistake(
            name="0.7 itself is refused",
            answer=_more_than_the_upper,
            says="The rule says from 0.7: `>=`, not `>`.",
        ),
        Mistake(
            name="-1 and -2 are exchanged",
            answer=_signs_exchanged,
            says="Background is -1; a prior that is ignored is -2.",
        ),
        Mistake(
            name="objects counted from one",
            answer=_counted_from_one,
            says="The first object is number 0, as everywhere in torch.",
        ),
        Mistake(
            name="0.3 itself is background",
            answer=_lower_included,
            says="Background is *below* 0.3: `<`, not `<=`.",
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
