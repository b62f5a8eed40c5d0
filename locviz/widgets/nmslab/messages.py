"""What NMSLab's view gets beside the knobs: ``scene`` once, and ``result`` for every change.

``src/nmslab/view.ts`` reads them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from locviz.postprocess import NOBODY
from locviz.widgets.core.buffers import number_or_none
from locviz.widgets.core.image import png
from locviz.widgets.nmslab.methods import METHODS
from locviz.widgets.nmslab.reading import (
    KEPT,
    NOT_REPORTED,
    OPEN,
    SUPPRESSED,
    Given,
    Moment,
    Run,
    Verdict,
)
from locviz.widgets.nmslab.scene import Scene
from locviz.widgets.nmslab.words import (
    agreement_in_words,
    brief,
    candidate_in_words,
    difference_in_words,
    findings,
    outranked_in_words,
    step_in_words,
    tally_in_words,
)

_FATES = {OPEN: "open", KEPT: "kept", SUPPRESSED: "suppressed"}


def scene_message(scene: Scene) -> dict[str, Any]:
    """Return what is fixed."""
    offered = ("name", "title", "says", "knob", "thresholded")
    return {
        "source": scene.source,
        "classes": [scene.name_of(label) for label in scene.found.labels.tolist()],
        "objects": scene.objects,
        "gt": scene.truth.boxes.double().tolist(),
        "methods": [{name: getattr(method, name) for name in offered} for method in METHODS],
    }


def photo_message(scene: Scene) -> dict[str, Any]:
    """Return the picture."""
    content = b"" if scene.image is None else png(scene.image)
    return {"size": [float(side) for side in scene.truth.size], "png": content}


def side_message(run: Run, played: int | None, scene: Scene) -> dict[str, Any]:
    """Return one method after so many steps; None is the end."""
    moment = run.moment(played)
    verdict, last = run.verdict(moment), moment.last
    center = None if last is None else last.step.center
    return {
        "method": run.setting.method,
        "threshold": run.setting.threshold,
        "steps": len(run.steps),
        "at": moment.at,
        "picked": NOBODY if last is None else last.picked,
        "center": [] if center is None else center.tolist(),
        "words": step_in_words(run, moment),
        "candidates": _candidates(run, moment, verdict, scene),
        "truth": _truth(run.given, verdict),
        "tally": _tally(verdict),
        "counts": tally_in_words(_tally(verdict)),
        "findings": [
            {"kind": kind, "words": words} for kind, words in findings(run, moment, scene.objects)
        ],
        "outranked": outranked_in_words(run, moment),
    }


def _candidates(run: Run, moment: Moment, verdict: Verdict, scene: Scene) -> list[dict[str, Any]]:
    victim, outranked = run.lost_candidates(moment), run.outranked(moment)
    columns = {
        "score": moment.scores,
        "region": moment.regions,
        "by": moment.by,
        "when": moment.when,
        "outcome": verdict.outcome,
        "repeated": verdict.repeated,
        "victim": victim,
        "outranked": outranked,
    }
    lists = {name: values.tolist() for name, values in columns.items()}
    labels = scene.found.labels.tolist()
    return [
        {
            **{name: values[row] for name, values in lists.items()},
            "fate": _fate(moment, verdict, row),
            "brief": brief(moment, row),
            "words": candidate_in_words(run, moment, row, scene.name_of(labels[row])),
        }
        for row in range(len(scene))
    ]


def _fate(moment: Moment, verdict: Verdict, row: int) -> str:
    below = moment.fate[row] == KEPT and verdict.outcome[row] == NOT_REPORTED
    return "below" if below else _FATES[int(moment.fate[row])]


def _truth(given: Given, verdict: Verdict) -> list[str]:
    states = np.full(len(given.truth), "found", dtype=object)
    for name, mask in (
        ("missed", verdict.missed),
        ("lost", verdict.lost),
        ("apart", ~given.counting),
    ):
        states[mask] = name
    return states.tolist()


def _tally(verdict: Verdict) -> dict[str, int]:
    return {
        "reported": len(verdict.reported),
        "right": verdict.num_right,
        "wrong": len(verdict.false_positives),
        "repeated": int(verdict.repeated.sum()),
        "lost": int(verdict.lost.sum()),
        "missed": int(verdict.missed.sum()),
    }


def agreement_message(given: Given) -> dict[str, Any]:
    """Return score against IoU before suppression."""
    owner, overlap = given.ownership
    found = given.divergence
    return {
        "owner": owner.tolist(),
        "overlap": overlap.tolist(),
        "spearman": number_or_none(found.pooled),
        "mean": number_or_none(found.mean),
        "words": agreement_in_words(found),
    }


def result_message(
    runs: Sequence[Run], scene: Scene, *, seq: int, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Return all that the view draws and says for one state of the knobs."""
    played = settings["played"]
    differs, difference = [], ""
    if len(runs) == 2:
        first, second = (run.moment(played) for run in runs)
        difference = difference_in_words(runs[0], runs[1], (first, second))
        here, there = (run.verdict(run.moment(played)).outcome != NOT_REPORTED for run in runs)
        differs = (here != there).tolist()
    return {
        "seq": seq,
        "of": dict(settings),
        "sides": [side_message(run, played, scene) for run in runs],
        "agreement": agreement_message(runs[0].given),
        "differs": differs,
        "difference": difference,
    }
