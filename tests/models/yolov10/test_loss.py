"""The sums of YOLOv10's loss by hand: three priors of 8 x 8 pixels, two classes, two bins per side."""

import math

import pytest
import torch

from locviz.boxes import CenterSizeCoder, DistributionCoder
from locviz.losses import l1_loss
from locviz.models import AlignedLoss, match_rows
from locviz.types import BACKGROUND, IGNORE, Assignment, Predictions, Priors, Targets

CODER = DistributionCoder(reg_max=1)
# Against the ground truth 0 0 8 8 the sums of absolute errors are 4 and 8.
REGIONS = torch.tensor([[[0.0, 0, 4, 8], [0, 0, 4, 4], [20, 20, 30, 30]]])
LOGITS = torch.tensor([[[0.0, 0.0], [2.0, -1.0], [5.0, 4.0]]])
L1 = AlignedLoss(regression=l1_loss)


def entropy(logit: float, target: float) -> float:
    return math.log1p(math.exp(logit)) - target * logit


def losses(assignment: Assignment, loss: AlignedLoss = L1, *, coder=CODER):
    predictions = Predictions(
        logits=LOGITS.clone().requires_grad_(),
        # The bins 0 and 1 of each side, with probabilities 1/4 and 3/4.
        deltas=torch.tensor([0.0, math.log(3)]).repeat(4).expand(1, 3, 8).clone().requires_grad_(),
        priors=Priors(torch.tensor([[0.0, 0, 8, 8]] * 3), torch.full((3,), 8.0), (3,)),
        sizes=((8, 8),),
        scales=torch.ones(1, 2),
    )
    targets = Targets(boxes=torch.tensor([[0.0, 0, 8, 8]]), labels=torch.tensor([1]), size=(8, 8))
    matched = match_rows([assignment], [targets], predictions.priors, coder=coder)
    return loss(predictions, REGIONS, matched)


# The alignments sum to 1.25, which every term is divided by.
TWO = Assignment(torch.tensor([0, 0, BACKGROUND]), quality=torch.tensor([1.0, 0.25, 0.0]))


def test_boxes_count_by_their_alignment():
    answer = losses(TWO)
    assert answer.terms["regression"].item() == pytest.approx((4 * 1 + 8 * 0.25) / 1.25)
    assert answer.weights == {"regression": 7.5, "classification": 0.5, "distribution": 1.5}


def test_class_targets_are_the_alignment_and_every_prior_has_one():
    rows = [(0, 0, 1.0), (2, -1, 0.25), (5, 4, 0.0)]
    by_hand = sum(entropy(a, 0) + entropy(b, target) for a, b, target in rows) / 1.25
    assert losses(TWO).terms["classification"].item() == pytest.approx(by_hand, rel=1e-5)


def test_a_side_of_half_a_stride_wants_both_bins():
    """Half of -ln(1/4) and half of -ln(3/4), the same for all sides and both positives."""
    by_hand = -(math.log(1 / 4) + math.log(3 / 4)) / 2
    assert losses(TWO).terms["distribution"].item() == pytest.approx(by_hand)


def test_little_alignment_is_not_blown_up():
    """Alignments that sum to less than 1 are divided by 1."""
    weak = Assignment(torch.tensor([0, BACKGROUND, BACKGROUND]), quality=torch.tensor([0.5, 0, 0]))
    assert losses(weak).terms["regression"].item() == pytest.approx(4 * 0.5)


def test_an_assigner_without_quality_wants_ones():
    answer = losses(Assignment(torch.tensor([0, 0, BACKGROUND])))
    assert answer.terms["regression"].item() == pytest.approx((4 + 8) / 2)


def test_what_is_ignored_takes_part_in_nothing_and_weights_multiply():
    ignored = Assignment(torch.tensor([0, 0, IGNORE]), quality=TWO.quality)
    rows = [(0, 0, 1.0), (2, -1, 0.25)]
    by_hand = sum(entropy(a, 0) + entropy(b, target) for a, b, target in rows) / 1.25
    assert losses(ignored).terms["classification"].item() == pytest.approx(by_hand, rel=1e-5)
    half = Assignment(TWO.gt_index, quality=TWO.quality, weight=torch.tensor([0.5, 1.0, 1.0]))
    assert losses(half).terms["regression"].item() == pytest.approx(4 * 0.5 + 8 * 0.25)


def test_an_image_without_objects_trains_the_classes_alone():
    nobody = Assignment(torch.full((3,), BACKGROUND))
    answer = losses(nobody, AlignedLoss())
    answer.total.backward()
    assert answer.terms["regression"] == answer.terms["distribution"] == 0
    assert answer.terms["classification"] > 0


def test_a_coder_without_distributions_is_refused():
    with pytest.raises(ValueError, match=r"CenterSizeCoder has not.*DistributionCoder"):
        losses(TWO, coder=CenterSizeCoder())
