"""The offset trick: boxes of different classes moved so far apart that they never meet."""

import torch

from locviz.boxes import pairwise_iou
from locviz.course import Case, Exercise, Mistake


def _solution(boxes, labels):
    step = boxes.max() + 1
    return boxes + labels[:, None] * step


def _the_label_in_pixels(boxes, labels):
    return boxes + labels[:, None]


def _all_by_the_same(boxes, labels):
    return boxes + boxes.max() + 1


def _low_corner_alone(boxes, labels):
    moved = boxes.clone()
    moved[:, :2] -= labels[:, None] * (boxes.max() + 1)
    return moved


def _scaled(boxes, labels):
    return boxes * (labels[:, None] + 1)


def _by_the_row(boxes, labels):
    return boxes + torch.arange(len(boxes))[:, None] * (boxes.max() + 1)


def _by_the_smallest(boxes, labels):
    return boxes + labels[:, None] * (boxes[:, 2:] - boxes[:, :2]).amax()


def _times_the_label(boxes, labels):
    return boxes * labels[:, None]


def _class_by_class(boxes, labels):
    step = boxes.max() + 1
    return torch.cat([boxes[labels == label] + label * step for label in labels.unique()])


def _far_too_far(boxes, labels):
    return boxes + labels[:, None] * 1e9


def overlaps_after(answer, boxes, labels):
    """The IoU of each pair (0, 1), (0, 2), ... after the move, which is what suppression sees;
    None as it is.
    """
    if (moved := answer(boxes, labels)) is None:
        return None
    if isinstance(moved, list):  # rows may be tensors
        moved = [list(map(float, row)) for row in moved]
    moved = torch.as_tensor(moved, dtype=torch.float64)
    row, column = torch.triu_indices(len(moved), len(moved), offset=1)
    return pairwise_iou(moved, moved)[row, column]


_BOXES = torch.tensor(
    [[2.0, 3, 12, 13], [4.0, 3, 14, 13], [2.0, 3, 12, 13], [30.0, 40, 44, 50], [16.0, 17, 26, 27]]
)

keep_apart = Exercise(
    name="09.keep_apart",
    title="Classes kept apart",
    task=(
        "Write `keep_apart(boxes, labels)`: return boxes `(n, 4)` that are moved, so that two of "
        "the same class overlap as before, and two of different classes do not overlap at all. "
        "Then *one* call of NMS serves all classes. All coordinates are 0 or more."
    ),
    answer=_solution,
    probe=overlaps_after,
    cases=(
        Case(
            args=(_BOXES, torch.tensor([0, 0, 1, 1, 0])),
            says="two classes; compared is the IoU of each pair after the move",
        ),
        Case(
            args=(_BOXES, torch.tensor([2, 0, 2, 5, 1])),
            says="four classes; compared is the IoU of each pair after the move",
        ),
    ),
    mistakes=(
        Mistake(
            name="too short a way",
            answer=_the_label_in_pixels,
            says=(
                "A move by `label` pixels leaves neighbouring classes on each other. The step must "
                "be longer than the picture: `boxes.max() + 1` will do."
            ),
        ),
        Mistake(
            name="everything moves alike",
            answer=_all_by_the_same,
            says="All boxes move by the same distance, so nothing comes apart: multiply by the label.",
        ),
        Mistake(
            name="one corner moves",
            answer=_low_corner_alone,
            says="If one corner moves, the box grows. Move both corners by the same distance.",
        ),
        Mistake(
            name="scaled, not moved",
            answer=_scaled,
            says="A product changes the size. A sum moves.",
        ),
        Mistake(
            name="multiplied by the label",
            answer=_times_the_label,
            says="A product changes the size, and class 0 shrinks to points. A sum moves.",
        ),
        Mistake(
            name="sorted by class",
            answer=_class_by_class,
            says=(
                "The boxes come back class by class, in another order than they came. Box i of the "
                "answer must be box i of the input, or its score and label are another box's."
            ),
        ),
        Mistake(
            name="too far",
            answer=_far_too_far,
            says=(
                "Apart they are, but so far from zero that float32 has no digits left for the "
                "boxes themselves. Move by little more than the picture: `boxes.max() + 1`."
            ),
        ),
        Mistake(
            name="every box by itself",
            answer=_by_the_row,
            says=(
                "Now no two boxes meet, not even of one class, and nothing is ever suppressed. The "
                "*label* decides how far a box moves."
            ),
        ),
        Mistake(
            name="as far as the largest box is wide",
            answer=_by_the_smallest,
            says=(
                "That is enough where two boxes have the same place, but a box further right may "
                "be hit. The step must be longer than the whole picture."
            ),
        ),
    ),
    hints=(
        "What may you do to a box without changing its IoU with the others of its class?",
        "Move it. How far must class 1 move so that it cannot meet class 0 anywhere?",
        "`boxes + labels[:, None] * (boxes.max() + 1)`",
    ),
)
