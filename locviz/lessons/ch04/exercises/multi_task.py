"""Fast R-CNN's loss: the class of every region, the box of those with an object."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(class_loss, box_loss, label):
    return (class_loss + (label > 0) * box_loss).mean()


def _box_loss_everywhere(class_loss, box_loss, label):
    return (class_loss + box_loss).mean()


def _over_the_positive(class_loss, box_loss, label):
    positive = label > 0
    return class_loss.mean() + (positive * box_loss).sum() / positive.sum().clamp(min=1)


def _background_only(class_loss, box_loss, label):
    return (class_loss + (label == 0) * box_loss).mean()


def _no_class_loss_for_background(class_loss, box_loss, label):
    return ((label > 0) * (class_loss + box_loss)).mean()


multi_task = Exercise(
    name="04.multi_task",
    title="Two tasks, one loss",
    task=(
        "Write `multi_task(class_loss, box_loss, label)`: Fast R-CNN's loss of a batch of regions. "
        "`class_loss` and `box_loss` are tensors `(n,)`, one number for each region; `label` is "
        "its class, and 0 is the background (as in the paper). The box counts where there is an "
        "object. Average over *all* n regions; both tasks weigh the same."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(
                torch.tensor([1.0, 0.5, 2.0, 0.1]),
                torch.tensor([0.4, 9.0, 1.0, 7.0]),
                torch.tensor([3, 0, 1, 0]),
            ),
            says="two objects, two of background",
        ),
        Case(
            args=(torch.tensor([0.7, 0.3]), torch.tensor([5.0, 5.0]), torch.tensor([0, 0])),
            says="background only",
        ),
        Case(args=(torch.tensor([0.2]), torch.tensor([0.6]), torch.tensor([2])), says="one object"),
    ),
    mistakes=(
        Mistake(
            name="the box loss is missing",
            answer=lambda class_loss, box_loss, label: class_loss.mean(),
            says=("That teaches the class alone. Add the box loss of every region with an object."),
        ),
        Mistake(
            name="multiplied by the class's number",
            answer=lambda class_loss, box_loss, label: (class_loss + label * box_loss).mean(),
            says=("So class 3 weighs its box three times. The bracket is 0 or 1: `label > 0`."),
        ),
        Mistake(
            name="one loss for each region",
            answer=lambda class_loss, box_loss, label: class_loss + (label > 0) * box_loss,
            says=(
                "The values are right, one for each region. The loss is their average: `.mean()`."
            ),
        ),
        Mistake(
            name="the background has a box",
            answer=_box_loss_everywhere,
            says=(
                "What should the box of nothing be? `[u >= 1]` in the paper is 0 for the "
                "background."
            ),
        ),
        Mistake(
            name="the box loss is averaged over the positive regions",
            answer=_over_the_positive,
            says=(
                "A batch with a single object would weigh its box as much as a batch with thirty "
                "weighs all of theirs. Fast R-CNN divides both terms by the number of all sampled "
                "regions."
            ),
        ),
        Mistake(
            name="the bracket is upside down",
            answer=_background_only,
            says=(
                "`label == 0` is the background: your boxes are learned exactly where there is "
                "none."
            ),
        ),
        Mistake(
            name="the background is not classified",
            answer=_no_class_loss_for_background,
            says=(
                'To say "nothing here" is a class as well, the most frequent one. Only the box '
                "term has the bracket."
            ),
        ),
        Mistake(
            name="summed instead of averaged",
            answer=lambda class_loss, box_loss, label: (class_loss + (label > 0) * box_loss).sum(),
            says=(
                "With `.sum()` a batch of 128 regions pulls twice as hard as one of 64: the "
                "learning rate would depend on the batch. Average over the n regions."
            ),
        ),
    ),
    hints=(
        "The class loss counts for every region. For which of them does the box loss count?",
        "`label > 0` is the paper's bracket [u >= 1]: multiply the box loss by it.",
        "`(class_loss + (label > 0) * box_loss).mean()`.",
    ),
)
