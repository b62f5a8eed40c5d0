"""The exercises of lesson 07 about static rules: overlaps, RPN's rule, ATSS's threshold; and
one-to-one matching.
"""

import torch

from locviz.course import Case, Exercise, Mistake


def _boxes(*rows: tuple[float | int, ...]) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.float32)


def _overlaps(priors, objects):
    low = torch.maximum(priors[:, None, :2], objects[None, :, :2])
    high = torch.minimum(priors[:, None, 2:], objects[None, :, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    area_priors = (priors[:, 2:] - priors[:, :2]).prod(-1)
    area_objects = (objects[:, 2:] - objects[:, :2]).prod(-1)
    return shared / (area_priors[:, None] + area_objects - shared)


def _unclipped(priors, objects):
    low = torch.maximum(priors[:, None, :2], objects[None, :, :2])
    high = torch.minimum(priors[:, None, 2:], objects[None, :, 2:])
    shared = (high - low).prod(-1)
    areas = [(box[:, 2:] - box[:, :2]).prod(-1) for box in (priors, objects)]
    return shared / (areas[0][:, None] + areas[1] - shared)


def _counted_twice(priors, objects):
    overlap = _overlaps(priors, objects)
    return overlap / (1 + overlap)  # I / (A + B), as I / U = x gives A + B = U + I


def _over_the_object(priors, objects):
    low = torch.maximum(priors[:, None, :2], objects[None, :, :2])
    high = torch.minimum(priors[:, None, 2:], objects[None, :, 2:])
    return (high - low).clamp(min=0).prod(-1) / (objects[:, 2:] - objects[:, :2]).prod(-1)


overlaps = Exercise(
    name="07.overlaps",
    title="The matrix that every rule reads",
    task=(
        "Write `overlaps(priors, objects)`: two tensors of boxes `x1 y1 x2 y2`, `(p, 4)` and `(g, 4)`, to the IoU of "
        "every pair, `(p, g)`: one row per prior, one column per object. No loop is needed."
    ),
    answer=_overlaps,
    cases=(
        Case(args=(_boxes((0, 0, 2, 2), (1, 0, 3, 2), (0, 0, 4, 2)), _boxes((0, 0, 2, 2), (2, 0, 4, 4))),
             says="three priors, two objects"),
        Case(args=(_boxes((0, 0, 2, 2)), _boxes((5, 6, 8, 9), (0, 0, 2, 2), (3, 0, 5, 2))),
             says="one prior, two objects far from it"),
        Case(args=(_boxes((0, 0, 4, 4), (1, 1, 3, 3)), _boxes((0, 0, 4, 4), (1, 1, 3, 3), (0, 0, 4, 2))),
             says="one box inside the other"),
    ),
    mistakes=(
        Mistake(
            name="the intersection is not clipped at zero",
            answer=_unclipped,
            says=(
                "Apart along both axes, both sides are negative and their product is *positive*: two boxes that never "
                "met seem to overlap. `clamp(min=0)` each side before you multiply. (Chapter 02 met this mistake in "
                "a released loss.)"
            ),
        ),
        Mistake(
            name="rows and columns are exchanged",
            answer=lambda priors, objects: _overlaps(objects, priors),
            says="Yours has one row per *object*. Every rule below takes a row for a prior.",
        ),
        Mistake(
            name="a distance, not an overlap",
            answer=lambda priors, objects: 1 - _overlaps(priors, objects),
            says="1 - IoU is a cost: small is good. A threshold on IoU would keep exactly the wrong priors.",
        ),
        Mistake(
            name="the shared area is counted twice",
            answer=_counted_twice,
            says="The union is one area plus the other *minus* what they share.",
        ),
        Mistake(
            name="the part of the object that is covered",
            answer=_over_the_object,
            says="Then a prior as large as the image overlaps every object by 1. Divide by the union.",
        ),
    ),
    hints=(
        "Let the priors vary along the first axis, the objects along the second: `priors[:, None]`, `objects[None]`.",
        "`torch.maximum` of the low corners, `torch.minimum` of the high corners: the shared box, if there is one.",
        "`shared = (high - low).clamp(min=0).prod(-1)`; divide by `area_priors[:, None] + area_objects - shared`.",
    ),
)  # fmt: skip


def _rpn_rule(iou):
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
    answer = _rpn_rule(iou)
    return torch.where(answer == -2, -1, answer)


def _half_is_enough(iou):
    best, owner = iou.max(1)
    return torch.where(best >= 0.5, owner, _rpn_rule(iou))


rpn_rule = Exercise(
    name="07.rpn_rule",
    title="RPN's rule",
    task=(
        "Write `rpn_rule(iou)` for a matrix `(p, g)`: return a tensor `(p,)` that says for which object each prior "
        "answers, -1 for background, -2 for nothing at all. A prior looks at the object that it overlaps most: from "
        "0.7 it answers for it, below 0.3 it is background, between the two it takes no part. And then nobody is left "
        "out: every prior that is the best of some object, ties included, answers for the object that *it* overlaps "
        "most. An object that no prior touches forces nobody."
    ),
    answer=_rpn_rule,
    cases=(
        Case(args=(torch.tensor([[0.8, 0.1], [0.5, 0.2], [0.2, 0.0], [0.1, 0.4]]),),
             says="the second object has no prior above 0.4"),
        Case(args=(torch.tensor([[0.75, 0.0], [0.72, 0.3], [0.0, 0.45], [0.1, 0.45], [0.6, 0.2]]),),
             says="two priors share an object's best overlap"),
        Case(args=(torch.tensor([[0.9, 0.0], [0.2, 0.0], [0.0, 0.0]]),), says="an object that no prior touches"),
        Case(args=(torch.tensor([[0.7], [0.3], [0.29]]),), says="exactly at the thresholds"),
    ),
    mistakes=(
        Mistake(
            name="nobody is forced",
            answer=_nobody_is_forced,
            says=(
                "An object whose best prior overlaps it by 0.4 is learned by nobody: a small or a thin object simply "
                "vanishes from training. The best prior of each object is positive whatever its IoU."
            ),
        ),
        Mistake(
            name="argmax over the wrong axis",
            answer=_wrong_axis,
            says=(
                "`iou.argmax(0)` asks each *object* for its best prior: one positive per object. Here each *prior* "
                "asks which object it overlaps most: `iou.max(1)`. The objects are asked only afterwards."
            ),
        ),
        Mistake(
            name="only the first of equals is forced",
            answer=_first_of_the_ties,
            says="`argmax` knows one winner. On a grid of priors ties are the rule: compare with the maximum instead.",
        ),
        Mistake(
            name="an object that nobody touches forces everybody",
            answer=_forced_to_the_untouched,
            says=(
                "Its best overlap is 0, and every prior that does not touch it equals that. They all become positive. "
                "Ask for an overlap above 0. (A well-known library has this.)"
            ),
        ),
        Mistake(
            name="no grey zone",
            answer=_no_grey_zone,
            says="From 0.3 to 0.7 a prior is neither right nor wrong: -2, no loss. Else good boxes learn to be quiet.",
        ),
        Mistake(
            name="positive from 0.5",
            answer=_half_is_enough,
            says="0.5 is Fast R-CNN's threshold for its regions of interest. RPN wants 0.7.",
        ),
    ),
    hints=(
        "Two questions, one after the other: each prior asks for its object, then each object asks for its prior.",
        "`best, owner = iou.max(1)`, and two `torch.where`. For the second question: `iou == iou.max(0).values`.",
        "`forced = ((iou == top) & (top > 0)).any(1)` with `top = iou.max(0).values`; those get `owner`.",
    ),
)  # fmt: skip

_CANDIDATES = torch.tensor([0.1, 0.2, 0.3, 0.6])

atss_threshold = Exercise(
    name="07.atss_threshold",
    title="A threshold of one's own",
    task=(
        "An object has four candidates, with IoUs of 0.1, 0.2, 0.3 and 0.6. Which threshold does ATSS set for it? "
        "(Mean plus standard deviation; the released code takes the deviation of a *sample*, divided by n - 1.)"
    ),
    answer=float(_CANDIDATES.mean() + _CANDIDATES.std()),
    mistakes=(
        Mistake(
            name="divided by n",
            answer=float(_CANDIDATES.mean() + _CANDIDATES.std(correction=0)),
            says=(
                "That is the deviation of a whole population. torch's `std` divides by n - 1, and with few candidates "
                "the difference is a prior more or less."
            ),
        ),
        Mistake(
            name="the mean alone",
            answer=0.3,
            says="The deviation is missing. It lifts the threshold where one level fits much better than the others.",
        ),
        Mistake(
            name="variance instead of deviation",
            answer=float(_CANDIDATES.mean() + _CANDIDATES.var()),
            says="The variance has other units. Take its square root.",
        ),
        Mistake(
            name="a threshold for all", answer=0.5, says="0.5 is RetinaNet's. ATSS asks the object's own candidates."
        ),
    ),
    hints=(
        "Two numbers: how good the candidates are on average, and how much they differ.",
        "The mean is 0.3. The squared differences are 0.04, 0.01, 0 and 0.09.",
        "Their sum is 0.14; divided by 3 and under the root that is 0.216. Add the mean.",
    ),
)  # fmt: skip


def _one_to_one(cost):
    from itertools import permutations

    num_queries, num_objects = cost.shape
    objects = torch.arange(num_objects)
    choices = permutations(range(num_queries), num_objects)
    return list(min(choices, key=lambda queries: float(cost[list(queries), objects].sum())))


def _everyone_the_cheapest(cost):
    return cost.argmin(0).tolist()


def _best_pair_first(cost):
    left, answer = cost.clone(), [0] * cost.shape[1]
    for _ in range(cost.shape[1]):
        q, g = divmod(int(left.argmin()), cost.shape[1])
        answer[g] = q
        left[q], left[:, g] = float("inf"), float("inf")
    return answer


def _in_order(cost):
    left, answer = cost.clone(), []
    for g in range(cost.shape[1]):
        answer.append(int(left[:, g].argmin()))
        left[answer[-1]] = float("inf")
    return answer


one_to_one = Exercise(
    name="07.one_to_one",
    title="One each, and the cheapest in all",
    task=(
        "Write `one_to_one(cost)` for a matrix `(q, g)`, at most as many objects as queries: return a list with the "
        "query of each object. No query answers twice, and the *sum* of the costs is as small as it can be. The cases "
        "are small: you may try all choices (`itertools.permutations`) or call `scipy.optimize`."
    ),
    answer=_one_to_one,
    cases=(
        Case(args=(torch.tensor([[1.0, 2.0], [2.0, 6.0], [7.0, 7.0]]),), says="both objects like the first query best"),
        Case(args=(torch.tensor([[0.2, 0.3, 0.9], [0.3, 0.8, 0.9], [0.5, 0.6, 0.1], [0.9, 0.9, 0.9]]),),
             says="four queries, three objects"),
        Case(args=(torch.tensor([[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]]),),
             says="as many queries as objects"),
        Case(args=(torch.tensor([[5.0, 1.0], [6.0, 1.5], [9.0, 8.0]]),), says="the second object could be content"),
    ),
    mistakes=(
        Mistake(
            name="one query answers twice",
            answer=_everyone_the_cheapest,
            says=(
                "Each object takes its cheapest query, and two take the same. That is one-to-many seen from the query: "
                "it would be asked for two boxes at once. One-to-one is due."
            ),
        ),
        Mistake(
            name="the best pair first",
            answer=_best_pair_first,
            says=(
                "Greedy: the cheapest pair of all is fixed, then the next. The first bargain can cost the others more "
                "than it saves. The whole sum counts."
            ),
        ),
        Mistake(
            name="first come, first served",
            answer=_in_order,
            says="The first object takes what it likes, the next what is left: the answer depends on their order.",
        ),
        Mistake(
            name="the dearest instead of the cheapest",
            answer=lambda cost: _one_to_one(-cost),
            says="You maximise. A cost is small where the fit is good; an IoU handed over as a cost does exactly this.",
        ),
        Mistake(
            name="the object of each query",
            answer=lambda cost: [dict(zip(_one_to_one(cost), range(9), strict=False)).get(q, -1) for q in range(9)][
                : len(cost)
            ],
            says="You return one entry per query. Asked for: one entry per object, the number of its query.",
        ),
    ),
    hints=(
        "Write down all ways to give each object a query of its own, and the sum of each.",
        "`permutations(range(q), g)` gives them all. Which has the smallest `cost[queries, objects].sum()`?",
        "`min(permutations(range(q), g), key=lambda queries: float(cost[list(queries), torch.arange(g)].sum()))`.",
    ),
)  # fmt: skip
