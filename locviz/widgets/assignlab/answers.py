"""AssignLab's numbers: the assignments in the present state, and how they differ from others."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
from jaxtyping import Bool

from locviz.types import Assignment, ImagePredictions, Priors, Targets
from locviz.widgets.assignlab.film import Film, film_of
from locviz.widgets.assignlab.flips import REFERENCES, Memory, changed, count, difference
from locviz.widgets.assignlab.knobs import AssignKnobs
from locviz.widgets.assignlab.reading import AnswerCache, AssignerAnswer
from locviz.widgets.assignlab.why import Seen, Why, explain


class AssignAnswers(AssignKnobs):
    """The answers under the present knobs, from a cache of answers and a memory of earlier ones."""

    _cache: AnswerCache
    _memory: Memory

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes, in label order."""
        return self._replay.class_names

    @property
    def targets(self) -> Targets:
        """The ground truths as they stand now."""
        return self._cache.targets(self.image, self._regions)

    @property
    def predictions(self) -> ImagePredictions:
        """The predictions for the image at the present training step, as an assigner takes them."""
        return self._replay.predicted(self._step, self.image)

    @property
    def priors(self) -> Priors:
        """The priors, in pixels of the image."""
        return self._replay.priors

    @property
    def assignment(self) -> Assignment:
        """The first assigner's assignment."""
        return self.reading(0).assignment

    @property
    def second_assignment(self) -> Assignment | None:
        """The second assigner's assignment, if there is one."""
        return None if self.second is None else self.reading(1).assignment

    @property
    def positives(self) -> tuple[int, ...]:
        """How many priors are responsible for each object under the first assigner."""
        return self.reading(0).positives

    @property
    def ambiguous(self) -> int:
        """How many priors two or more objects would take if each were alone (first assigner)."""
        return int(self.reading(0).ambiguous.sum())

    @property
    def ignored(self) -> int:
        """How many priors the first assigner leaves out of every loss."""
        return self.reading(0).ignored

    @property
    def flips(self) -> dict[str, int | None]:
        """How many priors change owner against each reference, under the first assigner.

        It is None for a reference that does not exist.
        """
        return {name: count(self._flipped(0, name)) for name in REFERENCES}

    @property
    def difference(self) -> dict[str, int] | None:
        """How many priors differ between the two assigners; None where there is only one.

        ``count`` in all; ``first`` and ``second`` are responsible for an object under that one
        alone, ``other`` for another object under each.
        """
        if self.second is None:
            return None
        return difference(self.reading(0).owner, self.reading(1).owner)

    @property
    def flips_by_step(self) -> dict[int, int]:
        """How many priors change owner on the way to each training step (first assigner)."""
        pairs = zip(self.steps[1:], pairwise(self._by_step(0)), strict=True)
        return {step: int((a.owner != b.owner).sum()) for step, (a, b) in pairs}

    def reading(self, side: int, *, step: int | None = None) -> AssignerAnswer:
        """Return a side's answer.

        Args:
            side: 0 the first assigner, 1 the second.
            step: counts in ``steps``; the present one if not given.

        Raises:
            ValueError: there is no second assigner.
        """
        name = self.assigner if side == 0 else self.second
        if name is None:
            raise ValueError("there is no second assigner: set lab.second to one of lab.rules")
        rule = self.rules[name]
        turned = (self.settings if side == 0 else self.second_settings).get(name, {})
        at = {"image": self.image, "step": self._step if step is None else step}
        with self._lock:  # drags arrive on a thread of their own while a cell runs
            return self._cache.read(rule, rule.settings(turned), **at, regions=self._regions)

    def why(self, prior: int, side: int = 0) -> Why:
        """Return why a prior is responsible for what it is responsible for under a side's assigner.

        Args:
            prior: its number.
            side: 0 the first assigner, 1 the second.

        Raises:
            ValueError: there is no such prior, or no second assigner.
        """
        if not 0 <= prior < len(self.priors):
            raise ValueError(f"prior must be 0..{len(self.priors) - 1}, got {prior}")
        return explain(self._seen(side), prior)

    def film(self, side: int = 0) -> Film | None:
        """Return the iterations of a side's assigner, or None if it has none.

        They are computed by the same torch code as the assignment.
        """
        return film_of(self.reading(side), self.priors, self.targets, self.predictions)

    def _seen(self, side: int) -> Seen:
        answer = self.reading(side)
        return Seen(
            assigner=answer.rule.build(**answer.settings),
            priors=self.priors,
            targets=self.targets,
            predicted=self.predictions,
            owner=answer.assignment.gt_index,
            answer=answer.assignment,
        )

    @property
    def _regions(self) -> tuple[tuple[float, ...], ...]:
        return tuple(tuple(row) for row in self.boxes)

    @property
    def _step(self) -> int:
        return self.steps.index(self.training_step)

    @property
    def _sides(self) -> tuple[int, ...]:
        return (0,) if self.second is None else (0, 1)

    def _by_step(self, side: int) -> list[AssignerAnswer]:
        return [self.reading(side, step=i) for i in range(len(self.steps))]

    def _flipped(self, side: int, reference: str) -> Bool[np.ndarray, "p"] | None:
        """Return which priors have another owner than in a reference."""
        at, other = self._step, 1 - side
        references: dict[str, Callable[[], Any]] = {  # only the one that is asked for is looked up
            "previous": lambda: self._memory.before.get(side),
            "pinned": lambda: self._memory.pinned.get(side),
            "step": lambda: self.reading(side, step=at - 1).owner if at else None,
            "other": lambda: self.reading(other).owner if other in self._sides else None,
        }
        return changed(self.reading(side).owner, references[reference]())
