"""The only training loop, written as a generator: between two steps, the caller may plot, pause,
run a second training beside it with ``zip``, or stop.
"""

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor, nn

from locviz.inputs import Inputs, move_inputs
from locviz.train.checkpoint import Checkpoint, check_same_recipe, put_weights
from locviz.train.device import device
from locviz.train.ema import Ema
from locviz.train.recipe import Recipe, parameter_groups
from locviz.types import (
    Losses,
    Targets,
)


@runtime_checkable
class Batched(Protocol):
    """Where batches come from. The batch of step s is a function of a seed and s, so a run can be
    resumed at any step.
    """

    def starting_at(self, step: int) -> Iterator[tuple[list[Tensor] | Inputs, list[Targets]]]:
        """The batches from step ``step`` on, without end: images (3, h, w) or clips (t, c), and the
        targets of each.
        """
        ...


@dataclass(frozen=True)
class Step:
    """What happened in one step.

    ``losses`` are the terms before weighting and ``total`` is their weighted sum; ``grad_norm`` is
    the norm of the gradient before clipping; ``seconds`` is the duration of the step, and
    ``data_seconds`` the part of it that was spent waiting for the batch; ``detector`` is the one to
    evaluate: the moving average where the recipe keeps one, otherwise the detector that is trained.
    """

    index: int
    num_steps: int
    losses: Mapping[str, float]
    total: float
    lr: float
    grad_norm: float
    seconds: float
    data_seconds: float
    detector: nn.Module = field(repr=False, compare=False)


def train(
    detector: nn.Module,
    batches: Batched,
    recipe: Recipe,
    *,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    accelerator: Any = None,
) -> Iterator[Step]:
    """Train ``detector`` in place on ``locviz.train.device()``, one ``Step`` per iteration.

    Between two steps, the caller may evaluate and draw random numbers without changing the run, and
    two runs may take turns, because the random numbers of a step depend on nothing but the seed and
    its index. With ``checkpoint`` the run is saved every ``recipe.checkpoint_every`` steps and at
    its end. ``resume`` continues from there; on a CPU the result is the same, bit for bit, as that
    of a run that never stopped.

    Args:
        detector: has ``loss(inputs, targets) -> Losses``.
        batches: ``locviz.data.Batches`` or anything else with ``starting_at(step)``.
        recipe: the numbers.
        checkpoint: the file to save to and to resume from.
        resume: go on from ``checkpoint``, which must exist and have the same recipe.
        accelerator: an ``accelerate.Accelerator``, for several GPUs. Give each of its processes
            batches of its own.

    Raises:
        TypeError, ValueError, FileNotFoundError: ``batches`` has no ``starting_at``, or the
            checkpoint is missing or belongs to another run. It is raised when the first step is
            asked for, before anything has changed.
        FloatingPointError: the loss or its gradient is not finite. The weights are still those from
            before this step.
    """
    if not isinstance(batches, Batched):
        raise TypeError(
            f"batches must have starting_at(step), as locviz.data.Batches has; got {type(batches).__name__}"
        )
    home = accelerator.device if accelerator else device()
    # NVIDIA's tensor cores are fastest where the channels are the innermost axis in memory.
    detector.to(
        device=home,
        memory_format=torch.channels_last if home.type == "cuda" else torch.preserve_format,
    )  # type: ignore[call-overload]
    optimizer = recipe.optimizer(parameter_groups(detector, recipe.weight_decay), lr=recipe.lr)
    ema = Ema(detector=detector, decay=recipe.ema_decay) if recipe.ema_decay is not None else None
    start = _resume(checkpoint, detector, optimizer, ema, recipe) if resume else 0
    criterion = _Criterion(detector)
    if accelerator:
        criterion, optimizer = accelerator.prepare(criterion, optimizer)
    stream = batches.starting_at(start)

    for index in range(start, recipe.steps):
        began = time.perf_counter()
        # Timed by itself: a loop that waits here needs faster data, not a faster model.
        inputs, targets = next(stream)
        inputs = move_inputs(inputs, home)
        targets = [target.to(home) for target in targets]
        data_seconds = time.perf_counter() - began

        lr = recipe.learning_rate(index)
        for group in optimizer.param_groups:
            group["lr"] = lr
        # Only where the caller has left it in evaluation mode: train() would also change parts that
        # are kept in evaluation mode while the rest trains.
        if not detector.training:
            detector.train()
        with _own_randomness(recipe.seed, index, home):
            with torch.autocast(
                home.type, torch.bfloat16, enabled=recipe.autocast and home.type == "cuda"
            ):
                losses = criterion(inputs, targets)
            optimizer.zero_grad(set_to_none=True)
            accelerator.backward(losses.total) if accelerator else losses.total.backward()
        grad_norm = nn.utils.clip_grad_norm_(detector.parameters(), recipe.clip_norm or math.inf)
        # Before the optimiser's step, so that numbers that are not finite never reach the weights.
        terms, total, norm = _floats(index, losses, grad_norm)
        optimizer.step()
        if ema:
            ema.update(detector)

        done = index + 1
        due = done % recipe.checkpoint_every == 0 or done == recipe.steps
        # All processes have the same weights, so one of them writes.
        if checkpoint and due and (accelerator is None or accelerator.is_main_process):
            _snapshot(done, detector, optimizer, ema, recipe).save(checkpoint)
        seconds = time.perf_counter() - began
        shown = ema.detector if ema else detector
        yield Step(index, recipe.steps, terms, total, lr, norm, seconds, data_seconds, shown)


class _Criterion(nn.Module):
    """``detector.loss`` as a forward pass, because the wrapper for several GPUs averages the
    gradients of what its ``forward`` computed.
    """

    def __init__(self, detector: nn.Module):
        super().__init__()
        self.detector = detector

    def forward(self, inputs: list[Tensor] | Inputs, targets: list[Targets]) -> Losses:
        return self.detector.loss(inputs, targets)  # type: ignore[operator]


@contextmanager
def _own_randomness(seed: int, index: int, home: torch.device):
    """Seed torch for one step, and restore the caller's random state afterwards."""
    with torch.random.fork_rng(devices=[home] if home.type == "cuda" else []):
        # SeedSequence mixes the two numbers: seed + index would give neighbouring runs the same
        # numbers, one step apart.
        torch.manual_seed(int(np.random.SeedSequence([seed, index]).generate_state(1)[0]))
        yield


def _floats(index: int, losses: Losses, grad_norm: Tensor) -> tuple[dict[str, float], float, float]:
    """Bring a step's numbers to the CPU, and raise if one of them is not finite."""
    # One transfer for all: each would make the program wait for the GPU.
    values = torch.stack(
        [x.detach().float() for x in (*losses.terms.values(), losses.total, grad_norm)]
    ).tolist()
    terms = dict(zip(losses.terms, values, strict=False))
    if not all(math.isfinite(value) for value in values):
        shown = ", ".join(f"{name} {value:g}" for name, value in terms.items())
        raise FloatingPointError(
            f"step {index}: not finite: {shown}, total {values[-2]:g}, gradient norm {values[-1]:g}. "
            "Look at this batch, lower recipe.lr or lengthen recipe.warmup_steps"
        )
    return terms, values[-2], values[-1]


def _snapshot(step: int, detector, optimizer, ema: Ema | None, recipe: Recipe) -> Checkpoint:
    return Checkpoint(
        step=step,
        model=detector.state_dict(),
        optimizer=optimizer.state_dict(),
        recipe=recipe.as_dict(),
        ema=ema.state_dict() if ema else None,
    )


def _resume(path: str | Path | None, detector, optimizer, ema: Ema | None, recipe: Recipe) -> int:
    """Load a checkpoint into everything that has a state; return the number of steps done."""
    if path is None:
        raise ValueError("resume=True needs checkpoint=, the file to resume from")
    # To the CPU first, so that a GPU need not hold the weights twice.
    saved = Checkpoint.load(path, map_location="cpu")
    check_same_recipe(saved.recipe, recipe.as_dict())
    put_weights(detector, saved.model, source=str(path))
    optimizer.load_state_dict(saved.optimizer)
    if ema and saved.ema:
        ema.load_state_dict(saved.ema)
    return saved.step
