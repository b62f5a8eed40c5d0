"""The exercises of lesson 03 to program: average precision, COCO's matching, COCO's mean."""

import torch

from locviz.course import Case, Exercise, Mistake


def _exact_area(right, num_gt):
    said = torch.arange(1, len(right) + 1)
    precision = right.cumsum(0) / said
    envelope = precision.flip(0).cummax(0).values.flip(0)
    return (envelope * right).sum() / num_gt


def _without_envelope(right, num_gt):
    precision = right.cumsum(0) / torch.arange(1, len(right) + 1)
    return (precision * right).sum() / num_gt


def _envelope_from_the_left(right, num_gt):
    precision = right.cumsum(0) / torch.arange(1, len(right) + 1)
    return (precision.cummax(0).values * right).sum() / num_gt


def _over_what_was_found(right, num_gt):
    return _exact_area(right, right.sum().clamp(min=1))


def _over_the_boxes(right, num_gt):
    precision = right.cumsum(0) / torch.arange(1, len(right) + 1)
    return precision.flip(0).cummax(0).values.mean()


exact_area = Exercise(
    name="03.exact_area",
    title="Average precision in five lines",
    task=(
        "Write `exact_area(right, num_gt)`: average precision, the exact area under the envelope. `right` is a float "
        "tensor, 1 for a right box and 0 for a wrong one, best score first; `num_gt` is how many objects there are."
    ),
    answer=_exact_area,
    cases=(
        Case(args=(torch.tensor([1.0, 0.0, 1.0, 1.0]), 4), says="the four boxes from above"),
        Case(
            args=(torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0]), 3),
            says="a ranking whose best box is wrong",
        ),
        Case(args=(torch.tensor([1.0, 1.0]), 5), says="two right boxes, five objects"),
        Case(args=(torch.tensor([0.0, 0.0, 0.0]), 2), says="nothing but wrong boxes"),
    ),
    mistakes=(
        Mistake(
            name="no envelope",
            answer=_without_envelope,
            says="Raise each precision to the best that follows it, before you add them up.",
        ),
        Mistake(
            name="the envelope runs from the wrong side",
            answer=_envelope_from_the_left,
            says=(
                "You took the best precision *so far*. The envelope looks ahead: the best at this recall or any "
                "higher. Flip, take `cummax`, flip back."
            ),
        ),
        Mistake(
            name="averaged over the objects that were found",
            answer=_over_what_was_found,
            says="Then a detector that says one right box and falls silent gets 1.0. Divide by all objects.",
        ),
        Mistake(
            name="averaged over the boxes",
            answer=_over_the_boxes,
            says="A wrong box does not move recall, so it has no strip: multiply by `right` before you sum.",
        ),
    ),
    hints=(
        "`right.cumsum(0)` counts the right boxes so far. What do you divide it by to get precision?",
        "A running maximum from the right: `precision.flip(0).cummax(0).values.flip(0)`.",
        "Each right box adds a strip of width `1 / num_gt` and of the envelope's height at that box.",
    ),
)


def _greedy(overlap, threshold):
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
    return _greedy(overlap, threshold + 1e-6)


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


greedy = Exercise(
    name="03.greedy",
    title="COCO's matching",
    task=(
        "Write `greedy(overlap, threshold)`. `overlap` is a tensor `(d, g)` of IoUs: one row per box, *best score "
        "first*, one column per object. Return a list with 1 for each right box and 0 for each wrong one. A box takes, "
        "among the objects still free that it overlaps by `threshold` or more, the one that it overlaps most."
    ),
    answer=_greedy,
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
    ),
    mistakes=(
        Mistake(
            name="an object may be found twice",
            answer=_duplicates_count,
            says="Then ten boxes on one object are ten right boxes. Only the first is right: remember who is taken.",
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
                "Your box insists on the object it overlaps most, and is wrong if that is taken. That is how Pascal "
                "VOC does it. COCO lets it take another one that is free."
            ),
        ),
        Mistake(
            name="the objects choose",
            answer=_objects_choose,
            says=(
                "You let each object take its best box. But the boxes choose, best score first: a confident box that "
                "fits worse gets the object, and the better fit comes too late."
            ),
        ),
        Mistake(
            name="the first free object instead of the best",
            answer=_first_free,
            says="A box that may choose takes the largest overlap, not the first column.",
        ),
    ),
    hints=(
        "Go through the rows from top to bottom, and keep a set of the objects that are taken.",
        "For each row: which columns are at least the threshold and not taken? The largest of them is the choice.",
        "`free = [(value, g) for g, value in enumerate(row) if ...]`; if there is one, `taken.add(max(free)[1])`.",
    ),
)


def _coco_ap(ap, num_gt):
    return ap[num_gt > 0].mean()


def _over_all_classes(ap, num_gt):
    return ap.mean()


def _weighted_by_objects(ap, num_gt):
    return (ap.mean(1) * num_gt).sum() / num_gt.sum()


def _only_half(ap, num_gt):
    return ap[num_gt > 0, 0].mean()


def _only_the_strictest(ap, num_gt):
    return ap[num_gt > 0, -1].mean()


def _minus_one_averaged_in(ap, num_gt):
    return ap.where(num_gt[:, None] > 0, -1.0).mean()


coco_ap = Exercise(
    name="03.coco_ap",
    title="One number out of a table",
    task=(
        "Write `coco_ap(ap, num_gt)`. `ap` is a tensor `(classes, 10)`: average precision per class and IoU threshold, "
        "0.50 first. `num_gt` `(classes,)` says how many objects each class has; where it is 0, the row of `ap` means "
        "nothing. Return COCO's AP."
    ),
    answer=_coco_ap,
    cases=(
        Case(
            args=(torch.tensor([[0.9, 0.8, 0.7] + [0.1] * 7, [0.0] * 10]), torch.tensor([12, 0])),
            says="one class, and one without any object",
        ),
        Case(
            args=(torch.tensor([[0.8] * 5 + [0.6] * 5, [0.4] * 9 + [0.1]]), torch.tensor([30, 10])),
            says="a frequent and a rare class",
        ),
    ),
    mistakes=(
        Mistake(
            name="what cannot be found counts as not found",
            answer=_over_all_classes,
            says="A class without objects has no average precision. It is left out, not counted as 0.",
        ),
        Mistake(
            name="pycocotools' -1 is averaged in",
            answer=_minus_one_averaged_in,
            says="pycocotools writes -1 for 'nothing here' and leaves it out of its own means. So must you.",
        ),
        Mistake(
            name="frequent classes weigh more",
            answer=_weighted_by_objects,
            says="COCO gives every class one vote: ten toothbrushes weigh as much as ten thousand people.",
        ),
        Mistake(
            name="only the threshold 0.5",
            answer=_only_half,
            says="That is AP50. COCO's AP is the mean over all ten thresholds.",
        ),
        Mistake(
            name="only the strictest threshold",
            answer=_only_the_strictest,
            says="That is AP95, where a pixel decides. COCO's AP is the mean over all ten thresholds.",
        ),
    ),
    hints=(
        "Which rows may take part? What is the average precision of a class that does not occur?",
        "Keep the rows where `num_gt > 0`; all their ten thresholds and all classes weigh the same.",
        "`ap[num_gt > 0]` is a smaller table. Take the mean of all its numbers.",
    ),
)
