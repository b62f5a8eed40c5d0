"""Where the coefficient of the positives goes in: by hand, on RetinaNet, on FCOS, on the RPN, on spans."""

from functools import partial

import pytest
import torch

from locviz.assign import MutualLabelling
from locviz.boxes import CornerCoder
from locviz.losses import dynamic_coefficient, l1_loss
from locviz.models import DenseLoss, fcos_tiny, match_rows, retinanet_tiny
from locviz.models.faster_rcnn.model import faster_rcnn_tiny
from locviz.models.fcos.model import fcos_loss
from locviz.models.retinanet.model import retinanet_loss
from locviz.models.skeletons.coefficient import with_coefficient
from locviz.models.skeletons.sampled_loss import MultiTaskLoss, objectness_loss
from locviz.types import BACKGROUND, IGNORE, Assignment, Predictions, Priors, Targets

REGIONS = torch.tensor([[[0.0, 0, 8, 8], [2, 0, 10, 8], [0, 0, 4, 4], [0, 0, 8, 12]]])


def matched_for(gt_index, weight=None):
    priors = Priors(REGIONS[0], torch.full((4,), 8.0), (4,))
    targets = Targets(boxes=torch.tensor([[0.0, 0, 8, 12]]), labels=torch.tensor([1]), size=(8, 8))
    assignment = Assignment(torch.tensor(gt_index), weight=weight)
    return priors, match_rows([assignment], [targets], priors, coder=CornerCoder())


def test_multiplies_the_positives_and_nothing_else():
    _, matched = matched_for([0, 0, BACKGROUND, IGNORE])
    losses = torch.tensor([[1.0, 2.0, 3.0, 0.0]])
    seen = []

    def coefficient(pred, gt, own):
        seen.append((pred, gt, own))
        return torch.tensor([10.0, 0.5])

    found = with_coefficient(losses, REGIONS, matched, coefficient)
    assert found.tolist() == [[10.0, 1.0, 3.0, 0.0]]
    ((pred, gt, own),) = seen
    assert torch.equal(pred, REGIONS[0, :2])
    assert gt.tolist() == [[0, 0, 8, 12]] * 2
    assert own.tolist() == [1.0, 2.0]


def test_the_dense_loss_by_hand():
    """Two positives with the losses 2 and 2 and a perfect box for the second: 1/2 + tanh of the
    ratios' difference for the first. The sum is kept, so the term is the same; the gradient is not.
    """
    logits = torch.full((1, 4, 2), 0.5, requires_grad=True)
    priors, matched = matched_for([0, BACKGROUND, IGNORE, 0])
    predictions = Predictions(logits, torch.zeros(1, 4, 4), priors, ((8, 8),), torch.ones(1, 2))
    loss = partial(DenseLoss, classification=lambda x, y: (x - y) ** 2, regression=l1_loss)
    plain = loss()(predictions, REGIONS, matched)
    balanced = loss(coefficient=dynamic_coefficient)(predictions, REGIONS, matched)
    for name in plain.terms:
        torch.testing.assert_close(balanced.terms[name], plain.terms[name])
    (before,) = torch.autograd.grad(plain.total, logits)
    (after,) = torch.autograd.grad(balanced.total, logits)
    # Of the first box the centre is 2 of 12 too high, and the ratio is 1 in place of 2/3.
    first = 1 / (torch.sigmoid(torch.tensor(1 / 36)) + torch.tanh(torch.tensor(1 / 3)))
    expected = torch.stack([2 * first / (first + 2), torch.tensor(4.0) / (first + 2)])
    torch.testing.assert_close(after[0, [0, 3]] / before[0, [0, 3]], expected[:, None].expand(2, 2))
    assert torch.equal(after[0, 1], before[0, 1])
    assert after[0, 2].eq(0).all()


def test_the_weights_of_priors_count_in_the_sum():
    weight = torch.tensor([3.0, 1.0, 1.0, 0.25])
    priors, matched = matched_for([0, 0, BACKGROUND, 0], weight)
    predictions = Predictions(
        torch.randn(1, 4, 2), torch.zeros(1, 4, 4), priors, ((8, 8),), torch.ones(1, 2)
    )
    loss = partial(DenseLoss, classification=lambda x, y: (x - y) ** 2, regression=l1_loss)
    plain = loss()(predictions, REGIONS, matched)
    balanced = loss(coefficient=dynamic_coefficient)(predictions, REGIONS, matched)
    torch.testing.assert_close(
        balanced.terms["classification"], plain.terms["classification"], rtol=1e-6, atol=0
    )


def test_the_weights_of_priors_count_in_the_sum_of_a_sampled_stage():
    priors, matched = matched_for([0, 0, BACKGROUND, 0], torch.tensor([3.0, 1.0, 1.0, 0.25]))
    predictions = Predictions(
        torch.randn(1, 4, 1), torch.zeros(1, 4, 4), priors, ((8, 8),), torch.ones(1, 2)
    )
    plain = rpn_loss()(predictions, REGIONS, matched)
    balanced = rpn_loss(coefficient=dynamic_coefficient)(predictions, REGIONS, matched)
    torch.testing.assert_close(
        balanced.terms["classification"], plain.terms["classification"], rtol=1e-6, atol=0
    )


def scene():
    generator = torch.Generator().manual_seed(3)
    images = [torch.rand(3, 64, 64, generator=generator) for _ in range(2)]
    boxes = torch.tensor([[4.0, 4, 36, 20], [30, 30, 60, 62]])
    targets = [
        Targets(boxes=boxes, labels=torch.tensor([0, 2]), size=(64, 64)),
        Targets(boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(64, 64)),
    ]
    return images, targets


rpn_loss = partial(MultiTaskLoss, classification=objectness_loss, regression=l1_loss)
DETECTORS = {
    "retinanet": lambda c: retinanet_tiny(3, loss=retinanet_loss(coefficient=c)),
    "fcos": lambda c: fcos_tiny(3, loss=fcos_loss(coefficient=c)),
    "mutual labelling": lambda c: retinanet_tiny(
        3, assigner=MutualLabelling(), loss=retinanet_loss(coefficient=c)
    ),
    "rpn": lambda c: faster_rcnn_tiny(3, rpn_loss=rpn_loss(coefficient=c)),
}


@pytest.mark.parametrize("name", DETECTORS)
def test_every_detector_keeps_its_losses_and_learns_otherwise(name):
    """All terms to 1e-6, and another gradient in the classification."""
    images, targets = scene()
    found = []
    for coefficient in (None, dynamic_coefficient):
        torch.manual_seed(0)
        detector = DETECTORS[name](coefficient)
        torch.manual_seed(1)  # of the samplers
        losses = detector.loss(images, targets)
        losses.total.backward()
        found.append((losses.terms, [p.grad for p in detector.parameters() if p.grad is not None]))
    (plain, before), (balanced, after) = found
    assert plain.keys() == balanced.keys()
    for key in plain:
        torch.testing.assert_close(balanced[key], plain[key], rtol=1e-6, atol=1e-8)
    assert any(not torch.allclose(a, b, rtol=1e-4) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize("name", DETECTORS)
def test_a_batch_without_objects(name):
    images, targets = scene()
    detector = DETECTORS[name](dynamic_coefficient)
    losses = detector.loss(images[1:], targets[1:])
    losses.total.backward()
    assert torch.isfinite(losses.total)


def test_spans():
    logits = torch.zeros(1, 3, 2, requires_grad=True)
    regions = torch.tensor([[[0.0, 8], [2, 10], [4, 5]]])
    priors = Priors(regions[0], torch.full((3,), 8.0), (3,))
    targets = Targets(boxes=torch.tensor([[0.0, 8]]), labels=torch.tensor([1]), size=(16,))
    assignment = Assignment(torch.tensor([0, 0, BACKGROUND]))
    matched = match_rows([assignment], [targets], priors, coder=CornerCoder())
    predictions = Predictions(logits, torch.zeros(1, 3, 2), priors, ((16,),), torch.ones(1, 1))
    loss = DenseLoss(
        classification=lambda x, y: (x - y) ** 2,
        regression=l1_loss,
        coefficient=dynamic_coefficient,
    )
    (slope,) = torch.autograd.grad(loss(predictions, regions, matched).total, logits)
    assert slope[0, 0, 1].abs() > slope[0, 1, 1].abs() > 0


def test_refuses_a_box_per_class():
    _, matched = matched_for([0, 0, BACKGROUND, IGNORE])
    with pytest.raises(ValueError, match="one region per prior"):
        with_coefficient(
            torch.zeros(1, 4),
            REGIONS[:, :, None].expand(-1, -1, 4, -1),
            matched,
            dynamic_coefficient,
        )
