"""AssignLab's messages to its view, as ``src/assignlab/state.ts`` reads them, and its gestures on
regions.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from locviz.widgets.image import png, wire
from locviz.widgets.picture import Number
from locviz.widgets.region import PARTS, moved
from locviz.widgets.replay import Replay

if TYPE_CHECKING:
    from locviz.widgets.assign_film import Film
    from locviz.widgets.assignlab import AssignLab

TIMELINE = 0.3  # height of a timeline, in lengths


def drawn_size(replay: Replay) -> tuple[float, float]:
    """(h, w) of the drawing: the image's pixels; a timeline gets a height."""
    size = replay.targets[0].size
    return (
        (float(size[0]), float(size[1])) if len(size) == 2 else (TIMELINE * size[0], float(size[0]))
    )


def places(replay: Replay) -> np.ndarray:
    """Where each prior is drawn, (p, 2): its centre; on a timeline, in the row of its level."""
    centers = replay.priors.centers.numpy()
    if centers.shape[1] == 2:
        return centers
    levels = replay.priors.levels
    row = np.repeat((np.arange(len(levels)) + 0.5) / len(levels), levels)
    return np.stack([centers[:, 0], row * drawn_size(replay)[0]], 1)


def scene_message(replay: Replay) -> dict[str, Any]:
    """What stays the same while an image is looked at."""
    return {
        "dim": replay.priors.regions.shape[1] // 2,
        "size": list(drawn_size(replay)),
        "places": wire(places(replay)),
        "strides": wire(replay.priors.strides),
        "levels": list(replay.priors.levels),
        "steps": list(replay.steps),
        "images": len(replay.targets),
        "labels": [truth.labels.tolist() for truth in replay.targets],
        "apart": [(truth.crowd | truth.ignore).tolist() for truth in replay.targets],  # type: ignore[operator]
        "class_names": list(replay.class_names),
        "boxes": [truth.boxes.tolist() for truth in replay.targets],
    }


def photo_message(replay: Replay, image: int) -> dict[str, Any]:
    """The image as PNG, if there is one."""
    return {"image": image, "png": png(replay.images[image]) if replay.images is not None else b""}


def result_message(lab: "AssignLab", *, dragging: bool) -> dict[str, Any]:
    """Both sides' answers. While an object is dragged only what is drawn is computed."""
    sides = []
    for side in lab._sides:
        mask = lab._flipped(side, lab.against)
        message = lab.reading(side).message(lab.selected, dragging=dragging)
        message["flipped"] = b"" if mask is None else mask.astype(np.uint8).tobytes()
        message["flips"] = None if mask is None else int(mask.sum())
        message["settings"] = dict(lab.reading(side).settings)
        message["by_step"] = None if dragging else _by_step(lab, side)
        sides.append(message)
    return {"seq": lab.seq, "image": lab.image, "pinned": bool(lab._pins), "sides": sides}


def _by_step(lab: "AssignLab", side: int) -> dict[str, list[int]]:
    """Positives at every training step, and how many priors change owner on the way to it."""
    readings = [lab.reading(side, step=i) for i in range(len(lab.steps))]
    flips = [int((a.owner != b.owner).sum()) for a, b in pairwise(readings)]
    return {"positives": [sum(one.positives) for one in readings], "flips": [0, *flips]}


def answer_film(
    film: "Film | None", *, side: int, at: int
) -> tuple[dict[str, Any], Sequence[bytes]]:
    """A film as an answer with buffers; ``kind`` is empty where there is nothing to play."""
    if film is None:
        return {"name": "film", "side": side, "at": at, "film": ""}, ()
    content, buffers = film.message()
    return {"name": "film", "side": side, "at": at, **content}, buffers


def dragged(
    region: list[float], part: str, dx: Number, dy: Number, size: tuple[int, ...]
) -> list[Number]:
    """A region after its ``part`` was dragged; a span is a box without a vertical way to go.

    Raises:
        ValueError: an unknown part.
    """
    if part not in PARTS:
        raise ValueError(f"part must be one of {', '.join(map(repr, PARTS))}, got {part!r}")
    if len(region) == 4:
        return moved(region, part, dx, dy, size)
    start, _, end, _ = moved([region[0], 0.0, region[1], 1.0], part, dx, 0, (1, *size))
    return [start, end]
