"""What APLab's view gets beside the knobs: ``classes``, ``curve``, ``scene`` and ``reading``.

``src/aplab/view.ts`` reads them, and ``core.image.photo_message`` makes its ``photo``.
"""

from collections.abc import Sequence
from typing import Any

from locviz.evaluate import IOU_THRESHOLDS
from locviz.widgets.aplab.reading import Curve, EvaluatedSet
from locviz.widgets.core.buffers import float32_bytes, number_or_none
from locviz.widgets.core.matched_image import MatchedImage, matched_image_message


def classes_message(names: Sequence[str], num_gt: Sequence[int]) -> list[dict[str, Any]]:
    """Return the classes in label order, with how many ground truths of each count."""
    rows = enumerate(zip(names, num_gt, strict=True))
    return [{"label": k, "name": name, "num_gt": num} for k, (name, num) in rows]


def curve_message(
    curve: Curve, data: EvaluatedSet, *, label: int | None, iou: float
) -> dict[str, Any]:
    """Return the curve of a class at an IoU threshold, and AP at COCO's ten thresholds."""
    recall, precision, score = curve.thinned()
    return {
        "label": label,
        "iou": iou,
        "ap": number_or_none(curve.ap),
        "num_gt": curve.num_gt,
        "pages": data.pages(label),
        "thresholds": IOU_THRESHOLDS.round(2).tolist(),
        "aps": [number_or_none(ap) for ap in data.ap_per_threshold(label)],
        "recall": float32_bytes(recall),
        "precision": float32_bytes(precision),
        "score": float32_bytes(score),
        "envelope": float32_bytes(curve.envelope),
    }


def scene_message(image: int, matched: MatchedImage) -> dict[str, Any]:
    """Return what happened in the image that is shown."""
    return {"image": image, **matched_image_message(matched)}


def reading_message(curve: Curve, *, seq: int, score_threshold: float) -> dict[str, Any]:
    """Return what the detections are worth at a score threshold, over all images."""
    point = curve.at(score_threshold)
    return {
        "seq": seq,
        "score_threshold": score_threshold,
        "precision": number_or_none(point.precision),
        "recall": number_or_none(point.recall),
        "area": number_or_none(curve.area_up_to(point)),
        "counts": [point.true_positives, point.false_positives, point.false_negatives],
    }
