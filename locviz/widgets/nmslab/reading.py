"""A suppression method played over candidates, and what is right and wrong after each of its steps.

The steps are those of ``locviz.postprocess``, the verdicts those of ``locviz.evaluate``.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from locviz.boxes import diou, iou
from locviz.evaluate import Divergence, divergence, match, owners, repeats, victims
from locviz.postprocess import NOBODY, AllLabels, Candidates, PerLabel, SuppressionStep, Survivors
from locviz.postprocess.nms import rows_by_label
from locviz.types import Detections, Targets
from locviz.widgets.nmslab.methods import BY_NAME, Method

FOUND_AT = 0.5
"""IoU from which a detection finds an object."""
REPEATS_ABOVE = 0.7
"""IoU above which a detection repeats a better one."""
OWNED_FROM = 0.1
"""IoU from which a candidate belongs to an object."""

OPEN, KEPT, SUPPRESSED = 0, 1, 2
"""What has become of a candidate: nothing yet, it was picked, it is out."""
NOT_REPORTED = -2
"""The outcome of a candidate that is suppressed, or scores too little."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """A method with its numbers. ``score_threshold``: what scores this or less is not reported."""

    method: str
    threshold: float
    sigma: float
    beta: float
    weight: float
    all_labels: bool
    score_threshold: float

    @property
    def entry(self) -> Method:
        """The method that is offered under this name."""
        return BY_NAME[self.method]

    @property
    def knob(self) -> float | None:
        """The value of the method's own knob; None where it has none."""
        return getattr(self, self.entry.knob) if self.entry.knob else None

    def build(self):
        """The method, or None where nothing is suppressed."""
        build = self.entry.build
        if build is None:
            return None
        return build() if self.knob is None else build(self.knob)


@dataclass(frozen=True, eq=False, kw_only=True)
class Played:
    """One step, its candidates named by their rows among all n. ``rank`` orders the steps of labels.

    ``before`` and ``after`` are the scores of ``rows`` (k,) on either side of it.
    """

    step: SuppressionStep
    rows: Int[np.ndarray, "k"]
    before: Float[np.ndarray, "k"]

    @property
    def picked(self) -> int:
        """Whom the step is about, or ``NOBODY``."""
        return self._row(self.step.picked)

    @property
    def by(self) -> int:
        """Who suppresses or decays, or ``NOBODY``."""
        return self._row(self.step.by)

    @property
    def suppressed(self) -> list[int]:
        """Who is out from now on."""
        return self.rows[self.step.suppressed.numpy()].tolist()

    @property
    def decayed(self) -> list[int]:
        """Whose score fell and who is still in."""
        return self.rows[self.step.decayed.numpy()].tolist()

    @property
    def rank(self) -> float:
        """The score of the picked one before the step: steps of several labels go by it."""
        return float("inf") if self.step.picked == NOBODY else float(self.before[self.step.picked])

    def _row(self, index: int) -> int:
        return NOBODY if index == NOBODY else int(self.rows[index])


@dataclass(frozen=True, eq=False, kw_only=True)
class Moment:
    """Where n candidates stand after ``at`` steps.

    Shapes: ``scores`` (n,), ``regions`` (n, 4); ``fate`` (n,) OPEN, KEPT or SUPPRESSED; ``by`` (n,)
    who suppressed or last decayed each, ``NOBODY`` where nobody did; ``when`` (n,) in which step
    that was, 0 where in none. ``last`` is the step that was played last.
    """

    at: int
    scores: Float[np.ndarray, "n"]
    regions: Float[np.ndarray, "n 4"]
    fate: Int[np.ndarray, "n"]
    by: Int[np.ndarray, "n"]
    when: Int[np.ndarray, "n"]
    last: Played | None = None

    def after(self, played: Played) -> "Moment":
        """Where they stand one step later."""
        scores, regions, fate, by, when = (
            values.copy() for values in (self.scores, self.regions, self.fate, self.by, self.when)
        )
        at, step = self.at + 1, played.step
        scores[played.rows] = step.scores.numpy()
        if played.picked != NOBODY:
            fate[played.picked] = KEPT
        fate[played.suppressed] = SUPPRESSED
        touched = played.suppressed + played.decayed
        by[touched], when[touched] = played.by, at
        if step.region is not None:
            regions[played.by] = step.region.numpy()
        return Moment(
            at=at, scores=scores, regions=regions, fate=fate, by=by, when=when, last=played
        )

    @property
    def still_in(self) -> Bool[np.ndarray, "n"]:
        """Who has not been suppressed (n,)."""
        return self.fate != SUPPRESSED


@dataclass(frozen=True, eq=False, kw_only=True)
class Verdict:
    """What is right and wrong with the candidates that would be reported now.

    Shapes: ``reported`` (r,) rows of candidates, best score first; ``outcome`` (n,) 1 right, 0
    wrong, -1 does not count, -2 not reported; ``repeated`` (n,) repeats a better one; ``found``,
    ``lost`` and ``missed`` (g,) by object: lost is what suppression took (``evaluate.victims``),
    missed what is not found for another reason; ``took`` (n,) which object each reported one has found, or -1.
    """

    reported: tuple[int, ...]
    outcome: Int[np.ndarray, "n"]
    repeated: Bool[np.ndarray, "n"]
    took: Int[np.ndarray, "n"]
    found: Bool[np.ndarray, "g"]
    lost: Bool[np.ndarray, "g"]
    missed: Bool[np.ndarray, "g"]

    @property
    def num_right(self) -> int:
        """How many reported ones are right."""
        return int((self.outcome == 1).sum())

    @property
    def false_positives(self) -> tuple[int, ...]:
        """Rows of the reported ones that are wrong."""
        return tuple(np.flatnonzero(self.outcome == 0).tolist())


@dataclass(frozen=True, eq=False, kw_only=True)
class Given:
    """What methods are played over: candidates as the user has them, and the truth."""

    found: Detections
    truth: Targets
    quality: Float[Tensor, "n"] | None

    @cached_property
    def ownership(self) -> tuple[Int[np.ndarray, "n"], Float[np.ndarray, "n"]]:
        """Which object each candidate belongs to (n,), -1 for none, and its IoU (n,)."""
        row, overlap = owners(self.found, self.truth, min_iou=OWNED_FROM)
        return row.numpy(), overlap.numpy()

    @cached_property
    def divergence(self) -> Divergence:
        """Spearman's correlation of score and IoU before suppression."""
        return divergence([self.found], [self.truth], min_iou=OWNED_FROM)

    @cached_property
    def ranking(self) -> Float[Tensor, "n"]:
        """The quality (n,), or in its place the IoU with the truth: what a perfect IoU head predicts."""
        if self.quality is not None:
            return self.quality
        return torch.from_numpy(self.ownership[1]).float()

    @cached_property
    def counting(self) -> Bool[np.ndarray, "g"]:
        """Which objects count: no crowd regions, none that is ignored."""
        assert self.truth.crowd is not None
        assert self.truth.ignore is not None
        return ~(self.truth.crowd | self.truth.ignore).numpy()


class Run:
    """A method played to its end, with every moment on the way.

    Args:
        given: the candidates and the truth.
        setting: the method and its numbers.
    """

    def __init__(self, given: Given, setting: Setting):
        self.given, self.setting = given, setting
        self.steps = tuple(_steps(given, setting))
        self._verdicts: dict[int, Verdict] = {}
        self._measured: dict[int, tuple[np.ndarray, np.ndarray]] = {}

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """Before the first step, after each step."""
        found, num = self.given.found, len(self.given.found)
        none = self.setting.entry.build is None
        now = Moment(
            at=0,
            scores=found.scores.numpy().copy(),
            regions=found.boxes.double().numpy().copy(),
            fate=np.full(num, KEPT if none else OPEN),
            by=np.full(num, NOBODY),
            when=np.zeros(num, dtype=np.int64),
        )
        moments = [now]
        for played in self.steps:
            moments.append(now := now.after(played))
        return tuple(moments)

    def moment(self, played: int | None) -> Moment:
        """After so many steps, as far as there are any; None is the end."""
        return self.moments[-1 if played is None else min(played, len(self.steps))]

    @property
    def end(self) -> Moment:
        """After the last step."""
        return self.moments[-1]

    @cached_property
    def survivors(self) -> Survivors:
        """What the method returns at once, without steps, as a detector calls it."""
        method, found = self.setting.build(), self.given.found
        if method is None:
            order = found.scores.argsort(descending=True, stable=True)
            return Survivors(order, found.boxes[order], found.scores[order])
        suppress = AllLabels(method) if self.setting.all_labels else PerLabel(method)
        options = {"threshold": self.setting.threshold, "quality": self.given.ranking}
        return suppress(found.boxes, found.scores, found.labels, **options)

    def verdict(self, moment: Moment) -> Verdict:
        """What is right and wrong at a moment."""
        if moment.at not in self._verdicts:
            self._verdicts[moment.at] = _judge(self.given, moment, self.setting.score_threshold)
        return self._verdicts[moment.at]

    def lost_candidates(self, moment: Moment) -> Bool[np.ndarray, "n"]:
        """Which candidates had found an object that is lost, and are not reported (n,)."""
        owner, overlap = self.given.ownership
        lost = np.append(self.verdict(moment).lost, False)[owner]
        return lost & (overlap >= FOUND_AT) & (self.verdict(moment).outcome == NOT_REPORTED)

    def outranked(self, moment: Moment) -> Bool[np.ndarray, "n"]:
        """Which suppressed candidates overlap their object more than what suppressed them does."""
        owner, overlap = self.given.ownership
        rows = np.flatnonzero((moment.fate == SUPPRESSED) & (owner >= 0) & (moment.by >= 0))
        objects = self.given.truth.boxes.double()[torch.from_numpy(owner[rows])]
        theirs = iou(torch.from_numpy(moment.regions[moment.by[rows]]), objects).numpy()
        worse = np.zeros(len(owner), dtype=bool)
        worse[rows] = (moment.by[rows] != rows) & (overlap[rows] > theirs)
        return worse

    def measured(self, moment: Moment) -> tuple[Float[np.ndarray, "n"], Float[np.ndarray, "n"]]:
        """How much each candidate overlapped what suppressed or last lowered it, (n,), when it did.

        The second is DIoU's penalty (n,) for the distance of their centres. Both mean nothing where
        nobody did.
        """
        if moment.at not in self._measured:
            # A fused box was compared as it was before the candidate joined it.
            before = np.stack([one.regions for one in self.moments])[np.maximum(moment.when - 1, 0)]
            rows = np.arange(len(before))
            pair = [torch.from_numpy(before[rows, index]) for index in (rows, moment.by)]
            overlap = iou(*pair)
            penalty = (overlap - diou(*pair)).clamp(min=0)
            self._measured[moment.at] = overlap.numpy(), penalty.numpy()
        return self._measured[moment.at]


def _steps(given: Given, setting: Setting) -> Iterator[Played]:
    """The steps of every label, those with the best score to pick first."""
    method, found = setting.build(), given.found
    if method is None:
        return iter(())
    candidates = Candidates(found.boxes, found.scores, given.ranking)
    labels = torch.zeros_like(found.labels) if setting.all_labels else found.labels
    films = [
        _of_label(method, candidates, rows, setting.threshold) for rows in rows_by_label(labels)
    ]
    return heapq.merge(*films, key=lambda played: -played.rank)


def _of_label(method, candidates: Candidates, rows: Tensor, threshold: float) -> Iterator[Played]:
    assert candidates.quality is not None
    mine = Candidates(candidates.regions[rows], candidates.scores[rows], candidates.quality[rows])
    before = mine.scores.numpy()
    for step in method.steps(mine, threshold=threshold):
        yield Played(step=step, rows=rows.numpy(), before=before)
        before = step.scores.numpy()


def _judge(given: Given, moment: Moment, score_threshold: float) -> Verdict:
    own = given.found
    now = replace(
        own,
        boxes=torch.from_numpy(moment.regions).float(),
        scores=torch.from_numpy(moment.scores).to(own.scores),
    )
    rows = np.flatnonzero(moment.still_in & (moment.scores > score_threshold))
    rows = rows[np.argsort(-moment.scores[rows], kind="stable")]
    reported = _rows(now, rows)
    before = _rows(own, np.flatnonzero(own.scores.numpy() > score_threshold))
    matched = match(reported, given.truth, iou_threshold=FOUND_AT)
    outcome, took = np.full(len(own), NOT_REPORTED), np.full(len(own), -1)
    repeated = np.zeros(len(own), dtype=bool)
    outcome[rows], took[rows] = matched.outcome.numpy(), matched.gt_index.numpy()
    repeated[rows] = repeats(reported, iou=REPEATS_ABOVE, score=score_threshold).numpy()
    lost = np.zeros(len(given.truth), dtype=bool)
    taken = victims([before], [reported], [given.truth], iou_threshold=FOUND_AT)
    lost[given.counting] = taken.numpy()
    found = matched.found.numpy()
    return Verdict(
        reported=tuple(rows.tolist()),
        outcome=outcome,
        repeated=repeated,
        took=took,
        found=found,
        lost=lost,
        missed=matched.missed.numpy() & ~lost,
    )


def _rows(found: Detections, rows: np.ndarray) -> Detections:
    index = torch.from_numpy(rows)
    return Detections(found.boxes[index], found.scores[index], found.labels[index])
