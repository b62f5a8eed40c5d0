"""The numbers of one training run, in one place."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import torch
from torch.optim import Optimizer

SGD = partial(torch.optim.SGD, momentum=0.9)
"""Stochastic gradient descent with the momentum that detection papers from R-CNN to FCOS have."""


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """The numbers of a run, apart from its detector and data; ``dataclasses.replace`` changes one.

    Args:
        steps: optimiser steps in all.
        batch_size: images per step, over all processes. The loop is given ready batches; whoever
            makes them should use this number.
        lr: the peak learning rate, reached after the warm-up.
        optimizer: called with (parameter groups, ``lr=``, ``weight_decay=``): ``torch.optim.AdamW``
            or ``SGD``.
        weight_decay: for weight matrices and kernels; norms, biases and other vectors are never
            decayed.
        warmup_steps: steps of linear warm-up.
        final_lr: the learning rate at the end of the cosine, as a fraction of ``lr``.
        clip_norm: the largest Euclidean norm of the gradient, or None for no limit.
        autocast: run the forward pass in bfloat16 where the device is a GPU; on a CPU it changes
            nothing.
        ema_decay: decay of the exponential moving average of the weights, or None for no average.
        seed: of the detector's own random numbers (dropout, sampling); the batches have a seed of
            their own.
        checkpoint_every: steps between two checkpoints, where ``train`` is given a path.

    Raises:
        ValueError: a number is outside its range. The message names the field.
    """

    steps: int = 1000
    batch_size: int = 16
    # For AdamW: 1e-3 suits small networks from random weights, pre-trained backbones need 1e-4.
    lr: float = 1e-3
    optimizer: Callable[..., Optimizer] = torch.optim.AdamW
    # DETR's value. It makes almost no difference to a tiny detector that trains for a minute.
    weight_decay: float = 1e-4
    # In the first steps Adam's second moment is an average of few gradients, and detection losses
    # begin with a few huge box errors.
    warmup_steps: int = 50
    # Not zero, so that a run which is stopped early or continued is still learning.
    final_lr: float = 0.01
    # Usual norms are around 1 to 10, so this limits only the rare batch whose loss is far larger
    # than usual.
    clip_norm: float | None = 10.0
    autocast: bool = True
    ema_decay: float | None = None
    seed: int = 0
    # Saving a tiny detector takes milliseconds, and a crash loses at most this many steps.
    checkpoint_every: int = 200

    def __post_init__(self):
        for name in ("steps", "batch_size", "warmup_steps", "seed", "checkpoint_every"):
            if isinstance(getattr(self, name), bool) or not isinstance(getattr(self, name), int):
                raise ValueError(
                    f"Recipe.{name} must be a whole number, got {getattr(self, name)!r}"
                )
        if not callable(self.optimizer):
            raise ValueError(
                f"Recipe.optimizer must be a class such as torch.optim.AdamW, got {self.optimizer!r}"
            )
        rules = {
            "steps": (self.steps >= 1, "at least 1"),
            "batch_size": (self.batch_size >= 1, "at least 1"),
            "lr": (self.lr > 0 and math.isfinite(self.lr), "positive"),
            "weight_decay": (self.weight_decay >= 0, "0 or more"),
            "warmup_steps": (self.warmup_steps >= 0, "0 or more"),
            "final_lr": (0 <= self.final_lr <= 1, "a fraction of lr in 0..1"),
            "clip_norm": (self.clip_norm is None or self.clip_norm > 0, "positive, or None"),
            "ema_decay": (
                self.ema_decay is None or 0 <= self.ema_decay < 1,
                "in 0..1 (1 excluded), or None",
            ),
            "seed": (self.seed >= 0, "0 or more"),
            "checkpoint_every": (self.checkpoint_every >= 1, "at least 1"),
        }
        for name, (valid, wanted) in rules.items():
            if not valid:
                raise ValueError(f"Recipe.{name} must be {wanted}, got {getattr(self, name)!r}")

    def learning_rate(self, index: int) -> float:
        """The learning rate of step ``index``: linear warm-up, then half a cosine (arXiv
        1608.03983, eq. 5).
        """
        if index < self.warmup_steps:
            return self.lr * (index + 1) / self.warmup_steps
        # 0 in the first step after the warm-up, 1 in the last step.
        progress = (index - self.warmup_steps) / max(1, self.steps - 1 - self.warmup_steps)
        cosine = (1 + math.cos(math.pi * min(1.0, progress))) / 2
        return self.lr * (self.final_lr + (1 - self.final_lr) * cosine)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for a checkpoint or a log; the optimiser is recorded by its name and its
        fixed arguments.
        """
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


def _plain(value):
    if isinstance(value, partial):
        arguments = ", ".join(f"{name}={item!r}" for name, item in sorted(value.keywords.items()))
        return f"{_plain(value.func)}({arguments})"
    if callable(value):
        return getattr(value, "__qualname__", type(value).__qualname__)
    return value


def parameter_groups(detector: torch.nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Split the trainable parameters in two groups: kernels and matrices decay; norms, biases and
    scales (vectors) do not.

    Raises:
        ValueError: no parameter is trainable.
    """
    trainable = [parameter for parameter in detector.parameters() if parameter.requires_grad]
    if not trainable:
        raise ValueError("detector has no trainable parameter: set requires_grad on some of them")
    groups: Iterable[tuple[list, float]] = (
        ([p for p in trainable if p.ndim > 1], weight_decay),
        ([p for p in trainable if p.ndim <= 1], 0.0),
    )
    return [{"params": params, "weight_decay": decay} for params, decay in groups if params]
