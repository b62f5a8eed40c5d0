"""What suppression does for each head of YOLOv10: precision and duplicates, with it and without.

``benchmarks/nms_free.py`` trains the tiny preset and prints the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from locviz.boxes import pairwise_iou
from locviz.evaluate import evaluate
from locviz.models.skeletons.dense import DenseDetector
from locviz.postprocess import SelectBest, SelectDense, class_probability
from locviz.train import predict
from locviz.types import Detections, Targets

# Both selections see the same scores and return as many detections; they differ in suppression.
THRESHOLD, MOST = 0.001, 300
HEADS = {"one-to-many": 0, "one-to-one": -1}
"""Which output of the detector each head is."""


@dataclass(frozen=True, kw_only=True)
class HeadFigures:
    """How good the detections of one head are, with or without suppression.

    Attributes:
        head: ``"one-to-many"`` or ``"one-to-one"``.
        suppressed: whether duplicates were suppressed.
        ap, ap50: COCO's average precision, and at IoU 0.5.
        boxes_per_object: see ``boxes_per_object``.
    """

    head: str
    suppressed: bool
    ap: float
    ap50: float
    boxes_per_object: float


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
