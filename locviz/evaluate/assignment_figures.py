"""Figures about an assignment itself, before any box is judged: how many answer, who is torn, and
who changed owner.

They ask the same of every assigner, static or dynamic, and look at nothing but its answers.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from jaxtyping import Int64
from torch import Tensor

from locviz.types import Assignment, ImagePredictions, Priors, Targets


def positives_per_object(
    assignments: Sequence[Assignment], targets: Sequence[Targets]
) -> Int64[Tensor, "objects"]:
    """How many priors answer for each ground truth, image after image; crowd and ignored ones are
    left out. One number per object of all images, ``(objects,)``.

    Raises:
        ValueError: there is not one assignment per image.
    """
    _check_same_number(assignments, targets, "assignments", "targets")
    counts = [torch.zeros(0, dtype=torch.int64)]
    for assignment, target in zip(assignments, targets, strict=True):
        owned = assignment.gt_index[assignment.positive]
        # torch.bincount would refuse an image without objects only if somebody answered there,
        # which is a mistake.
        count = torch.bincount(owned, minlength=len(target))
        counts.append(count[~(target.crowd | target.ignore)].cpu())  # type: ignore[operator]
    return torch.cat(counts)


def flips(before: Sequence[Assignment], after: Sequence[Assignment]) -> float:
    """Of the priors that answer for an object before or after: the share whose object is another
    one, or none, after.

    0 for a static assigner on the same images; 1 if no prior kept its object; NaN if nobody answers
    for anything.

    Raises:
        ValueError: the two are not of the same images.
    """
    _check_same_number(before, after, "before", "after")
    changed = answering = 0
    for old, new in zip(before, after, strict=True):
        if len(old.gt_index) != len(new.gt_index):
            raise ValueError(
                f"before has {len(old.gt_index)} priors, after {len(new.gt_index)}: compare like with like"
            )
        either = old.positive | new.positive
        answering += int(either.sum())
        changed += int((either & (old.gt_index != new.gt_index)).sum())
    return changed / answering if answering else float("nan")


def claims(
    assigner: Callable[..., Assignment],
    priors: Priors,
    targets: Targets,
    predicted: ImagePredictions | None = None,
) -> Int64[Tensor, "p"]:
    """How many ground truths would take each prior, each of them asked as if it were alone in the
    image. One number per prior, ``(p,)``.

    Two or more: the prior is *ambiguous*, and the assigner's rule for conflicts decides. The
    definition needs no knowledge of the rule, so it compares all assigners. ``predicted`` is what
    the network predicts, passed on.
    """
    count = torch.zeros(len(priors), dtype=torch.int64, device=priors.regions.device)
    for index in range(len(targets)):
        count += assigner(priors, _only(targets, index), predicted).positive.long()
    return count


def _only(targets: Targets, index: int) -> Targets:
    row = slice(index, index + 1)
    return replace(
        targets,
        boxes=targets.boxes[row],
        labels=targets.labels[row],
        area=None if targets.area is None else targets.area[row],
        crowd=None if targets.crowd is None else targets.crowd[row],
        ignore=None if targets.ignore is None else targets.ignore[row],
        masks=None,
        keypoints=None,
        text=None,
    )


def _check_same_number(
    first: Sequence, second: Sequence, first_name: str, second_name: str
) -> None:
    if len(first) != len(second):
        raise ValueError(
            f"{len(first)} {first_name} and {len(second)} {second_name}: give one of each per image"
        )
