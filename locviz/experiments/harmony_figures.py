"""How well classes and boxes agree: precision and rank correlations of a dense detector, recall of a
proposal network. ``locviz.experiments.harmonised`` measures every variant so.
"""

from typing import Any

import torch

from locviz.assign import inside_boxes
from locviz.boxes import iou
from locviz.evaluate import divergence, evaluate, proposal_recall, spearman
from locviz.evaluate.coco import IOU_THRESHOLDS
from locviz.models import DenseDetector
from locviz.postprocess import SelectDense
from locviz.train import evaluating, predict


def dense_figures(detector: DenseDetector, scenes: Any) -> dict[str, float]:
    """AP, AP50, AP75, and the rank correlations of score and IoU, each over two populations.

    ``spearman`` is the mean over objects and ``pooled`` is over all candidates together, of the
    detections before suppression with a class probability above 0.05 (``locviz.evaluate.divergence``).
    ``spearman_inside`` and ``pooled_inside`` are of all priors whose centre lies inside an object,
    whatever their score: the candidates of mutual labelling, and so the same places for all
    variants. The score is what detections are ranked by.
    """
    truths = [scenes[index][1] for index in range(len(scenes))]
    found = evaluate(
        predict(detector, scenes, batch_size=50), truths, num_classes=len(scenes.class_names)
    )
    ours, every = (
        detector.postprocess,
        SelectDense(
            score=detector.postprocess.score,  # type: ignore[attr-defined]
            nms_threshold=1.0,
            max_detections=10_000,
        ),
    )
    detector.postprocess = every
    apart = divergence(predict(detector, scenes, batch_size=50), truths)
    detector.postprocess = ours
    inside = divergence_inside(detector, scenes)
    return {
        "ap": found.ap,
        "ap50": found.ap50,
        "ap75": found.ap75,
        "spearman": apart.mean,
        "pooled": apart.pooled,
        "spearman_inside": inside[0],
        "pooled_inside": inside[1],
    }


def divergence_inside(detector: DenseDetector, scenes: Any) -> tuple[float, float]:
    """Spearman's correlation of the score of the right class and the IoU of the predicted box, over
    the priors whose centre lies inside an object: the mean over objects, and pooled.
    """
    per_object, scores, overlaps = [], [], []
    for first in range(0, len(scenes), 50):
        images, targets = zip(
            *(scenes[i] for i in range(first, min(first + 50, len(scenes)))), strict=True
        )
        with evaluating(detector):
            predictions = detector(images)
            regions = detector.regions(predictions)
        combine = detector.postprocess.score  # type: ignore[attr-defined]
        for i, target in enumerate(targets):
            owner = inside_boxes(predictions.priors, target.boxes).owner
            rows = (owner >= 0).nonzero()[:, 0]
            owner = owner[rows]
            quality = predictions.quality
            known = None if quality is None else quality[i, rows].sigmoid()[:, None]
            score = combine(predictions.logits[i, rows].sigmoid(), known)
            score = score[torch.arange(len(rows)), target.labels[owner]]
            overlap = iou(regions[i, rows], target.boxes[owner])
            scores.append(score)
            overlaps.append(overlap)
            for number in owner.unique().tolist():
                own = owner == number
                if int(own.sum()) >= 3:
                    per_object.append(spearman(score[own], overlap[own]))
    mean = torch.tensor(per_object).nanmean().item()
    return mean, spearman(torch.cat(scores), torch.cat(overlaps))


NUM_PROPOSALS = (5, 15, 50)
"""How many proposals count. COCO's scenes have seven objects and the paper counts 100, 300 and
1,000; these have two to five.
"""


def proposal_figures(detector: Any, scenes: Any) -> dict[str, float]:
    """Average recall, the mean over the IoUs 0.5 to 0.95, of the first 5, 15 and 50 proposals."""
    truths = [scenes[index][1] for index in range(len(scenes))]
    found = predict(detector, scenes, batch_size=50)
    return {
        f"ar{num}": proposal_recall(found, truths, num=num, thresholds=IOU_THRESHOLDS.tolist())
        .mean()
        .item()
        for num in NUM_PROPOSALS
    }
