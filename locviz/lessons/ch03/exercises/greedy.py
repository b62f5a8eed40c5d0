"""COCO's matching of boxes to objects, best score first."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(overlap, threshold):
    taken, right = set(), []
    for row in overlap.tolist():
        free = [(value, g) for g, value in enumerate(row) if value >= threshold and g not in taken]
        if free:
            taken.add(max(free)[1])
        right.append(1 if free else 0)
    return right


def _duplicates_count(overlap, threshold):
    return [1 if max(row) >= threshold else 0 for row in overlap.tolist()]


def _strictly_more(overlap, threshold):
    return _solution(overlap, threshold + 1e-6)


def _best_or_nothing(overlap, threshold):
    taken, right = set(), []
    for row in overlap.tolist():
        best = row.index(max(row))
        right.append(1 if row[best] >= threshold and best not in taken else 0)
        taken.add(best if row[best] >= threshold else None)
    return right


def _objects_choose(overlap, threshold):
    winners = {
        column.index(max(column)) for column in overlap.T.tolist() if max(column) >= threshold
    }
    return [1 if d in winners else 0 for d in range(len(overlap))]


def _first_free(overlap, threshold):
    taken, right = set(), []
    for row in overlap.tolist():
        free = [g for g, value in enumerate(row) if value >= threshold and g not in taken]
        taken.update(free[:1])
        right.append(1 if free else 0)
    return right


def _taken_below_the_threshold(overlap, threshold):
    taken, right = set(), []
    for row in overlap.tolist():
        free = [(value, g) for g, value in enumerate(row) if g not in taken]
        right.append(1 if free and max(free)[0] >= threshold else 0)
        taken.update([max(free)[1]] if free else [])
    return right


greedy = Exercise(
    name="03.greedy",
    title="COCO's matching",
    task=(
        "Write `greedy(overlap, threshold)`. `overlap` is a tensor `(d, g)` of IoUs: one row per "
        "box, *best score first*, one column per object. Return a list with 1 for each right box "
        "and 0 for each wrong one. A box takes, among the objects still free that it overlaps by "
        "`threshold` or more, the one that it overlaps most."
    ),
    answer=_solution,
    cases=(
        Case(args=(torch.tensor([[0.9], [0.8]]), 0.5), says="two boxes on one object"),
        Case(args=(torch.tensor([[0.5]]), 0.5), says="an overlap of exactly the threshold"),
        Case(
            args=(torch.tensor([[0.9, 0.6], [0.8, 0.7]]), 0.5),
            says="the second box also overlaps another object",
        ),
        Case(
            args=(torch.tensor([[0.6], [0.9]]), 0.5),
            says="the box with the lower score fits better",
        ),
        Case(
            args=(torch.tensor([[0.6, 0.9], [0.0, 0.8]]), 0.5),
            says="the first box may choose between two objects",
        ),
        Case(args=(torch.tensor([[0.3, 0.4], [0.0, 0.1]]), 0.5), says="no overlap is enough"),
        Case(
            args=(
                torch.tensor([[0.3], [0.9]]),
                0.5,
            ),
            says="the first box does not reach the threshold",
        ),
        Case(
            args=(
                torch.tensor([[0.4, 0.2], [0.9, 0.6], [0.8, 0.7]]),
                0.5,
            ),
            says="a poor box comes before two good ones",
        ),
    ),
    mistakes=(
        Mistake(
            name="an object may be found twice",
            answer=_duplicates_count,
            says=(
                "Then ten boxes on one object are ten right boxes. Only the first is right: "
                "remember who is taken."
            ),
        ),
        Mistake(
            name="an overlap of exactly the threshold is refused",
            answer=_strictly_more,
            says="The rule says the threshold *or more*: `>=`.",
        ),
        Mistake(
            name="the best object or none (Pascal VOC's rule)",
            answer=_best_or_nothing,
            says=(
                "Your box insists on the object it overlaps most, and is wrong if that is taken. "
                "That is how Pascal VOC does it. COCO lets it take another one that is free."
            ),
        ),
        Mistake(
            name="the objects choose",
            answer=_objects_choose,
            says=(
                "You let each object take its best box. But the boxes choose, best score first: a "
                "confident box that fits worse gets the object, and the better fit comes too late."
            ),
        ),
        Mistake(
            name="the first free object instead of the best",
            answer=_first_free,
            says="A box that may choose takes the largest overlap, not the first column.",
        ),
        Mistake(
            name="an object is taken by a box below the threshold",
            answer=_taken_below_the_threshold,
            says=(
                "A wrong box takes no object: only where the IoU reaches the threshold is the "
                "object no longer free."
            ),
        ),
    ),
    hints=(
        "Go through the rows from top to bottom, and keep a set of the objects that are taken.",
        (
            "For each row: which columns are at least the threshold and not taken? The largest of "
            "them is the choice."
        ),
        (
            "`free = [(value, g) for g, value in enumerate(row) if ...]`; if there is one, "
            "`taken.add(max(free)[1])`."
        ),
    ),
)
