"""What each suppression method keeps, loses and repeats: one detector, the same candidates.

``benchmarks/suppression_survey.py`` writes the figures that chapter 09 shows.
"""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from locviz.evaluate import evaluate, victims
from locviz.experiments.nms_free import boxes_per_object
from locviz.models.skeletons.dense import DenseDetector
from locviz.postprocess import (
    DIoUNMS,
    GreedyNMS,
    MatrixNMS,
    PerLabel,
    SoftNMS,
    SuppressionMethod,
    WeightedBoxesFusion,
    linear_decay,
)
from locviz.train import predict
from locviz.types import Detections, Targets

RESULTS = Path(__file__).parent / "data" / "suppression_survey.json"
"""What ``benchmarks/suppression_survey.py`` wrote."""
SHOWN = 0.25
"""What scores more is reported to the user: victims and boxes per object count only that."""
MOST = 10_000
"""More than any image has: nothing is cut off but by the method."""


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """A method and the thresholds that it is tried with; one without a threshold is tried once."""

    title: str
    method: SuppressionMethod
    thresholds: tuple[float, ...] = (0.3, 0.5, 0.7)


METHODS = {
    "greedy": Entrant(
        title="greedy NMS",
        method=GreedyNMS(),
        thresholds=(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0),
    ),
    "soft_linear": Entrant(title="Soft-NMS, linear", method=SoftNMS(decay=linear_decay)),
    "soft_gaussian": Entrant(
        title="Soft-NMS, Gaussian, sigma 0.5", method=SoftNMS(), thresholds=(0.5,)
    ),
    "diou": Entrant(title="DIoU-NMS", method=DIoUNMS()),
    "matrix": Entrant(title="Matrix-NMS, sigma 0.5", method=MatrixNMS(), thresholds=(0.5,)),
    "fusion": Entrant(title="weighted boxes fusion", method=WeightedBoxesFusion()),
}
"""A threshold of 1 suppresses nothing."""


@dataclass(frozen=True, kw_only=True)
class SuppressionFigures:
    """What is left after a method.

    Attributes:
        ap, ap50: COCO's.
        victims: the share of the objects that candidates with a score above ``SHOWN`` find, and
            survivors with such a score do not.
        boxes_per_object: see ``nms_free.boxes_per_object``: more than 1 are duplicates.
    """

    ap: float
    ap50: float
    victims: float
    boxes_per_object: float


def raw_candidates(detector: DenseDetector, dataset: Any) -> list[Detections]:
    """What a detector detects if nothing is suppressed, by its own scores and score threshold.

    Args:
        detector: one whose selection has an ``nms_threshold``, as ``SelectDense``.
        dataset: gives (image, ``Targets``).
    """
    select = copy.copy(detector.postprocess)
    select.nms_threshold, select.max_detections = 1.0, MOST
    detect = partial(detector.detect, postprocess=select)
    return predict(detector, dataset, batch_size=50, detect=detect)


def suppressed(
    candidates: Sequence[Detections], method: SuppressionMethod, threshold: float
) -> list[Detections]:
    """What a method leaves of each image's candidates, class by class."""
    suppress = PerLabel(method)
    return [
        suppress(one.boxes, one.scores, one.labels, threshold=threshold).detections(
            one.labels, MOST
        )
        for one in candidates
    ]


def judged(
    candidates: Sequence[Detections],
    kept: Sequence[Detections],
    targets: Sequence[Targets],
    *,
    num_classes: int,
) -> SuppressionFigures:
    """The figures of what is kept.

    Args:
        candidates: before suppression, of each image.
        kept: after it.
        targets: boxes (g, 4) of each image.
        num_classes: how many classes the detector has.
    """
    found = evaluate(kept, targets, num_classes=num_classes)
    taken = victims([shown(one) for one in candidates], [shown(one) for one in kept], targets)
    return SuppressionFigures(
        ap=found.ap,
        ap50=found.ap50,
        victims=float(taken.double().mean()),
        boxes_per_object=boxes_per_object(kept, targets, score=SHOWN),
    )


def shown(found: Detections) -> Detections:
    """The detections with a score above ``SHOWN``."""
    rows = found.scores > SHOWN
    return Detections(found.boxes[rows], found.scores[rows], found.labels[rows])


def results() -> dict[str, Any]:
    """What the benchmark wrote."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))


def rows_of(found: Mapping[str, Any], weights: str, level: str) -> dict[str, dict[float, dict]]:
    """The stored figures of one detector on one level: per method, per threshold."""
    rows: dict[str, dict[float, dict]] = {}
    for run in found["runs"].values():
        if (run["weights"], run["level"]) == (weights, level):
            rows.setdefault(run["method"], {})[run["threshold"]] = run
    return rows
