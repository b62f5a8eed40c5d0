"""IoU or class: an anchor that overlaps an object little, but recognises it, is positive, too."""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.assign.best_overlaps import best_overlaps
from locviz.assign.comparable import comparable
from locviz.assign.low_quality_matches import Force, no_force
from locviz.assign.prediction_costs import class_probabilities, required
from locviz.assign.set_aside import (
    ignore_set_aside,
    in_original,
    in_original_columns,
    taking_part,
)
from locviz.boxes import pairwise_ioa, pairwise_iof, pairwise_iou
from locviz.types import BACKGROUND, IGNORE, Assignment, ImagePredictions, Priors, Targets


@final
class ClassAwareIoU:
    """The IoU-classification-aware rule ("IAC score", eq. 4 and 5), for objects of odd shapes.

    An anchor on a long, thin object overlaps it little and may see the very part by which it is
    recognised. Its score for an object is (eq. 4)::

        s = alpha * p(class) + (1 - alpha) * intersection / min(area of anchor, area of object)

    and its label is, in this order (eq. 5): positive if its highest IoU is at least ``positive``,
    for that object; positive if its highest s is at least ``score_threshold``, for the object of
    that s; ``BACKGROUND`` if its highest IoU is at most ``negative``; else ``IGNORE``. So an anchor
    with a high score is positive however small its IoU is.

    The paper does not say whose s counts where objects overlap: an anchor inside two objects of one
    class has the same s for both, and is then the one's that it overlaps more. Nor does it say that
    the anchor has to touch the object; without that, a small ``score_threshold`` would make anchors
    far away positive. Here only objects that the anchor overlaps have a score. ``cost`` is minus
    the score, infinite for the others. ``alpha`` and the threshold are not given in the paper; the defaults are ours.

    Laws: whatever ``MaxIoU`` with this ``force`` makes positive is positive for the same object; with a
    ``score_threshold`` above 1 it is ``MaxIoU``, except that an IoU of exactly ``negative`` is
    background; a positive overlaps its object.

    Args:
        probability: logits (p, n) to class probabilities (p, k): ``torch.sigmoid``, or ``one_of_all``
            of ``locviz.postprocess`` where a softmax decides and column 0 is the background's.
        alpha: of the class's probability against the overlap, in 0..1.
        score_threshold: s from which an anchor is positive; 0.8 lets in an anchor that lies inside
            its object and gives its class a probability of 0.6.
        positive: IoU from which an anchor is positive.
        negative: IoU up to which it is background; at most ``positive``.
        force: as of ``MaxIoU``: adds positives for objects that no anchor overlaps enough, after
            equation 5, which has none. RetinaNet's code has ``force_best_ties``.
    """

    def __init__(
        self,
        *,
        probability: Callable[[Tensor], Tensor] = torch.sigmoid,
        alpha: float = 0.5,
        score_threshold: float = 0.8,
        positive: float = 0.5,
        negative: float = 0.4,
        force: Force = no_force,
    ):
        if not (0 <= alpha <= 1 and score_threshold > 0 and 0 <= negative <= positive <= 1):
            raise ValueError(
                "ClassAwareIoU wants alpha in 0..1, a positive score_threshold and 0 <= negative <= positive <= 1, "
                f"got alpha {alpha}, score_threshold {score_threshold}, negative {negative}, positive {positive}"
            )
        self.probability, self.alpha, self.score_threshold = probability, alpha, score_threshold
        self.positive, self.negative, self.force = positive, negative, force

    @torch.no_grad()
    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image by their overlaps and by the predicted classes.

        Raises:
            ValueError: boxes and spans are mixed, or ``logits`` is missing.
        """
        part = taking_part(targets)
        logits = required("ClassAwareIoU", priors, predicted, "logits")
        targets = comparable(targets, priors.regions, "priors.regions")
        boxes = targets.boxes[part]
        probability = class_probabilities(self.probability, logits, targets.labels[part])
        score = self.scores(priors.regions, boxes, probability)
        gt_index = torch.full((len(priors),), BACKGROUND, device=priors.regions.device)
        if score.numel():
            overlaps = pairwise_iou(priors.regions, boxes)
            overlap, nearest = overlaps.max(1)
            highest = score.amax(1)
            likeliest = torch.where(score == highest[:, None], overlaps, -1.0).argmax(1)
            # Equation 5, from its last line to its first: each takes over a part of the one before.
            gt_index = torch.where(overlap <= self.negative, BACKGROUND, IGNORE)
            gt_index = torch.where(highest >= self.score_threshold, likeliest, gt_index)
            gt_index = torch.where(overlap >= self.positive, nearest, gt_index)
            forced, objects = self.force(best_overlaps(priors.regions, boxes))
            gt_index[forced] = objects
        return Assignment(
            ignore_set_aside(in_original(gt_index, part), priors.centers, targets),
            cost=in_original_columns(-score, part, len(targets)),
        )

    def scores(
        self,
        regions: Float[Tensor, "p coords"],
        boxes: Float[Tensor, "n coords"],
        probability: Float[Tensor, "p n"],
    ) -> Float[Tensor, "p n"]:
        """Equation 4 for every anchor ``(p, 2*dim)`` and object ``(n, 2*dim)``: ``(p, n)``.

        It is minus infinity where the two do not overlap.
        """
        # The larger of both shares is the one of the smaller area.
        covered = torch.maximum(pairwise_iof(regions, boxes), pairwise_ioa(regions, boxes))
        score = self.alpha * probability + (1 - self.alpha) * covered
        return torch.where(covered > 0, score, -torch.inf)
