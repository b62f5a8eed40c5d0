"""What AssignLab's view gets beside the knobs: ``scene``, ``photo``, ``result``, and films.

``src/assignlab/state.ts`` reads them.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from jaxtyping import Bool, Float

from locviz.assign.set_aside import set_aside
from locviz.widgets.assignlab.film import Film
from locviz.widgets.assignlab.flips import changed, count
from locviz.widgets.assignlab.reading import AssignerAnswer
from locviz.widgets.assignlab.replay import Replay
from locviz.widgets.assignlab.why import Why
from locviz.widgets.core.buffers import flag_bytes, float32_bytes, int16_bytes
from locviz.widgets.core.image import png

TIMELINE = 0.3  # height of a timeline, in lengths


def drawn_size(replay: Replay) -> tuple[float, float]:
    """Return (h, w) of the drawing: the image's pixels; a timeline gets a height."""
    size = [float(side) for side in replay.targets[0].size]
    return (size[0], size[1]) if len(size) == 2 else (TIMELINE * size[0], size[0])


def places(replay: Replay) -> Float[np.ndarray, "p 2"]:
    """Return where each prior is drawn: its centre; on a timeline, in the row of its level."""
    centers = replay.priors.centers.numpy()
    if centers.shape[1] == 2:
        return centers
    levels = replay.priors.levels
    row = np.repeat((np.arange(len(levels)) + 0.5) / len(levels), levels)
    return np.stack([centers[:, 0], row * drawn_size(replay)[0]], 1)


def scene_message(replay: Replay) -> dict[str, Any]:
    """Return what stays the same while the widget is looked at."""
    return {
        "dim": replay.priors.regions.shape[1] // 2,
        "size": list(drawn_size(replay)),
        "places": float32_bytes(places(replay)),
        "strides": float32_bytes(replay.priors.strides),
        "levels": list(replay.priors.levels),
        "steps": list(replay.steps),
        "images": len(replay.targets),
        "labels": [truth.labels.tolist() for truth in replay.targets],
        "apart": [set_aside(truth).tolist() for truth in replay.targets],
        "class_names": list(replay.class_names),
        "boxes": [truth.boxes.tolist() for truth in replay.targets],
    }


def photo_message(replay: Replay, image: int) -> dict[str, Any]:
    """Return the image as PNG, if there is one."""
    return {"image": image, "png": png(replay.images[image]) if replay.images is not None else b""}


def side_message(
    answer: AssignerAnswer,
    *,
    selected: int,
    flipped: Bool[np.ndarray, "p"] | None,
    by_step: Sequence[AssignerAnswer] | None,
    why: Why | None = None,
) -> dict[str, Any]:
    """Return one side's answer.

    Args:
        answer: the answer.
        selected: the object whose priors fill the matrix; -1 for all.
        flipped: which priors have another owner than in the reference; None where there is none.
        by_step: the answers at every training step; None while an object is dragged. Then only
            what is drawn is computed: which priors are ambiguous takes one more run per object.
        why: the reasons of the prior that is looked at; None where none is.
    """
    rows = answer.rows(selected)
    ambiguous = None if by_step is None else answer.ambiguous
    return {
        "assigner": answer.rule.name,
        "measure": answer.rule.measure,
        "owner": int16_bytes(answer.owner),
        "ambiguous": b"" if ambiguous is None else flag_bytes(ambiguous),
        "positives": list(answer.positives),
        "num_ambiguous": count(ambiguous),
        "ignored": answer.ignored,
        "background": int((answer.owner == -1).sum()),
        "rows": int16_bytes(rows),
        "values": float32_bytes(answer.values[rows]),
        "flipped": b"" if flipped is None else flag_bytes(flipped),
        "flips": count(flipped),
        "settings": dict(answer.settings),
        "by_step": None if by_step is None else steps_message(by_step),
        "why": None if why is None else why_message(why),
    }


def why_message(why: Why) -> dict[str, Any]:
    """Return the reasons of one prior; a number that is not finite is None."""
    verdicts = [
        {
            "won": verdict.won,
            "says": verdict.says,
            "values": [_finite(value) for value in verdict.values],
        }
        for verdict in why.verdicts
    ]
    return {
        "prior": why.prior,
        "says": why.says,
        "square": list(why.square),
        "square_is": why.square_is,
        "predicted": list(why.predicted or ()),
        "columns": list(why.columns),
        "rule": why.rule,
        "verdicts": verdicts,
    }


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else value


def steps_message(answers: Sequence[AssignerAnswer]) -> dict[str, list[int]]:
    """Return positives at every training step, and how many priors changed owner since the last."""
    flips = [count(changed(b.owner, a.owner)) or 0 for a, b in pairwise(answers)]
    return {"positives": [sum(one.positives) for one in answers], "flips": [0, *flips]}


def film_answer(film: Film | None, *, side: int, at: int) -> tuple[dict[str, Any], Sequence[bytes]]:
    """Return a film as an answer with buffers; ``film`` is empty where there is nothing to play.

    Args:
        film: what is played, or None.
        side: 0 the first assigner, 1 the second.
        at: the view's count of its changes: the state that the film is of.
    """
    place = {"name": "film", "side": side, "at": at}
    if film is None:
        return {**place, "film": ""}, ()
    columns = film.values.shape[2]
    content = {"film": film.kind, "frames": len(film), "columns": columns, "says": film.says}
    whole = (int16_bytes(film.rows), int16_bytes(film.owners))
    real = (float32_bytes(values) for values in (film.values, film.totals, film.gap))
    return {**place, **content}, [*whole, *real]
