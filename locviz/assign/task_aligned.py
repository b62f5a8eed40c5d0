"""Task alignment: a good prior for an object predicts both its class *and* its place well."""

from collections.abc import Callable
from typing import final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.assign.prediction_costs import (
    class_probabilities,
    classes_and_regions,
    strictly_inside,
)
from locviz.assign.set_aside import ignore_set_aside, in_original, in_original_columns, taking_part
from locviz.boxes import (
    center_size_to_corners,
    corners_to_center_size,
    pairwise_ciou,
    pairwise_iou,
)
from locviz.boxes.coordinates import quotient
from locviz.types import BACKGROUND, Assignment, ImagePredictions, Priors, Targets

CandidatePool = Callable[[Tensor, Tensor], Tensor]


def pool_inside(metric: Float[Tensor, "g p"], inside: Bool[Tensor, "g p"]) -> Float[Tensor, "g p"]:
    """Look for the best among the priors inside the object, as YOLOv8 and its successors do.

    All are ``(g, p)``.
    """
    return metric * inside


def pool_everywhere(
    metric: Float[Tensor, "g p"], inside: Bool[Tensor, "g p"]
) -> Float[Tensor, "g p"]:
    """Look for the best among all priors and drop those outside afterwards, as TOOD does.

    So an object may keep fewer than it looked for. All are ``(g, p)``.
    """
    return metric


def rivals_inside(taken: Bool[Tensor, "g p"], inside: Bool[Tensor, "g p"]) -> Bool[Tensor, "g p"]:
    """A prior that several objects take goes to the best of all objects that contain it: YOLOv8.

    All are ``(g, p)``.
    """
    return inside


def rivals_taking(taken: Bool[Tensor, "g p"], inside: Bool[Tensor, "g p"]) -> Bool[Tensor, "g p"]:
    """A prior that several objects take goes to the best of those: TOOD. All are ``(g, p)``."""
    return taken


def pairwise_positive_ciou(
    a: Float[Tensor, "n coords"], b: Float[Tensor, "m coords"]
) -> Float[Tensor, "n m"]:
    """CIoU with negative values as 0: the overlap that YOLOv8 to YOLOv10 raise to the sixth power.

    Shapes: ``(n, 2*dim)`` and ``(m, 2*dim)`` give ``(n, m)``.
    """
    return pairwise_ciou(a, b).clamp(min=0)


@final
class TaskAligned:
    """The assigner of TOOD (https://arxiv.org/abs/2108.07755, section 3.2) and YOLOv8 to YOLOv10.

    With s the predicted probability of the object's class and u the overlap of the predicted
    region::

        alignment = s ** alpha * u ** beta

    Each object takes its ``top_k`` best aligned priors among those whose centre lies strictly
    inside it; what several take goes to the highest overlap. ``cost`` is minus the alignment.
    ``quality`` of a positive is its alignment, rescaled so that an object's best is as large as its
    largest overlap: TOOD's soft class target.

    TOOD has alpha 1, 13 priors, ``pool_everywhere`` and ``rivals_taking``; the defaults are
    YOLOv8's, where YOLOv10's second head has ``top_k=1``. Both releases add a small number to the
    divisor of the rescaling, and TOOD needs a centre 0.01 pixels inside; here neither is needed.
    YOLO fills up with priors of no alignment at all, whose target is 0; here they are background.

    Args:
        probability: logits (p, n) to class probabilities (p, k): ``torch.sigmoid``, or ``one_of_all``
            of ``locviz.postprocess`` where a softmax decides and column 0 is the background's.
        alpha: of the class.
        beta: of the overlap; high, so that a badly placed prior is never well aligned.
        top_k: how many priors an object takes at most; 1 makes it one-to-one.
        overlap: regions (g, 2*dim) and (p, 2*dim) to overlaps (g, p) in 0..1.
        pool: where the best are looked for, ``pool_inside`` or ``pool_everywhere``.
        rivals: which objects compete for a prior that several take, ``rivals_inside`` or
            ``rivals_taking``.
        smallest_side: objects count as at least that wide and high when the priors inside them are
            found. 0 is the papers' rule; later releases of YOLOv8 have the middle level's stride.

    Invariant: the positives of an object lie inside it, have a positive alignment, and are at most
    ``top_k``, or more only by winning a prior from another object under ``rivals_inside``; their
    largest quality is their largest overlap.
    """

    def __init__(
        self,
        *,
        probability: Callable[[Tensor], Tensor] = torch.sigmoid,
        alpha: float = 0.5,
        beta: float = 6.0,
        top_k: int = 10,
        overlap: Callable[[Tensor, Tensor], Tensor] = pairwise_iou,
        pool: CandidatePool = pool_inside,
        rivals: Callable[[Tensor, Tensor], Tensor] = rivals_inside,
        smallest_side: float = 0.0,
    ):
        if top_k < 1 or not all(number >= 0 for number in (alpha, beta, smallest_side)):
            raise ValueError(
                f"TaskAligned wants top_k of at least 1, alpha, beta and smallest_side not negative, got {top_k}, "
                f"{alpha}, {beta} and {smallest_side}"
            )
        self.probability, self.overlap = probability, overlap
        self.alpha, self.beta, self.top_k = alpha, beta, top_k
        self.pool, self.rivals, self.smallest_side = pool, rivals, smallest_side

    @torch.no_grad()
    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image by how well predicted class and region agree.

        Raises:
            ValueError: boxes and spans are mixed, or ``logits`` or ``regions`` is missing.
        """
        part = taking_part(targets)
        logits, regions, targets = classes_and_regions("TaskAligned", priors, targets, predicted)
        boxes, labels = targets.boxes[part], targets.labels[part]
        overlap = self.overlap(boxes, regions)
        metric = class_probabilities(self.probability, logits, labels).T.pow(self.alpha)
        metric = metric * overlap.pow(self.beta)
        winner = self._winner(metric, overlap, strictly_inside(priors.centers, self.grown(boxes)))
        return Assignment(
            ignore_set_aside(in_original(winner, part), priors.centers, targets),
            quality=normalised_alignment(metric, overlap, winner),
            cost=in_original_columns(-metric.T, part, len(targets)),
        )

    def _winner(self, metric: Tensor, overlap: Tensor, inside: Tensor) -> Int64[Tensor, "p"]:
        if not metric.numel():
            return torch.full(metric.shape[1:], BACKGROUND, device=metric.device)
        pool = self.pool(metric, inside)
        best = pool.topk(min(self.top_k, pool.shape[1]), dim=1).indices
        # Top-k fills up with priors of metric 0 where an object has fewer: they are not taken.
        taken = torch.zeros_like(inside).scatter_(1, best, True) & inside & (metric > 0)
        times = taken.sum(0)  # by how many objects each prior is taken
        strongest = torch.where(self.rivals(taken, inside), overlap, -1.0).argmax(0)
        winner = torch.where(times > 1, strongest, taken.int().argmax(0))
        return torch.where(times > 0, winner, BACKGROUND)

    def grown(self, boxes: Float[Tensor, "g coords"]) -> Float[Tensor, "g coords"]:
        """The regions ``(g, 2*dim)`` in which priors are looked for, by ``smallest_side``."""
        if not self.smallest_side:
            return boxes
        center, size = corners_to_center_size(boxes).chunk(2, -1)
        return center_size_to_corners(torch.cat([center, size.clamp(min=self.smallest_side)], -1))


def normalised_alignment(
    metric: Float[Tensor, "g p"], overlap: Float[Tensor, "g p"], winner: Int64[Tensor, "p"]
) -> Float[Tensor, "p"]:
    """Alignment of each positive, rescaled so that an object's largest is its largest overlap.

    That is the alignment times (largest overlap / largest alignment) of the object's positives, and
    0 for all other priors. Shapes: ``(g, p)`` and winners ``(p,)`` give ``(p,)``.
    """
    prior = (winner >= 0).nonzero()[:, 0]
    row = winner[prior]
    aligned, overlapping = metric[row, prior], overlap[row, prior]
    # Per object: the largest alignment and the largest overlap of its positives.
    most = metric.new_zeros(2, len(metric))
    most[0].scatter_reduce_(0, row, aligned, "amax")
    most[1].scatter_reduce_(0, row, overlapping, "amax")
    quality = metric.new_zeros(len(winner))
    quality[prior] = quotient(aligned, most[0][row]) * most[1][row]
    return quality
