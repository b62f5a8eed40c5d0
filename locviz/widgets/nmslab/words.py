"""What NMSLab says in sentences; the view and the static picture show the same."""

import math
from collections.abc import Mapping
from typing import SupportsFloat

import numpy as np

from locviz.evaluate import Divergence
from locviz.postprocess import NOBODY
from locviz.widgets.core.words import letter
from locviz.widgets.nmslab.reading import (
    FOUND_AT,
    KEPT,
    OPEN,
    REPEATS_ABOVE,
    SUPPRESSED,
    Moment,
    Run,
)

_LISTED = 4
"""Candidates that a sentence about a step lists with their numbers; the others by number alone."""


def number(value: SupportsFloat) -> str:
    """Return a score or an IoU with two decimals."""
    return f"{float(value):z.2f}"


def boxes(rows: list[int] | tuple[int, ...]) -> str:
    """Return "box 3", "boxes 3 and 5", "boxes 3, 5 and 8"."""
    *most, last = map(str, rows)
    return f"boxes {', '.join(most)} and {last}" if most else f"box {last}"


def count(num: int, what: str) -> str:
    """Return "1 box", "2 boxes", "3 candidates"."""
    plural = f"{what}es" if what.endswith("x") else f"{what}s"
    return f"{num} {what if num == 1 else plural}"


# A step


def step_in_words(run: Run, moment: Moment) -> str:
    """Say what the last step has done."""
    if not run.steps:
        return "No step is taken: every candidate stays in."
    if moment.last is None:
        num = count(len(run.given.found), "candidate")
        return f"Before the first of {count(len(run.steps), 'step')}: {num}."
    start = f"Step {moment.at} of {len(run.steps)}: "
    return start + _STEPS.get(run.setting.method, _pick_in_words)(run, moment)


def _pick_in_words(run: Run, moment: Moment) -> str:
    last, before = moment.last, run.moments[moment.at - 1]
    assert last is not None
    if last.picked == NOBODY:
        return f"{boxes(last.suppressed)} score too little to take part."
    parts = [_picked(run, before, last.picked)]
    if last.suppressed:
        parts.append(f"It suppresses {_with_overlaps(run, moment, last.suppressed)}.")
    if last.decayed:
        fallen = [
            f"box {row} from {number(before.scores[row])} to {number(moment.scores[row])}"
            for row in last.decayed
        ]
        parts.append(f"It lowers {_some(fallen)}.")
    if len(parts) == 1:
        parts.append("Nothing else overlaps it enough.")
    if moment.scores[last.picked] > before.scores[last.picked]:
        parts.append(f"It takes over the score {number(moment.scores[last.picked])}.")
    return " ".join(parts)


def _picked(run: Run, before: Moment, row: int) -> str:
    score, method = number(before.scores[row]), run.setting.method
    if method == "iou_guided":
        quality = number(float(run.given.ranking[row]))
        return f"box {row} is picked: its quality, {quality}, is the highest left (score {score})."
    if method == "balanced":
        return (
            f"box {row} is picked: score {score} and closeness to the cluster's centre together "
            "are the best."
        )
    return f"box {row} is picked: its score, {score}, is the highest left."


def _with_overlaps(run: Run, moment: Moment, rows: list[int]) -> str:
    return _some([f"box {row} ({overlap_in_words(run, moment, row)})" for row in rows])


def _some(items: list[str]) -> str:
    shown = items[:_LISTED]
    more = len(items) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _judged_in_words(run: Run, moment: Moment) -> str:
    """Matrix-NMS: each step lowers one candidate."""
    last, before = moment.last, run.moments[moment.at - 1]
    assert last is not None
    row, was = last.picked, number(before.scores[last.picked])
    if last.by == NOBODY:
        return f"box {row} keeps its score, {was}: no better one lowers it."
    how = overlap_in_words(run, moment, row)
    if last.suppressed:
        return f"box {last.by} lowers box {row} from {was} to almost nothing ({how}): it is out."
    return f"box {last.by} lowers box {row} from {was} to {number(moment.scores[row])} ({how})."


def _joined_in_words(run: Run, moment: Moment) -> str:
    """Weighted boxes fusion: each step adds one candidate to a cluster."""
    last = moment.last
    assert last is not None
    score = number(moment.scores[last.by])
    if last.by == last.picked:
        return f"box {last.picked} overlaps no cluster enough: it founds one, with score {score}."
    return (
        f"box {last.picked} joins the cluster of box {last.by}; their average moves a little, and "
        f"scores {score}."
    )


_STEPS = {"matrix": _judged_in_words, "fusion": _joined_in_words}


def overlap_in_words(run: Run, moment: Moment, row: int) -> str:
    """Say how much a candidate overlaps what suppressed or lowered it, as the method measures it."""
    overlap, penalty = (float(values[row]) for values in run.measured(moment))
    if run.setting.method != "diou":
        return f"IoU {number(overlap)}"
    far = penalty**run.setting.beta
    return f"IoU {number(overlap)} - {number(far)} = {number(overlap - far)}"


# A candidate


def brief(moment: Moment, row: int) -> str:
    """Return a candidate's score and by whom it was changed: "0.92", "0.47 by 0", "out by 2"."""
    by = int(moment.by[row])
    score = "out" if moment.fate[row] == SUPPRESSED else number(moment.scores[row])
    return score if by in (NOBODY, row) else f"{score} by {by}"


def candidate_in_words(run: Run, moment: Moment, row: int, name: str) -> str:
    """Say what a candidate is, where it lies, and what has become of it."""
    owner, overlap = run.given.ownership
    own = number(float(run.given.found.scores[row]))
    lies = (
        f"IoU {number(overlap[row])} with {letter(int(owner[row]))}"
        if owner[row] >= 0
        else "on no object of its class"
    )
    return f"Box {row}, {name}, score {own}, {lies}: {_fate_in_words(run, moment, row)}."


def _fate_in_words(run: Run, moment: Moment, row: int) -> str:
    by, when = int(moment.by[row]), int(moment.when[row])
    if moment.fate[row] == SUPPRESSED:
        if by in (NOBODY, row):
            return f"out since step {when}, its score is too low"
        verb = "fused into" if run.setting.method == "fusion" else "suppressed by"
        return f"{verb} box {by} in step {when}, {overlap_in_words(run, moment, row)}"
    word = "picked" if moment.fate[row] == KEPT and run.steps else "still in"
    if moment.fate[row] == OPEN:
        word = "not yet decided"
    if by != NOBODY and moment.scores[row] < float(run.given.found.scores[row]):
        word += "" if row in run.verdict(moment).reported else ", not reported"
        return f"{word}, lowered to {number(moment.scores[row])}, last by box {by}"
    return word


# What is wrong


def tally_in_words(tally: Mapping[str, int]) -> str:
    """Say how many are reported, right, wrong, repeated, lost and missed."""
    return (
        f"{tally['reported']} reported: {tally['right']} right, {tally['wrong']} wrong, "
        f"{tally['repeated']} repeated; objects: {tally['lost']} lost, {tally['missed']} missed"
    )


def findings(run: Run, moment: Moment, objects: list[str]) -> list[tuple[str, str]]:
    """Return what is wrong, each with its kind; one of kind "fine" where nothing is."""
    verdict = run.verdict(moment)
    found = [
        ("lost", _lost(run, moment, i, objects)) for i in np.flatnonzero(verdict.lost).tolist()
    ]
    for i in np.flatnonzero(verdict.missed).tolist():
        found.append(("missed", f"{objects[i]}, is missed: no reported box is left for it."))
    if verdict.repeated.any():
        rows = np.flatnonzero(verdict.repeated).tolist()
        verb = "repeats" if len(rows) == 1 else "repeat"
        words = f"{boxes(rows)} {verb} a better box (IoU above {REPEATS_ABOVE})."
        found.append(("repeated", words[0].upper() + words[1:]))
    found += _wrong(run, moment)
    return found or [("fine", "Every object is found, and every reported box is right.")]


def _lost(run: Run, moment: Moment, index: int, objects: list[str]) -> str:
    owner, overlap = run.given.ownership
    rows = np.flatnonzero((owner == index) & (overlap >= FOUND_AT))
    if not len(rows):  # found by a candidate that lies on another object
        return f"{objects[index]}, is lost: the box that covered it is gone."
    best = int(rows[run.given.found.scores.numpy()[rows].argmax()])
    by = int(moment.by[best])
    what = f"{objects[index]}, is lost: its box {best} (IoU {number(overlap[best])} with it)"
    if moment.fate[best] != SUPPRESSED:
        return f"{what} is lowered to {number(moment.scores[best])} and no longer reported."
    if by in (NOBODY, best):
        return f"{what} scores too little."
    on = f", which lies on {letter(int(owner[by]))}" if owner[by] >= 0 else ""
    return f"{what} was suppressed by box {by}{on} ({overlap_in_words(run, moment, best)})."


def _wrong(run: Run, moment: Moment) -> list[tuple[str, str]]:
    owner, overlap = run.given.ownership
    wrong = run.verdict(moment).false_positives
    again = [row for row in wrong if overlap[row] >= FOUND_AT]
    nowhere = [row for row in wrong if row not in again]
    found = []
    if again:
        on = ", ".join(f"box {row} on {letter(int(owner[row]))}" for row in again)
        found.append(("wrong", f"Wrong, the object has a better box already: {on}."))
    if nowhere:
        verb = "covers" if len(nowhere) == 1 else "cover"
        found.append(
            ("wrong", f"Wrong: {boxes(nowhere)} {verb} no object by IoU {FOUND_AT} or more.")
        )
    return found


def outranked_in_words(run: Run, moment: Moment) -> str:
    """Say how many suppressed candidates lie better than what suppressed them."""
    owner, _ = run.given.ownership
    num = int(((moment.fate == SUPPRESSED) & (owner >= 0)).sum())
    if not num:
        return "No candidate of an object is suppressed."
    better = int(run.outranked(moment).sum())
    return f"{better} of {count(num, 'suppressed box')} lay better on their object than what suppressed them."


def agreement_in_words(found: Divergence) -> str:
    """Say how far score and place agree."""
    if math.isnan(found.pooled):
        return "Too few candidates lie on objects: there is no correlation of score and IoU."
    mean = "" if math.isnan(found.mean) else f", {number(found.mean)} on average within an object"
    return f"Spearman's correlation of score and IoU: {number(found.pooled)}{mean}."


def difference_in_words(first: Run, second: Run, moments: tuple[Moment, Moment]) -> str:
    """Say which candidates only one of two methods reports."""
    mine, theirs = (
        set(run.verdict(moment).reported)
        for run, moment in zip((first, second), moments, strict=True)
    )
    titles = [run.setting.entry.title for run in (first, second)]
    if titles[0] == titles[1]:
        titles = [
            f"{run.setting.entry.title} at {number(run.setting.threshold)}"
            for run in (first, second)
        ]
    if mine == theirs:
        return f"Both report the same {count(len(mine), 'box')}."
    parts = [f"Both report {len(mine & theirs)}."]
    for title, only in zip(titles, (mine - theirs, theirs - mine), strict=True):
        if only:
            parts.append(f"Only {title}: {boxes(sorted(only))}.")
    return " ".join(parts)
