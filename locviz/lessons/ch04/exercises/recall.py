"""The share of objects that have at least one anchor near enough."""

import torch

from locviz.course import Case, Exercise, Mistake


def _areas(boxes):
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def _overlaps(anchors, objects, *, clip=True):
    low = torch.maximum(anchors[:, None, :2], objects[:, :2])
    high = torch.minimum(anchors[:, None, 2:], objects[:, 2:])
    sides = (high - low).clamp(min=0) if clip else high - low
    shared = sides.prod(-1)
    return shared / (_areas(anchors)[:, None] + _areas(objects) - shared)


def _solution(anchors, objects, threshold):
    low = torch.maximum(anchors[:, None, :2], objects[:, :2])
    high = torch.minimum(anchors[:, None, 2:], objects[:, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    area_a, area_b = ((b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]) for b in (anchors, objects))
    iou = shared / (area_a[:, None] + area_b - shared)
    return (iou.amax(0) >= threshold).float().mean()


def _over_the_wrong_axis(anchors, objects, threshold):
    return (_overlaps(anchors, objects).amax(1) >= threshold).float().mean()


def _unclipped(anchors, objects, threshold):
    return (_overlaps(anchors, objects, clip=False).amax(0) >= threshold).float().mean()


def _mean_of_best(anchors, objects, threshold):
    return _overlaps(anchors, objects).amax(0).mean()


def _share_of_pairs(anchors, objects, threshold):
    return (_overlaps(anchors, objects) >= threshold).float().mean()


_ANCHORS = torch.tensor([[0.0, 0, 10, 10], [20, 0, 30, 10], [0, 20, 10, 30], [20, 20, 30, 30]])


def _over_the_object(anchors, objects, threshold):
    low = torch.maximum(anchors[:, None, :2], objects[:, :2])
    high = torch.minimum(anchors[:, None, 2:], objects[:, 2:])
    covered = (high - low).clamp(min=0).prod(-1) / _areas(objects)
    return (covered.amax(0) >= threshold).float().mean()


def _strictly_more(anchors, objects, threshold):
    return (_overlaps(anchors, objects).amax(0) > threshold).float().mean()


def _counted(anchors, objects, threshold):
    return (_overlaps(anchors, objects).amax(0) >= threshold).sum()


def _union_too_large(anchors, objects, threshold):
    overlap = _overlaps(anchors, objects)
    return ((overlap / (1 + overlap)).amax(0) >= threshold).float().mean()


def _over_the_anchors(anchors, objects, threshold):
    return (_overlaps(anchors, objects).amax(0) >= threshold).sum() / len(anchors)


def _one_for_each(anchors, objects, threshold):
    return _overlaps(anchors, objects).amax(0) >= threshold


def _percent(anchors, objects, threshold):
    return 100 * _solution(anchors, objects, threshold)


recall = Exercise(
    name="04.recall",
    title="Which objects are within reach?",
    task=(
        "Write `recall(anchors, objects, threshold)`: the share of the objects that have *at least "
        "one* anchor with an IoU of `threshold` or more. Both are `(n, 4)` tensors of corners, `x1 "
        "y1 x2 y2`. With tensors only, no loop."
    ),
    answer=_solution,
    loops=False,
    cases=(
        Case(
            args=(_ANCHORS, torch.tensor([[1.0, 1, 10, 10], [12.0, 12, 18, 18]]), 0.5),
            says="one near, one between",
        ),
        Case(
            args=(_ANCHORS[:1], torch.tensor([[0.0, 0, 10, 10], [18.0, 18, 28, 28]]), 0.3),
            says="an object that lies far from the only anchor in x and in y",
        ),
        Case(
            args=(
                _ANCHORS,
                torch.tensor([[0.0, 0, 10, 10], [1, 1, 11, 11], [40, 40, 50, 50]]),
                0.6,
            ),
            says="three",
        ),
        Case(
            args=(_ANCHORS[:1], torch.tensor([[0.0, 0, 10, 5], [0, 0, 2, 2], [0, 0, 10, 10]]), 0.5),
            says="objects that lie inside the anchor, one with an IoU of exactly 0.5",
        ),
        Case(
            args=(_ANCHORS, torch.tensor([[0.0, 0, 9, 9], [21, 1, 30, 10], [2, 22, 9, 29]]), 0.45),
            says="three objects, each inside an anchor of its own",
        ),
    ),
    mistakes=(
        Mistake(
            name="divided by the number of anchors",
            answer=_over_the_anchors,
            says=("You count objects, so divide by the number of *objects*."),
        ),
        Mistake(
            name="one answer for each object",
            answer=_one_for_each,
            says=(
                "That says of each object whether it is within reach. Recall is the share: `.float().mean()`."
            ),
        ),
        Mistake(
            name="percent instead of a share",
            answer=_percent,
            says=("A share lies between 0 and 1: leave out the factor 100."),
        ),
        Mistake(
            name="the maximum over the wrong axis",
            answer=_over_the_wrong_axis,
            says=(
                "`amax` over the objects asks each *anchor* for its best object: the share of "
                "anchors that are of use. Recall asks each object for its best anchor."
            ),
        ),
        Mistake(
            name="the shared sides were not clipped at zero",
            answer=_unclipped,
            says=(
                "Boxes that are apart in x *and* in y have two negative sides, and their product "
                "is positive: an IoU out of nothing. `clamp(min=0)` each side first."
            ),
        ),
        Mistake(
            name="the mean IoU instead of a share",
            answer=_mean_of_best,
            says="That is the average best IoU. Recall counts: at or above the threshold, or not.",
        ),
        Mistake(
            name="a share of all pairs",
            answer=_share_of_pairs,
            says=(
                "Most anchors are far from every object, and that is no fault. Recall asks whether "
                "each object has one good anchor."
            ),
        ),
        Mistake(
            name="the part of the object that is covered",
            answer=_over_the_object,
            says=(
                "A huge anchor covers every object. Divide by the union, not by the area of the "
                "object."
            ),
        ),
        Mistake(
            name="an IoU of exactly the threshold is refused",
            answer=_strictly_more,
            says="The task says `threshold` *or more*: `>=`.",
        ),
        Mistake(
            name="a number of objects instead of a share",
            answer=_counted,
            says=(
                "You count the objects within reach. Recall is their share: divide by the number "
                "of objects (`.float().mean()`)."
            ),
        ),
        Mistake(
            name="the union counts the shared area twice",
            answer=_union_too_large,
            says="Area plus area counts the shared part twice: take it off once.",
        ),
    ),
    hints=(
        (
            "All pairs at once: `anchors[:, None, :2]` against `objects[:, :2]` gives `(anchors, "
            "objects, 2)`."
        ),
        (
            "IoU is the shared area over (area + area - shared). Clip the shared sides at zero "
            "before you multiply them."
        ),
        "`(iou.amax(0) >= threshold).float().mean()`: dimension 0 are the anchors.",
    ),
)
