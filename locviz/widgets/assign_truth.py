"""What an assigner says of one scene, kept at hand for AssignLab: owners, counts, changes, what is
worth showing.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from locviz.evaluate.assignment_figures import claims
from locviz.types import IGNORE, Assignment, Targets
from locviz.widgets.assign_rules import Rule, checked_values
from locviz.widgets.image import wire
from locviz.widgets.replay import Replay

_ROWS = 36  # rows of the matrix: more than fit on a screen say nothing more
_SELECTED = 24  # of them for the object that is looked at
_NEAR = 2  # priors per object that just missed
_KEPT = 64  # readings: a drag back and forth, every training step, both sides


@dataclass(frozen=True, eq=False, kw_only=True)
class Reading:
    """One assigner's answer for one scene.

    Shapes: ``owner`` (p,) the ground truth each prior answers for, -1 background, -2 ignored;
    ``values`` (p, g) what the matrix shows. ``ask_alone`` runs the assigner once per object.
    """

    rule: Rule
    settings: Mapping[str, Any]
    assignment: Assignment
    owner: Int[np.ndarray, "p"]
    values: Float[np.ndarray, "p g"]
    ask_alone: Callable[[], Tensor]

    @property
    def positives(self) -> tuple[int, ...]:
        """How many priors answer for each ground truth."""
        return tuple(
            np.bincount(self.owner[self.owner >= 0], minlength=self.values.shape[1]).tolist()
        )

    @cached_property
    def ambiguous(self) -> Bool[np.ndarray, "p"]:
        """Priors that two or more objects would take, each of them asked as if it were alone in the
        image.
        """
        return self.ask_alone().numpy() > 1

    @property
    def ignored(self) -> int:
        """How many priors get no loss at all."""
        return int((self.owner == IGNORE).sum())

    @property
    def order(self) -> Float[np.ndarray, "p g"]:
        """The matrix with the best pair lowest."""
        return self.values if self.rule.measure == "cost" else -self.values

    def rows(self, selected: int = -1) -> Int[np.ndarray, "r"]:
        """The priors worth a row: those that answer for an object, best first, then those that just
        missed.
        """
        num = self.values.shape[1]
        if not num:
            return np.zeros(0, dtype=np.int64)
        shares = [max(2, _ROWS // num)] * num
        if 0 <= selected < num:
            shares = [max(1, (_ROWS - _SELECTED) // max(num - 1, 1))] * num
            shares[selected] = _SELECTED
        chosen: dict[int, None] = {}
        for index, share in enumerate(shares):
            best = np.argsort(self.order[:, index], kind="stable")
            mine = best[self.owner[best] == index][: max(1, share - _NEAR)]
            near = best[: share + len(mine)]
            near = near[(self.owner[near] != index) & np.isfinite(self.values[near, index])][:_NEAR]
            chosen.update(dict.fromkeys([*mine.tolist(), *near.tolist()]))
        return np.array(list(chosen), dtype=np.int64)

    def message(self, selected: int, *, dragging: bool) -> dict[str, Any]:
        """As ``src/assignlab/state.ts`` reads it. Who is ambiguous waits for the end of a drag: g
        more runs.
        """
        rows = self.rows(selected)
        ambiguous = None if dragging else self.ambiguous
        return {
            "assigner": self.rule.name,
            "measure": self.rule.measure,
            "owner": small(self.owner),
            "ambiguous": b"" if ambiguous is None else ambiguous.astype(np.uint8).tobytes(),
            "positives": list(self.positives),
            "num_ambiguous": None if ambiguous is None else int(ambiguous.sum()),
            "ignored": self.ignored,
            "background": int((self.owner == -1).sum()),
            "rows": small(rows),
            "values": wire(self.values[rows]),
        }


def letter(index: int) -> str:
    """What an object is called on screen: A, B .. Z, then A1, B1 ..."""
    return chr(65 + index % 26) + (str(index // 26) if index >= 26 else "")


def small(values: Int[np.ndarray, "*n"]) -> bytes:
    """Whole numbers as the int16 buffer that the views read."""
    return np.ascontiguousarray(values, dtype=np.int16).tobytes()


def changed(
    now: Int[np.ndarray, "p"] | None, then: Int[np.ndarray, "p"] | None
) -> Bool[np.ndarray, "p"] | None:
    """Which priors change owner, background and ignored being owners too; None where there is
    nothing to compare.
    """
    if now is None or then is None or now.shape != then.shape:
        return None
    return now != then


class Reader:
    """Assigns the scenes of a replay on demand and remembers the last answers.

    Args:
        replay: images, priors and predictions.
    """

    def __init__(self, replay: Replay):
        self.replay = replay
        self._kept: OrderedDict[Any, Reading] = OrderedDict()

    def targets(self, image: int, regions: tuple[tuple[float, ...], ...]) -> Targets:
        """The ground truths of an image with their regions moved."""
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
    ) -> Reading:
        """Run a rule; ``step`` counts in ``replay.steps``."""
        seen = step if rule.dynamic else -1  # static rules say the same at every step
        key = (rule.name, tuple(settings.items()), image, seen, regions)
        if key not in self._kept:
            self._kept[key] = self._read(rule, settings, image, step, regions)
            if len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    @torch.no_grad()
    def _read(
        self, rule: Rule, settings: Mapping[str, Any], image: int, step: int, regions
    ) -> Reading:
        truth, priors = self.targets(image, regions), self.replay.priors
        said = self.replay.said(step, image)
        assigner = rule.build(**settings)
        assignment = assigner(priors, truth, **said)
        values = assignment.cost
        if values is None:
            values = (
                rule.values(priors, truth, said, settings)
                if rule.values
                else torch.zeros(len(priors), len(truth))
            )
        return Reading(
            rule=rule,
            settings=settings,
            assignment=assignment,
            owner=assignment.gt_index.numpy(),
            values=checked_values(values).numpy(),
            ask_alone=lambda: claims(partial(assigner, **said), priors, truth),
        )
