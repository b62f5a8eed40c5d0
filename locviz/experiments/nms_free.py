"""What suppression does for each head of YOLOv10: precision and duplicates, with it and without.

``benchmarks/nms_free.py`` trains the tiny preset, prints the figures and keeps them for chapter 09.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from locviz.boxes import pairwise_iou
from locviz.evaluate import duplicates, evaluate
from locviz.models.skeletons.dense import DenseDetector
from locviz.postprocess import SelectBest, SelectDense, class_probability
from locviz.train import predict
from locviz.types import Detections, Targets

# Both selections see the same scores and return as many detections; they differ in suppression.
THRESHOLD, MOST = 0.001, 300
HEADS = {"one-to-many": 0, "one-to-one": -1}
"""Which output of the detector each head is."""
RESULTS = Path(__file__).parent / "data" / "nms_free.json"
"""What ``benchmarks/nms_free.py`` wrote: three seeds."""


@dataclass(frozen=True, kw_only=True)
class HeadFigures:
    """How good the detections of one head are, with or without suppression.

    Attributes:
        head: ``"one-to-many"`` or ``"one-to-one"``.
        suppressed: whether duplicates were suppressed.
        ap, ap50: COCO's average precision, and at IoU 0.5.
        boxes_per_object: see ``boxes_per_object``.
        duplicates_per_object: ``locviz.evaluate.duplicates`` at its defaults, divided by the number
            of objects: detections with a score above 0.25 that overlap a better one of their class
            by an IoU above 0.7.
    """

    head: str
    suppressed: bool
    ap: float
    ap50: float
    boxes_per_object: float
    duplicates_per_object: float


def compare_heads(
    detector: DenseDetector, dataset: Any, *, nms_threshold: float = 0.7
) -> list[HeadFigures]:
    """Detect with each head, without and with suppression: four rows.

    Args:
        detector: a YOLOv10 in training form, which has both heads.
        dataset: gives (image, ``Targets``) and has ``class_names``.
        nms_threshold: an IoU above this suppresses; 0.7 is what the release of YOLOv8 has.
    """
    targets = [dataset[index][1] for index in range(len(dataset))]
    best = SelectBest(max_detections=MOST, threshold=THRESHOLD)
    nms = SelectDense(
        score=class_probability,
        threshold=THRESHOLD,
        nms_threshold=nms_threshold,
        max_detections=MOST,
    )
    rows = []
    for head, output in HEADS.items():
        for postprocess in (best, nms):
            detect = partial(detector.detect, output=output, postprocess=postprocess)
            found = predict(detector, dataset, batch_size=50, detect=detect)
            judged = evaluate(found, targets, num_classes=len(dataset.class_names))
            rows.append(
                HeadFigures(
                    head=head,
                    suppressed=postprocess is nms,
                    ap=judged.ap,
                    ap50=judged.ap50,
                    boxes_per_object=boxes_per_object(found, targets),
                    duplicates_per_object=_duplicates_per_object(found, targets),
                )
            )
    return rows


def boxes_per_object(
    found: Sequence[Detections],
    targets: Sequence[Targets],
    *,
    iou: float = 0.5,
    score: float = 0.25,
) -> float:
    """How many detections an object has on average: those of its class that overlap it.

    Args:
        found: of each image.
        targets: of each image; boxes (g, 2*dim).
        iou: at least this overlap counts.
        score: at least this score counts.
    """
    boxes = 0
    for detections, target in zip(found, targets, strict=True):
        overlap = pairwise_iou(detections.boxes, target.boxes) >= iou
        same = detections.labels[:, None] == target.labels
        boxes += int((overlap & same & (detections.scores >= score)[:, None]).sum())
    return boxes / max(1, sum(len(target) for target in targets))


def _duplicates_per_object(found: Sequence[Detections], targets: Sequence[Targets]) -> float:
    return int(duplicates(found).sum()) / max(1, sum(map(len, targets)))


def results() -> dict[str, Any]:
    """What the benchmark wrote."""
    return json.loads(RESULTS.read_text(encoding="utf-8"))


Curve = Mapping[tuple[str, bool], Mapping[int, list[float]]]
"""One figure: per head and suppression, at each step, a value per seed."""


def figure_at_steps(found: Mapping[str, Any], figure: str) -> Curve:
    """One figure of every run at the steps where it was looked at, such as ``"ap50"``.

    Args:
        found: what the benchmark wrote, ``results()``.
        figure: an attribute of ``HeadFigures``.
    """
    curve: dict[tuple[str, bool], dict[int, list[float]]] = {}
    for run in found["runs"].values():
        for look in run["looks"]:
            for row in look["heads"]:
                at_steps = curve.setdefault((row["head"], row["suppressed"]), {})
                at_steps.setdefault(look["step"], []).append(row[figure])
    return curve


def final_figures(found: Mapping[str, Any], figure: str) -> dict[tuple[str, bool], list[float]]:
    """One figure of every finished run, a value per seed, for each head without and with NMS."""
    rows: dict[tuple[str, bool], list[float]] = {}
    for run in found["runs"].values():
        for row in run["heads"]:
            rows.setdefault((row["head"], row["suppressed"]), []).append(row[figure])
    return rows
