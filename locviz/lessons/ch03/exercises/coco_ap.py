"""COCO's AP: one mean out of a table of classes and thresholds."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(ap, num_gt):
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


def _without_zeros(ap, num_gt):
    found = ap.sum(1) > 0
    return ap[found].mean() if found.any() else ap.sum() * 0


coco_ap = Exercise(
    name="03.coco_ap",
    title="One number out of a table",
    task=(
        "Write `coco_ap(ap, num_gt)`. `ap` is a tensor `(classes, 10)`: average precision per "
        "class and IoU threshold, 0.50 first. `num_gt` `(classes,)` says how many objects each "
        "class has; where it is 0, the row of `ap` means nothing. Return COCO's AP."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([[0.9, 0.8, 0.7] + [0.1] * 7, [0.0] * 10]), torch.tensor([12, 0])),
            says="one class, and one without any object",
        ),
        Case(
            args=(torch.tensor([[0.8] * 5 + [0.6] * 5, [0.4] * 9 + [0.1]]), torch.tensor([30, 10])),
            says="a frequent and a rare class",
        ),
        Case(
            args=(torch.tensor([[0.6] * 5 + [0.2] * 5, [0.0] * 10]), torch.tensor([8, 1])),
            says="a class whose objects were never found",
        ),
    ),
    mistakes=(
        Mistake(
            name="what cannot be found counts as not found",
            answer=_over_all_classes,
            says=(
                "A class without objects has no average precision. It is left out, not counted as "
                "0."
            ),
        ),
        Mistake(
            name="pycocotools' -1 is averaged in",
            answer=_minus_one_averaged_in,
            says=(
                "pycocotools writes -1 for 'nothing here' and leaves it out of its own means. So "
                "must you."
            ),
        ),
        Mistake(
            name="frequent classes weigh more",
            answer=_weighted_by_objects,
            says=(
                "COCO gives every class one vote: ten toothbrushes weigh as much as ten thousand "
                "people."
            ),
        ),
        Mistake(
            name="only the threshold 0.5",
            answer=_only_half,
            says="That is AP50. COCO's AP is the mean over all ten thresholds.",
        ),
        Mistake(
            name="only the strictest threshold",
            answer=_only_the_strictest,
            says=(
                "That is AP95, where a pixel decides. COCO's AP is the mean over all ten "
                "thresholds."
            ),
        ),
        Mistake(
            name="a class that was never found is left out",
            answer=_without_zeros,
            says=(
                "An AP of 0 is a result: the class has objects, and none was found. Leave out "
                "only the classes *without objects* (`num_gt` 0)."
            ),
        ),
    ),
    hints=(
        "Which rows may take part? What is the average precision of a class that does not occur?",
        (
            "Keep the rows where `num_gt > 0`; all their ten thresholds and all classes weigh the "
            "same."
        ),
        "`ap[num_gt > 0]` is a smaller table. Take the mean of all its numbers.",
    ),
)
