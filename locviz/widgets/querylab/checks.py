"""What must hold of looks and of what they are shown with, so that nothing is drawn that was not
seen.
"""

import math
import operator
from collections.abc import Iterable, Sequence
from typing import Any

import torch
from torch import Tensor

from locviz.boxes import check_pictures
from locviz.layers import check_images
from locviz.types import Targets, check_tensors
from locviz.widgets.querylab.looking import NOTHING, Look


def whole(value: Any, name: str, *, least: int = 0) -> int:
    """A whole number of steps as an ``int``; numpy's and torch's are taken, too.

    Raises:
        TypeError: it is no whole number.
        ValueError: it is less than ``least``.
    """
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number of steps, such as 10, got {value!r}")
    if number < least:
        raise ValueError(f"steps are counted from 0: {name} must be at least {least}, got {number}")
    return number


def whole_steps(values: Any) -> frozenset[int]:
    """The steps of ``at``, each once, in any order.

    Raises:
        TypeError: they are not several whole numbers.
        ValueError: there is none, or one is negative.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"at must hold steps, such as at=(0, 10, 100), got {values!r}")
    steps = frozenset(whole(value, "each step of at") for value in values)
    if not steps:
        raise ValueError("at is empty, so nothing would be looked at: give steps, at=(0, 10, 100)")
    return steps


def names_of(class_names: Sequence[str] | None, num: int) -> tuple[str, ...]:
    """A name per class; their numbers where there are none.

    Raises:
        TypeError: ``class_names`` is one string.
        ValueError: there are not ``num``.
    """
    if class_names is None:
        return tuple(map(str, range(num)))
    if isinstance(class_names, str):
        raise TypeError(f"class_names holds one string per class, got {class_names!r}: give a list")
    names = tuple(map(str, class_names))
    if len(names) != num:
        raise ValueError(
            f"the detector has {num} classes and class_names {len(names)}: give one name per class"
        )
    return names


def check_order(looks: Sequence[Look]) -> None:
    """Raise unless looks are of one kind of detector, and their steps rise.

    Raises:
        ValueError: they are not.
    """
    kinds = {(x.num_layers, x.num_queries, x.num_heads, x.cells is None) for x in looks}
    if len(kinds) > 1:
        numbers = sorted(kind[:3] for kind in kinds)
        raise ValueError(
            f"looks have different numbers of layers, queries and heads, {numbers}, or another "
            "kind of attention: they must be of one detector"
        )
    steps = [one.step for one in looks]
    for step in steps:
        whole(step, "step")
    if steps != sorted(set(steps)):
        raise ValueError(
            f"looks must be in the order of training, got the steps {steps}: give each its own "
            "step=, as in look_at(detector, image, targets, step=100)"
        )


def check_looks(
    looks: Sequence[Look], image: Tensor, targets: Targets, class_names: Sequence[str]
) -> None:
    """Raise unless looks, image (3, h, w) or features (t, c), targets and names fit each other.

    Raises:
        TypeError: the image is no tensor of floats, or a step no number.
        ValueError: something does not fit, or is not finite. The message names it.
    """
    check_shown(image, targets)
    if any(one.dim != targets.dim for one in looks):
        raise ValueError("looks and targets must all be of boxes, or all of spans")
    for look in looks:
        check_look(look, len(targets))
        sides = targets.size[::-1] if targets.dim == 2 else ()
        # Padding adds to an image; a detector that resizes it rounds.
        if any(have < 0.99 * side for have, side in zip(look.extent, sides, strict=False)):
            raise _unfit(look, f"extent {look.extent}, less than its image")
    check_order(looks)
    for look in looks:
        names_of(class_names, look.scores.shape[-1])
    targets.check(len(class_names))


def check_shown(image: Tensor, targets: Targets) -> None:
    """Raise unless an image (3, h, w), or features (t, c), and its targets can be shown.

    Raises:
        TypeError: the image is no tensor of floats.
        ValueError: its shape, its values or its size are not what the targets ask for.
    """
    check_tensors(image=image)
    size: tuple[Any, ...] = targets.size
    if targets.dim == 2:
        check_images([image])
        check_pictures([image])
        if size != tuple(image.shape[-2:]):
            raise ValueError(
                f"targets.size is {size}, but the image has height {image.shape[-2]} and width "
                f"{image.shape[-1]}: size is (h, w) of the image that the boxes belong to"
            )
    elif image.ndim != 2:
        raise ValueError(
            f"image is {tuple(image.shape)} and targets hold spans: give the features "
            "(t, c) that they lie in"
        )
    elif len(size) != 1 or not _positive(size):
        raise ValueError(f"targets.size must be one length in time, (40.0,), got {size}")


def check_look(look: Look, num_objects: int) -> None:
    """Raise unless every field has the shape that the others ask for, and holds what can be drawn.

    Raises:
        ValueError: one does not; the message names it.
    """
    dim, (layers, queries) = look.dim, tuple(look.regions.shape[:2])
    if not _positive(look.extent) or not look.level_sizes:
        raise _unfit(look, f"extent {look.extent} and level_sizes {look.level_sizes}")
    for sizes in look.level_sizes:
        if not all(isinstance(side, int) and side > 0 for side in sizes):
            raise _unfit(look, f"level_sizes {look.level_sizes}")
    if (look.cells is None) == (look.places is None or look.shares is None):
        raise _unfit(look, "not one of cells, and places with shares")
    cells = sum(map(math.prod, look.level_sizes))
    points = (-1, -1) if look.shares is None else tuple(look.shares.shape[2:])
    shapes = {
        "scores": (layers, queries, -1),
        "regions": (layers, queries, 2 * dim),
        "matches": (layers, queries),
        "self_attention": (layers, -1, queries, queries),
        "cells": (layers, -1, queries, cells),
        "places": (layers, queries, *points, dim),
        "shares": (layers, queries, -1, -1),
        "references": (layers, queries, dim),
    }
    for name, shape in shapes.items():
        value = getattr(look, name)
        if value is None:
            continue
        if len(value.shape) != len(shape) or any(
            want not in (-1, have) for want, have in zip(shape, value.shape, strict=True)
        ):
            raise _unfit(look, f"{name} of the shape {tuple(value.shape)}, not {shape}")
        if not torch.isfinite(value).all():
            raise _unfit(look, f"NaN or infinity in {name}: a detector that has diverged?")
    if (
        look.matches.numel()
        and not NOTHING <= look.matches.min() <= look.matches.max() < num_objects
    ):
        raise _unfit(look, f"matches with objects that are not among the {num_objects} targets")


def _positive(numbers: Sequence[Any]) -> bool:
    kinds = all(isinstance(one, int | float) for one in numbers)
    return kinds and all(math.isfinite(one) and one > 0 for one in numbers)


def _unfit(look: Look, what: str) -> ValueError:
    return ValueError(f"the look at step {look.step} has {what}")
