"""Figures about an assignment itself, before any box is judged.

How many priors are responsible for each object, which priors are ambiguous, and which change their
object. The figures are the same for every assigner, static or dynamic, and need nothing but its
assignments.
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
    """How many priors are responsible for each object of all images, ``(objects,)``.

    Crowd regions and ignored ground truths are left out.

    Raises:
        ValueError: there is not one assignment per image.
    """
    _check_same_number(assignments, targets, "assignments", "targets")
    counts = [torch.zeros(0, dtype=torch.int64)]
    for assignment, target in zip(assignments, targets, strict=True):
        owned = assignment.gt_index[assignment.positive]
        # One count for every ground truth, also for those without a prior. An image without ground
        # truths has no positives, so its count is empty.
        count = torch.bincount(owned, minlength=len(target))
        counts.append(count[~(target.crowd | target.ignore)].cpu())  # type: ignore[operator]
    return torch.cat(counts)


def flips(before: Sequence[Assignment], after: Sequence[Assignment]) -> float:
    """The share of the priors that are positive before or after whose object has changed.

    A change is another object, or none. The share is 0 for a static assigner on the same images, 1
    if no prior kept its object, and NaN if no prior is positive.

    Raises:
        ValueError: the two are not of the same images.
    """
    _check_same_number(before, after, "before", "after")
    changed = num_positive = 0
    for old, new in zip(before, after, strict=True):
        if len(old.gt_index) != len(new.gt_index):
            raise ValueError(
                f"before has {len(old.gt_index)} priors, after {len(new.gt_index)}: compare like with like"
            )
        either = old.positive | new.positive
        num_positive += int(either.sum())
        changed += int((either & (old.gt_index != new.gt_index)).sum())
    return changed / num_positive if num_positive else float("nan")


def claims(
    assigner: Callable[..., Assignment],
    priors: Priors,
    targets: Targets,
    predicted: ImagePredictions | None = None,
) -> Int64[Tensor, "p"]:
    """How many ground truths would take each prior if each were alone in the image, ``(p,)``.

    A prior with two or more is *ambiguous*: the assigner's rule for conflicts decides. The
    definition needs no knowledge of that rule, so it allows all assigners to be compared.
    ``predicted`` is passed on to the assigner.
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
