"""Mutual labelling: where a prior places its box decides what its class learns, and vice versa."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor

from locviz.assign.best_overlaps import best_overlaps
from locviz.assign.center_sampling import smallest_area
from locviz.assign.prediction_costs import check_labels, classes_and_regions, strictly_inside
from locviz.assign.set_aside import (
    ignore_set_aside,
    in_original,
    in_original_columns,
    taking_part,
)
from locviz.boxes import area, iou
from locviz.otsu import otsu_threshold
from locviz.types import BACKGROUND, IGNORE, Assignment, ImagePredictions, Priors, Targets


@dataclass(frozen=True, eq=False)
class Group:
    """The candidates of all objects: J in the paper. Shapes: both ``(p,)``.

    Attributes:
        owner: the object whose candidate each prior is, or ``BACKGROUND``.
        ignored: which candidates the detector's own rule would ignore.
    """

    owner: Int64[Tensor, "p"]
    ignored: Bool[Tensor, "p"]


def inside_boxes(priors: Priors, boxes: Float[Tensor, "n coords"]) -> Group:
    """Every prior whose centre lies inside an object ``(n, 2*dim)``, as the paper has it for FCOS.

    Inside several, it is a candidate of the smallest, FCOS's own rule. FCOS ignores nothing. The
    paper does not say whether these are the places of all levels, as here, or of the object's own:
    for that, ``PositivesAndIgnored(CenterSampling(ranges=...))``.
    ``locviz.experiments.harmonised`` compares the two.
    """
    inside = strictly_inside(priors.centers, boxes).T
    owner = torch.full((len(priors),), BACKGROUND, device=priors.regions.device)
    owner = smallest_area(inside, area(boxes)) if len(boxes) else owner
    return Group(owner, torch.zeros_like(owner, dtype=torch.bool))


@final
@dataclass(frozen=True, kw_only=True)
class OverlappingAnchors:
    """Every prior that overlaps an object enough, as the paper has it for RetinaNet (0.4, 0.5).

    Args:
        least: IoU with the best object from which a prior is that object's candidate.
        positive: below this IoU the detector's own rule would have ignored it.

    Raises:
        ValueError: not ``0 < least <= positive <= 1``.
    """

    least: float = 0.4
    positive: float = 0.5

    def __post_init__(self):
        if not 0 < self.least <= self.positive <= 1:
            raise ValueError(
                f"OverlappingAnchors wants 0 < least <= positive <= 1, got {self.least} and {self.positive}"
            )

    def __call__(self, priors: Priors, boxes: Float[Tensor, "n coords"]) -> Group:
        """The candidates of the objects ``(n, 2*dim)``."""
        if not len(boxes) or not len(priors):
            return inside_boxes(priors, boxes)
        found = best_overlaps(priors.regions, boxes)
        owner = torch.where(found.best >= self.least, found.index, BACKGROUND)
        return Group(owner, (owner >= 0) & (found.best < self.positive))


@final
@dataclass(frozen=True)
class PositivesAndIgnored:
    """The positives of a detector's own rule, and the priors that it ignores.

    They are "all samples that are likely to be positive" (section 3.1), also where the rule forces
    an object's best anchors, however little they overlap it: RetinaNet's code and the RPN do. Such
    an anchor is not ignored, so its weight stays 1. Without forced ones, it is
    ``OverlappingAnchors`` at the thresholds of the rule. An ignored prior is a candidate of the
    object that it overlaps most.

    Args:
        rule: ``(priors, targets) -> Assignment``, such as ``retinanet_rule()`` or ``rpn_rule()``.
    """

    rule: Callable[[Priors, Targets], Assignment]

    def __call__(self, priors: Priors, boxes: Float[Tensor, "n coords"]) -> Group:
        """The candidates of the objects ``(n, 2*dim)``."""
        if not len(boxes) or not len(priors):
            return inside_boxes(priors, boxes)
        labels = torch.zeros(len(boxes), dtype=torch.int64, device=boxes.device)
        # A rule for priors looks at no size; it only says how many axes there are.
        size = tuple(boxes.chunk(2, -1)[1].amax(0).tolist())[::-1]
        given = self.rule(priors, Targets(boxes, labels, size)).gt_index
        ignored = given == IGNORE
        owner = torch.where(ignored, best_overlaps(priors.regions, boxes).index, given)
        return Group(owner, ignored)


@final
class MutualLabelling:
    """The assigner of "Modulating localization and classification" (arXiv:2103.08958, eq. 1 to 9).

    All candidates of an object are looked at twice, and split in two by Otsu's threshold of the
    group. Those whose *predicted boxes* overlap the object by more than the threshold of their IoUs
    are the positives of the *classification*, the others background (eq. 4 and 5). Those that give
    the object's *class* a probability above the threshold of the probabilities are the positives of
    the *localization* (eq. 6). So each task is taught where the other does well, until both agree.

    The two sets differ, so the answer is two assignments: the ``Assignment`` itself is for the
    classes, its ``localization`` for the regions. The weight of a candidate that the detector's own
    rule ignores is its distance to the threshold to the power alpha (eq. 7 and 8, with 0 ** 0 = 1);
    all others have weight 1. ``quality`` is the IoU of the predicted box, which the paper's IoU
    rescoring learns (eq. 10). ``cost`` is minus that IoU for candidates, infinite for others.

    The paper leaves open what a group does that cannot be split, of one candidate or of equal
    values: all of it is positive (``otsu_threshold``), so that no object goes without. It also
    trains the first half of the epochs by the detector's own rule: at first all predictions are
    alike, and so is every split of them. That is left to the caller (``train_in_phases`` of
    ``locviz.train``).

    Equations 2 and 3 divide by the number of samples, while section 3.1 says that the form of the
    loss stays the detector's own. The second is done: the losses keep their divisors. In
    ``DenseLoss`` the classes are divided by their positives and the regions by the *sum of the
    weights*, so that weights count against each other and do not make the whole term smaller;
    ``MultiTaskLoss`` divides by all rows, and there they do, as in equation 3.

    Laws: the positives of an object are candidates of it, at least one if it has any; classes play
    no part in the classification's answer, predicted boxes none in the localization's.

    Args:
        candidates: ``(priors, boxes) -> Group``: ``inside_boxes``, ``OverlappingAnchors(...)`` or
            ``PositivesAndIgnored(rule)``.
        probability: logits (p, n) to class probabilities (p, k): ``torch.sigmoid``, or ``one_of_all``
            of ``locviz.postprocess`` where a softmax decides and column 0 is the background's.
        alpha: 0 in the paper for FCOS, 0.5 for RetinaNet, 2 for an RPN.
    """

    def __init__(
        self,
        *,
        candidates: Callable[[Priors, Tensor], Group] = inside_boxes,
        probability: Callable[[Tensor], Tensor] = torch.sigmoid,
        alpha: float = 0.0,
    ):
        if not alpha >= 0:
            raise ValueError(f"MutualLabelling.alpha must not be negative, got {alpha}")
        self.candidates, self.probability, self.alpha = candidates, probability, alpha

    @torch.no_grad()
    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors of one image by what is predicted there.

        Raises:
            ValueError: boxes and spans are mixed, or ``logits`` or ``regions`` is missing.
        """
        part = taking_part(targets)
        logits, regions, targets = classes_and_regions(
            "MutualLabelling", priors, targets, predicted
        )
        classes = self.probability(logits)
        boxes, labels = targets.boxes[part], check_labels(targets.labels[part], classes.shape[-1])
        group = self.candidates(priors, boxes)
        rows = (group.owner >= 0).nonzero()[:, 0]
        owner = group.owner[rows]
        overlap, score = regions.new_zeros(2, len(priors)).unbind(0)
        # What is infinite or NaN fits nothing: the loss will tell, the threshold need not stumble.
        overlap[rows] = iou(regions[rows], boxes[owner]).to(overlap).nan_to_num(0.0)
        score[rows] = classes[rows, labels[owner]].to(score).nan_to_num(0.0)
        cost = regions.new_full((len(priors), len(part)), torch.inf)
        cost[rows, owner] = -overlap[rows]
        # Crossed: the boxes decide about the classes, and the classes about the boxes.
        owned, class_weight = self.split(group, overlap)
        places, place_weight = self.split(group, score)
        return Assignment(
            ignore_set_aside(in_original(owned, part), priors.centers, targets),
            weight=class_weight,
            quality=overlap,
            cost=in_original_columns(cost, part, len(targets)),
            localization=Assignment(in_original(places, part), place_weight, overlap),
        )

    def split(
        self, group: Group, values: Float[Tensor, "p"]
    ) -> tuple[Int64[Tensor, "p"], Float[Tensor, "p"]]:
        """Who is above the threshold of its object's candidates, and the weights: both ``(p,)``.

        Args:
            group: the candidates of every object.
            values: ``(p,)`` what each object's candidates are split by.
        """
        gt_index, weight = torch.full_like(group.owner, BACKGROUND), torch.ones_like(values)
        for number in group.owner.unique().tolist():
            if number < 0:
                continue
            rows = (group.owner == number).nonzero()[:, 0]
            threshold = otsu_threshold(values[rows])
            gt_index[rows[values[rows] > threshold]] = number
            margin = (values[rows] - threshold).abs() ** self.alpha
            weight[rows] = torch.where(group.ignored[rows], margin, 1.0)
        return gt_index, weight
