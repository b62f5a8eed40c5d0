"""The same evaluation by pycocotools, with which the field reports its figures, to compare with."""

import contextlib
import io
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from locviz.evaluate.result import FIGURES
from locviz.types import Detections, Targets


def coco_json(
    detections: Sequence[Detections], targets: Sequence[Targets], *, num_classes: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Ground truths and results as COCO's JSON has them, boxes as ``x y width height`` in float64.

    Differences of float32 numbers are exact in float64, and so is their sum back: nothing is lost
    on the way. Ids start at 1, because pycocotools takes an annotation of id 0 for "unmatched".
    ``Targets.ignore`` has no counterpart there.
    """
    annotations, results = [], []
    for image, (found, target) in enumerate(zip(detections, targets, strict=True), start=1):
        rows = (
            _xywh(target.boxes),
            target.labels.tolist(),
            _doubles(target.area),
            _list(target.crowd),
        )
        for box, label, area, crowd in zip(*rows, strict=True):
            annotations.append(
                {"id": len(annotations) + 1, "image_id": image, "category_id": label + 1, "bbox": box, "area": area,
                 "iscrowd": int(crowd)}
            )  # fmt: skip
        rows = (_xywh(found.boxes), _doubles(found.scores), found.labels.tolist())
        for box, score, label in zip(*rows, strict=True):
            results.append(
                {"image_id": image, "category_id": label + 1, "bbox": box, "score": score}
            )
    images = [{"id": image + 1} for image in range(len(targets))]
    categories = [{"id": label + 1, "name": str(label)} for label in range(num_classes)]
    return {
        "info": {},
        "images": images,
        "annotations": annotations,
        "categories": categories,
    }, results


def pycocotools_figures(
    detections: Sequence[Detections], targets: Sequence[Targets], *, num_classes: int
) -> dict[str, float]:
    """COCO's twelve figures by pycocotools, under our names; it writes -1 where ours are NaN.

    Raises:
        ModuleNotFoundError: pycocotools is missing; the message says how to install it.
    """
    dataset, results = coco_json(detections, targets, num_classes=num_classes)
    return dict(zip(FIGURES, run_pycocotools(dataset, results).stats.tolist(), strict=True))


def run_pycocotools(
    dataset: dict[str, Any], results: list[dict[str, Any]], *, evaluator: type | None = None
) -> Any:
    """Run pycocotools on COCO JSON without its printing; return its ``COCOeval`` with all figures.

    ``evaluator`` is ``COCOeval`` itself unless a test brings one of its own.
    """
    try:
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "pycocotools is not installed: pip install pycocotools"
        ) from error
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = dataset  # type: ignore[assignment]
        truth.createIndex()
        found = truth.loadRes(results) if results else COCO()  # type: ignore[arg-type]
        evaluation = (evaluator or COCOeval)(truth, found, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


def _xywh(corners: Tensor) -> list[list[float]]:
    low, high = corners.double().cpu().chunk(2, -1)
    return torch.cat([low, high - low], dim=-1).tolist()


def _doubles(values: Tensor | None) -> list[float]:
    return [] if values is None else values.double().tolist()


def _list(values: Tensor | None) -> list[bool]:
    return [] if values is None else values.tolist()
