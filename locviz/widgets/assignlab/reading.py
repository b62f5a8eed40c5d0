"""The assignment of one scene by one assigner, kept at hand for AssignLab.

It holds which ground truth each prior is responsible for, counts, and the rows of the matrix.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from locviz.evaluate.assignment_figures import claims
from locviz.types import IGNORE, Assignment, Targets
from locviz.widgets.assignlab.own_rule import checked
from locviz.widgets.assignlab.replay import Replay
from locviz.widgets.assignlab.rule import Rule

_ROWS = 36  # rows of the matrix: no more fit on a screen
_SELECTED = 24  # of them for the object that is looked at
_NEAR = 2  # priors per object that just missed
_KEPT = 64  # answers: a drag back and forth, every training step, both sides


@dataclass(frozen=True, eq=False, kw_only=True)
class AssignerAnswer:
    """One assigner's answer for one scene.

    Shapes: ``owner`` (p,) the ground truth that each prior is responsible for, -1 background, -2
    ignored; ``values`` (p, g) what the matrix shows. ``ask_alone`` runs the assigner once per
    object and counts, (p,), how many of them would take each prior.
    """

    rule: Rule
    settings: Mapping[str, Any]
    assignment: Assignment
    owner: Int[np.ndarray, "p"]
    values: Float[np.ndarray, "p g"]
    ask_alone: Callable[[], Tensor]

    @property
    def positives(self) -> tuple[int, ...]:
        """How many priors are responsible for each ground truth."""
        num = self.values.shape[1]
        return tuple(np.bincount(self.owner[self.owner >= 0], minlength=num).tolist())

    @cached_property
    def ambiguous(self) -> Bool[np.ndarray, "p"]:
        """Which priors two or more objects would take, if each were alone in the image."""
        return self.ask_alone().numpy() > 1

    @property
    def ignored(self) -> int:
        """How many priors get no loss at all."""
        return int((self.owner == IGNORE).sum())

    @property
    def order(self) -> Float[np.ndarray, "p g"]:
        """The matrix with the best pair lowest."""
        return self.values if self.rule.low_is_best else -self.values

    def rows(self, selected: int = -1) -> Int[np.ndarray, "r"]:
        """Return the priors worth a row of the matrix.

        They are, for each object, those that are responsible for it, best first, then those that
        just missed.

        Args:
            selected: the object that gets most of the rows; -1 for none.
        """
        num, chosen = self.values.shape[1], []
        for index, share in enumerate(_shares(num, selected)):
            best = np.argsort(self.order[:, index], kind="stable")
            mine = best[self.owner[best] == index][: max(1, share - _NEAR)]
            near = best[: share + len(mine)]
            missed = (self.owner[near] != index) & np.isfinite(self.values[near, index])
            chosen += [*mine.tolist(), *near[missed][:_NEAR].tolist()]
        return np.array(list(dict.fromkeys(chosen)), dtype=np.int64)


def _shares(num: int, selected: int) -> list[int]:
    """Return how many rows each of ``num`` objects gets."""
    if not 0 <= selected < num:
        return [max(2, _ROWS // max(num, 1))] * num
    shares = [max(1, (_ROWS - _SELECTED) // max(num - 1, 1))] * num
    shares[selected] = _SELECTED
    return shares


class AnswerCache:
    """Assigns the scenes of a replay on demand and remembers the last 64 answers.

    Args:
        replay: images, priors and predictions.
    """

    def __init__(self, replay: Replay):
        self.replay = replay
        self._kept: OrderedDict[Any, AssignerAnswer] = OrderedDict()

    def targets(self, image: int, regions: tuple[tuple[float, ...], ...]) -> Targets:
        """Return the ground truths of an image with their regions moved."""
        truth = self.replay.targets[image]
        moved = torch.tensor(regions, dtype=torch.float32).reshape(-1, truth.boxes.shape[1])
        return replace(truth, boxes=moved, area=None)

    def read(
        self,
        rule: Rule,
        settings: Mapping[str, Any],
        *,
        image: int,
        step: int,
        regions: tuple[tuple[float, ...], ...],
    ) -> AssignerAnswer:
        """Return a rule's answer.

        Args:
            rule, settings: the assigner and its knobs, all of them.
            image: which scene of the replay.
            step: counts in ``replay.steps``.
            regions: the ground truths as they stand, g rows.
        """
        key_step = step if rule.dynamic else -1  # static rules give the same at every step
        key = (rule.name, tuple(settings.items()), image, key_step, regions)
        if key not in self._kept:
            self._kept[key] = self._read(rule, settings, image, step, regions)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    @torch.no_grad()
    def _read(
        self, rule: Rule, settings: Mapping[str, Any], image: int, step: int, regions
    ) -> AssignerAnswer:
        truth, priors = self.targets(image, regions), self.replay.priors
        predicted = self.replay.predicted(step, image)
        assigner = rule.build(**settings)
        assignment = checked(assigner(priors, truth, predicted), rule.name, priors, truth)
        values = assignment.cost
        if values is None and rule.values:
            values = rule.values(priors, truth, predicted, settings)
        if values is None:
            values = torch.zeros(len(priors), len(truth))
        return AssignerAnswer(
            rule=rule,
            settings=settings,
            assignment=assignment,
            owner=assignment.gt_index.numpy(),
            values=_without_nan(values).numpy(),
            ask_alone=lambda: claims(assigner, priors, truth, predicted),
        )


def _without_nan(values: Float[Tensor, "p g"]) -> Float[Tensor, "p g"]:
    """A matrix that can travel: infinite where it is not a number."""
    infinite = float("inf")
    return torch.nan_to_num(values.detach().float(), nan=infinite, posinf=infinite)
