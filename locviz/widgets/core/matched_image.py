"""What became of one image's detections and ground truths: APLab and Monitor show it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int

from locviz.evaluate import BELOW_THRESHOLD, FALSE_POSITIVE, TRUE_POSITIVE, match
from locviz.types import Detections, Targets
from locviz.widgets.core.buffers import float32_bytes


@dataclass(frozen=True, eq=False, kw_only=True)
class MatchedImage:
    """One image's detections and ground truths, and what became of them.

    Shapes: ``detections`` (d, 4) in pixels, ``scores``, ``overlap`` and ``labels`` (d,),
    ``outcome`` (d,) as ``locviz.evaluate`` counts it; ``gt`` (g, 4), ``gt_labels`` (g,), ``found``
    (g,) 1 found, 0 missed, -1 does not count.
    """

    detections: Float[np.ndarray, "d 4"]
    scores: Float[np.ndarray, "d"]
    labels: Int[np.ndarray, "d"]
    outcome: Int[np.ndarray, "d"]
    overlap: Float[np.ndarray, "d"]
    gt: Float[np.ndarray, "g 4"]
    gt_labels: Int[np.ndarray, "g"]
    found: Int[np.ndarray, "g"]

    @property
    def tally(self) -> tuple[int, int, int]:
        """How many are right, wrong and missed."""
        right, wrong = (
            int((self.outcome == kind).sum()) for kind in (TRUE_POSITIVE, FALSE_POSITIVE)
        )
        return right, wrong, int((self.found == 0).sum())


def match_image(
    found: Detections,
    truth: Targets,
    *,
    label: int | None = None,
    iou_threshold: float = 0.5,
    score_threshold: float = 0.0,
) -> MatchedImage:
    """Match one image by ``locviz.evaluate.match`` and keep what is shown.

    Args:
        found, truth: the detections and the ground truths of the image.
        label: the class that is kept; None keeps all.
        iou_threshold: the overlap that makes a detection right.
        score_threshold: detections that score less are left out.
    """
    matched = match(found, truth, iou_threshold=iou_threshold, score_threshold=score_threshold)
    shown = matched.outcome != BELOW_THRESHOLD
    wanted = torch.ones(len(truth), dtype=torch.bool)
    if label is not None:
        shown, wanted = shown & (found.labels == label), truth.labels == label
    state = torch.where(matched.counts, matched.found.to(torch.int64), -1)
    return MatchedImage(
        detections=found.boxes[shown].double().numpy(),
        scores=found.scores[shown].double().numpy(),
        labels=found.labels[shown].numpy(),
        outcome=matched.outcome[shown].numpy(),
        overlap=matched.overlap[shown].double().numpy(),
        gt=truth.boxes[wanted].double().numpy(),
        gt_labels=truth.labels[wanted].numpy(),
        found=state[wanted].numpy(),
    )


def matched_image_message(image: MatchedImage) -> dict[str, Any]:
    """Return the image as ``src/shared/marks.ts`` reads it."""
    whole = ("outcome", "labels", "found", "gt_labels")
    real = ("detections", "scores", "overlap", "gt")
    return {
        "tally": list(image.tally),
        **{name: getattr(image, name).tolist() for name in whole},
        **{name: float32_bytes(getattr(image, name)) for name in real},
    }
