"""A rule of the caller's own in AssignLab: a plain function of the overlaps, or an assigner.

What it takes is checked when the widget is made, what it returns whenever it is asked.
"""

import inspect
from collections.abc import Callable
from typing import Any, final

import torch
from torch import Tensor

from locviz.assign.comparable import comparable
from locviz.assign.set_aside import ignore_set_aside, in_original, taking_part
from locviz.boxes import pairwise_iou
from locviz.types import BACKGROUND, IGNORE, Assignment, ImagePredictions, Priors, Targets

WANTED = (
    "give a function rule(iou) that takes the overlaps (priors, objects) and returns for each prior "
    "the object's number, -1 (background) or -2 (ignored); or an assigner, which is called with "
    "(priors, targets, predicted)"
)


def reads_overlaps(name: str, given: Any) -> bool:
    """Return whether something is a function of the overlaps; if not, it is an assigner.

    A function with one argument that must be given is one of the overlaps.

    Raises:
        TypeError: it can be called as neither.
    """
    if not callable(given):
        raise TypeError(f"assigners[{name!r}] is {given!r}, which cannot be called: {WANTED}")
    try:
        signature = inspect.signature(given)
    except (TypeError, ValueError):  # a function written in C does not tell
        return False
    needed = [
        one
        for one in signature.parameters.values()
        if one.default is one.empty and one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
    ]
    if len(needed) == 1 and _takes(signature, 1):
        return True
    if not _takes(signature, 3):
        made = " is a class: make one of it, with its arguments; or" if _is_class(given) else ":"
        raise TypeError(f"assigners[{name!r}] takes {signature}{made} {WANTED}")
    return False


def _is_class(given: Any) -> bool:
    return isinstance(given, type)


def _takes(signature: inspect.Signature, number: int) -> bool:
    try:
        signature.bind(*[None] * number)
    except TypeError:
        return False
    return True


@final
class OnOverlaps:
    """The assigner of a plain function: the overlaps (priors, objects) go in, owners come out.

    Objects that are set aside have no column, and without objects the function is not asked.

    Args:
        rule: ``(p, n)`` overlaps to ``(p,)`` owners, -1 for background, -2 for ignored.
        name: what the rule is called in messages.
    """

    def __init__(self, rule: Callable[[Tensor], Any], *, name: str):
        self.rule, self.name = rule, name

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image by the overlaps of their regions.

        Raises:
            RuntimeError: the function failed; the message says how.
            ValueError: what it returned is no owner for each prior.
        """
        targets = comparable(targets, priors.regions, "priors.regions")
        part = taking_part(targets)
        owners = torch.full((len(priors),), BACKGROUND)
        if len(part):
            owners = self._asked(pairwise_iou(priors.regions, targets.boxes[part]))
        return Assignment(ignore_set_aside(in_original(owners, part), priors.centers, targets))

    def _asked(self, iou: Tensor) -> Tensor:
        num, objects = iou.shape
        try:
            answer = self.rule(iou)
        except Exception as error:
            raise RuntimeError(
                f"your rule {self.name!r} failed on overlaps of shape ({num}, {objects}): "
                f"{type(error).__name__}: {error}"
            ) from error
        return _owners(answer, self.name, num, objects)


def _owners(answer: Any, name: str, num: int, objects: int) -> Tensor:
    """Return what a rule answered as whole numbers (num,)."""
    wanted = f"give one whole number for each of the {num} priors"
    try:
        owners = torch.as_tensor(answer)
    except (TypeError, ValueError, RuntimeError):
        got = type(answer).__name__
        raise ValueError(f"your rule {name!r} returned a {got}: {wanted}") from None
    if tuple(owners.shape) != (num,):
        raise ValueError(f"your rule {name!r} returned shape {tuple(owners.shape)}: {wanted}")
    whole = owners.to(torch.int64)
    if owners.dtype == torch.bool or not torch.equal(whole.to(owners.dtype), owners):
        raise ValueError(f"your rule {name!r} returned {owners.dtype} numbers: {wanted}")
    _check_range(whole, name, objects)
    return whole


def _check_range(owners: Tensor, name: str, objects: int) -> None:
    wrong = ((owners < IGNORE) | (owners >= objects)).nonzero()[:, 0]
    if len(wrong):
        prior = int(wrong[0])
        raise ValueError(
            f"your rule {name!r} returned {int(owners[prior])} for prior {prior}: with {objects} "
            f"objects it must be 0..{objects - 1}, -1 (background) or -2 (ignored)"
        )


def checked(answer: Any, name: str, priors: Priors, targets: Targets) -> Assignment:
    """Return an assigner's answer if it is one for these priors and objects.

    Raises:
        TypeError: it is no ``Assignment``.
        ValueError: there is not one owner per prior, or one that is no object.
    """
    if not isinstance(answer, Assignment):
        raise TypeError(
            f"your rule {name!r} returned a {type(answer).__name__}: an assigner that is called "
            "with (priors, targets, predicted) returns an Assignment"
        )
    _owners(answer.gt_index, name, len(priors), len(targets))
    return answer
