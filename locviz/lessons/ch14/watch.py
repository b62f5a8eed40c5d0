"""What the live training of lesson 14 looks at: matches that flip, and how widely queries look."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.models import QueryDetector
from locviz.types import Targets
from locviz.widgets.querylab.looking import Look, flips, look_at

if TYPE_CHECKING:
    from locviz.train import Step


@final
class MatchWatch:
    """Figures of a detector while it is trained on a few scenes.

    ``steps`` are the numbers of steps done at each look; ``flipped`` says how many objects have
    another query in the last layer than at the look before (0 at the first look); ``places`` holds,
    per look, the effective number of places that a head reads from in each decoder layer.

    Args:
        detector: the one that is trained.
        images: (3, h, w) each.
        targets: their ground truths.
        every: look after so many steps, and before the first.
    """

    def __init__(
        self,
        detector: QueryDetector,
        images: Sequence[Tensor],
        targets: Sequence[Targets],
        *,
        every: int,
    ):
        self._detector, self._images, self._targets = detector, images, targets
        self._every = every
        self._before: list[Look] = []
        self.steps: list[int] = []
        self.flipped: list[int] = []
        self.places: list[list[float]] = []

    @property
    def num_objects(self) -> int:
        """In all scenes."""
        return sum(map(len, self._targets))

    def watch(self, steps: "Iterable[Step]") -> "Iterator[Step]":
        """Yield the steps of a training on, and look now and then."""
        self.look(0)
        for step in steps:
            if (step.index + 1) % self._every == 0:
                self.look(step.index + 1)
            yield step

    def look(self, step: int) -> None:
        """Look now, and call it ``step``."""
        now = [
            look_at(self._detector, image, target, step=step)
            for image, target in zip(self._images, self._targets, strict=True)
        ]
        pairs = zip(self._before or now, now, self._targets, strict=True)
        self.steps.append(step)
        self.flipped.append(sum(_flipped(*pair) for pair in pairs))
        self.places.append(torch.stack([effective_places(one) for one in now]).mean(0).tolist())
        self._before = now


def effective_places(look: Look) -> Float[Tensor, "l"]:
    """How many places with equal weights would have the entropy of a head's weights, per decoder
    layer (l,), the mean of all heads and queries. A place is a cell, or a point of deformable
    attention.
    """
    if look.cells is not None:
        weights = look.cells
    else:
        assert look.shares is not None
        weights = look.shares.transpose(1, 2)
    return torch.special.entr(weights.double()).sum(-1).exp().mean((1, 2))


def _flipped(before: Look, now: Look, targets: Targets) -> int:
    num = len(targets)
    return len(flips(before.owners(-1, num), now.owners(-1, num)))
