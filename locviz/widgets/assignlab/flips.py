"""How many priors change owner between two answers, and which earlier answers are remembered.

An owner is the ground truth that a prior is responsible for; background and ignored are owners too.
"""

from collections.abc import Mapping
from typing import get_args

import numpy as np
from jaxtyping import Bool, Int

from locviz.widgets.assignlab.wire import Reference

REFERENCES = get_args(Reference)
"""What an answer is held against: that before the last gesture, the pinned one, that of the
training step before, and the other side's."""

Owners = Mapping[int, Int[np.ndarray, "p"]]
"""Owner of each prior, by side."""


def changed(
    now: Int[np.ndarray, "p"] | None, then: Int[np.ndarray, "p"] | None
) -> Bool[np.ndarray, "p"] | None:
    """Return which priors change owner, (p,); None where there is nothing to compare."""
    return None if now is None or then is None else now != then


def count(mask: Bool[np.ndarray, "p"] | None) -> int | None:
    """Return how many priors change owner; None where there is nothing to compare."""
    return None if mask is None else int(mask.sum())


def difference(first: Int[np.ndarray, "p"], second: Int[np.ndarray, "p"]) -> dict[str, int]:
    """Return how many priors differ between two rules, and how.

    ``count`` is their number; ``first`` and ``second`` of them are responsible for an object under
    that rule alone, ``other`` under both, for another object; the rest is background under one and
    ignored under the other.
    """
    differ, mine, theirs = first != second, first >= 0, second >= 0
    return {
        "count": int(differ.sum()),
        "first": int((mine & ~theirs).sum()),
        "second": int((theirs & ~mine).sum()),
        "other": int((differ & mine & theirs).sum()),
    }


class Memory:
    """The answers that later ones are held against: before the last gesture, and pinned."""

    def __init__(self):
        self.before: Owners = {}
        self.pinned: Owners = {}
        self._last: Owners = {}
        self.dragging = False

    def note(self, owners: Owners, *, moved: bool, dragging: bool) -> None:
        """Note an answer.

        Args:
            owners: what it is.
            moved: whether anything that it depends on moved since the last one.
            dragging: whether it is in the middle of a drag: one drag is one gesture.
        """
        if moved and not self.dragging:
            self.before = self._last
        self._last, self.dragging = owners, dragging

    def forget(self) -> None:
        """Forget all answers: they were of another image."""
        self.pinned, self._last = {}, {}
