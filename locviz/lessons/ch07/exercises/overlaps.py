"""The IoU of every prior with every object: what static rules read."""

import torch

from locviz.course import Case, Exercise, Mistake


def _boxes(*rows: tuple[float | int, ...]) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.float32)


def _solution(priors, objects):
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
    overlap = _solution(priors, objects)
    return overlap / (1 + overlap)  # I / (A + B), as I / U = x gives A + B = U + I


def _over_the_object(priors, objects):
    low = torch.maximum(priors[:, None, :2], objects[None, :, :2])
    high = torch.minimum(priors[:, None, 2:], objects[None, :, 2:])
    return (high - low).clamp(min=0).prod(-1) / (objects[:, 2:] - objects[:, :2]).prod(-1)


def _clamped_late(priors, objects):
    low = torch.maximum(priors[:, None, :2], objects[None, :, :2])
    high = torch.minimum(priors[:, None, 2:], objects[None, :, 2:])
    shared = (high - low).prod(-1).clamp(min=0)
    areas = [(box[:, 2:] - box[:, :2]).prod(-1) for box in (priors, objects)]
    return shared / (areas[0][:, None] + areas[1] - shared)


def _shared(priors, objects):
    low = torch.maximum(priors[:, None, :2], objects[None, :, :2])
    high = torch.minimum(priors[:, None, 2:], objects[None, :, 2:])
    return (high - low).clamp(min=0).prod(-1)


def _over_the_prior(priors, objects):
    return _shared(priors, objects) / (priors[:, 2:] - priors[:, :2]).prod(-1)[:, None]


overlaps = Exercise(
    name="07.overlaps",
    title="The matrix that every rule reads",
    task=(
        "Write `overlaps(priors, objects)`: two tensors of boxes `x1 y1 x2 y2`, `(p, 4)` and `(g, "
        "4)`, to the IoU of every pair, `(p, g)`: one row per prior, one column per object. No "
        "loop is needed."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(
                _boxes((0, 0, 2, 2), (1, 0, 3, 2), (0, 0, 4, 2)),
                _boxes((0, 0, 2, 2), (2, 0, 4, 4)),
            ),
            says="three priors, two objects",
        ),
        Case(
            args=(_boxes((0, 0, 2, 2)), _boxes((5, 6, 8, 9), (0, 0, 2, 2), (3, 0, 5, 2))),
            says="one prior, two objects far from it",
        ),
        Case(
            args=(
                _boxes((0, 0, 4, 4), (1, 1, 3, 3)),
                _boxes((0, 0, 4, 4), (1, 1, 3, 3), (0, 0, 4, 2)),
            ),
            says="one box inside the other",
        ),
    ),
    mistakes=(
        Mistake(
            name="the intersection is not clipped at zero",
            answer=_unclipped,
            says=(
                "Apart along both axes, both sides are negative and their product is *positive*: "
                "two boxes that never met seem to overlap. `clamp(min=0)` each side before you "
                "multiply. (Chapter 02 met this mistake in a released loss.)"
            ),
        ),
        Mistake(
            name="rows and columns are exchanged",
            answer=lambda priors, objects: _solution(objects, priors),
            says="Yours has one row per *object*. Every rule below takes a row for a prior.",
        ),
        Mistake(
            name="a distance, not an overlap",
            answer=lambda priors, objects: 1 - _solution(priors, objects),
            says=(
                "1 - IoU is a cost: small is good. A threshold on IoU would keep exactly the wrong "
                "priors."
            ),
        ),
        Mistake(
            name="the shared area is counted twice",
            answer=_counted_twice,
            says="The union is one area plus the other *minus* what they share.",
        ),
        Mistake(
            name="the part of the object that is covered",
            answer=_over_the_object,
            says=(
                "Then a prior as large as the image overlaps every object by 1. Divide by the "
                "union."
            ),
        ),
        Mistake(
            name="the part of the prior that is covered",
            answer=_over_the_prior,
            says="Then a tiny prior inside an object overlaps it by 1. Divide by the union.",
        ),
        Mistake(
            name="the shared area itself",
            answer=_shared,
            says="That is the intersection, in square pixels. Divide it by the union.",
        ),
        Mistake(
            name="clamped after the product",
            answer=_clamped_late,
            says=(
                "Apart along x *and* y, two negative sides multiply to a positive area. Clamp the "
                "sides, then multiply."
            ),
        ),
    ),
    hints=(
        (
            "Let the priors vary along the first axis, the objects along the second: `priors[:, "
            "None]`, `objects[None]`."
        ),
        (
            "`torch.maximum` of the low corners, `torch.minimum` of the high corners: the shared "
            "box, if there is one."
        ),
        (
            "`shared = (high - low).clamp(min=0).prod(-1)`; divide by `area_priors[:, None] + "
            "area_objects - shared`."
        ),
    ),
)
