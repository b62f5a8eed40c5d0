"""The first stage alone: its losses by hand, which anchors train, and what is proposed."""

import math

import pytest
import torch

from locviz.assign import BalancedSampler, GivenSample, InsideImage, rpn_rule
from locviz.boxes import CenterSizeCoder
from locviz.inputs import Inputs, PreparedBatch
from locviz.losses import l1_loss
from locviz.models import MultiTaskLoss, ProposalNetwork, RPNHead, objectness_loss
from locviz.models.faster_rcnn.rpn import input_sizes
from locviz.postprocess import SelectProposals
from locviz.priors import AnchorPriors
from locviz.types import (
    BACKGROUND,
    IGNORE,
    Losses,
    Targets,
)

# One level of stride 8: 4 x 6 cells with anchors of 8 and 16 pixels.
SIZE = (32, 48)
LEVELS = [torch.rand(2, 5, 4, 6, generator=torch.Generator().manual_seed(0))]
BATCH = PreparedBatch(torch.zeros(2, 3, *SIZE), ((32, 48), (32, 40)), torch.ones(2, 2))
IMAGES = Inputs((torch.zeros(3, 32, 48), torch.zeros(3, 32, 40)))


def truth(*boxes, labels=None, size=SIZE) -> Targets:
    labels = torch.tensor([0] * len(boxes) if labels is None else labels, dtype=torch.int64)
    return Targets(boxes=torch.tensor(boxes).float().reshape(-1, 4), labels=labels, size=size)


def network(**stages) -> ProposalNetwork:
    torch.manual_seed(0)
    usual = {
        "priors": AnchorPriors(sizes=((8, 16),), strides=(8,)),
        "head": RPNHead(in_channels=5, num_anchors=2),
        "coder": CenterSizeCoder(),
        "assigner": rpn_rule(),
        "sampler": BalancedSampler(size=8, positive_fraction=0.5),
        "loss": MultiTaskLoss(classification=objectness_loss, regression=l1_loss),
        "select": SelectProposals(pre_nms=20, post_nms=5),
        "select_training": SelectProposals(pre_nms=30, post_nms=9),
    }
    return ProposalNetwork(**(usual | stages))


def test_rows_are_in_the_order_of_the_anchors():
    """A bump at row 1, column 2 answers in both anchors of cell 1 * 6 + 2."""
    model = network()
    bump = torch.zeros(1, 5, 4, 6)
    bump[..., 1, 2] = 1
    with torch.no_grad():
        for layer in (model.head.conv, model.head.logits, model.head.deltas):
            layer.weight.zero_()
            layer.bias.zero_()
        model.head.conv.weight[0, 0, 1, 1] = 1
        model.head.logits.weight[:, 0, 0, 0] = torch.tensor([1.0, 2.0])
        model.head.deltas.weight[:, 0, 0, 0] = torch.arange(8.0)
    logits, deltas, quality = model.head([bump])
    assert quality is None
    assert logits[0, :, 0].nonzero()[:, 0].tolist() == [16, 17]
    assert logits[0, 16:18, 0].tolist() == [1, 2]
    assert deltas[0, 16:18].tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_the_losses_by_hand():
    """One object is the 8-pixel anchor of cell 0 moved by 2 pixels; three anchors are sampled of
    two images.

    The untouched head says 0 everywhere: log 2 for each of the three; the shift of a quarter is the
    L1 error.
    """
    model = network(sampler=GivenSample(torch.tensor([0, 40]), torch.tensor([7])))
    with torch.no_grad():
        for parameter in model.head.parameters():
            parameter.zero_()
    moved = truth((0.5, 0, 8.5, 8), labels=[5])
    assert model.assign(model.predict(BATCH, LEVELS), [moved, truth()])[0].gt_index[0] == 0
    _, losses = model.loss(IMAGES, BATCH, LEVELS, [moved, truth()])
    assert set(losses.terms) == {"rpn_classification", "rpn_regression"}
    assert losses.terms["rpn_classification"].item() == pytest.approx(math.log(2))
    assert losses.terms["rpn_regression"].item() == pytest.approx((0.5 / 8) / 3)


def test_the_assigner_is_asked_about_something_not_about_classes():
    """It sees labels 0 and what the network says, without gradient."""
    seen = []

    def nosy(priors, targets, predicted):
        logits, regions = predicted.logits, predicted.regions
        seen.append((targets.labels.tolist(), logits.shape, regions.shape, logits.requires_grad))
        return rpn_rule()(priors, targets)

    model = network(assigner=nosy)
    model.assign(model.predict(BATCH, LEVELS), [truth((0, 0, 9, 9), labels=[3]), truth()])
    assert seen == [([0], (48, 1), (48, 4), False), ([], (48, 1), (48, 4), False)]


def test_anchors_across_the_border_can_be_left_out():
    """The paper: the 16-pixel anchor of a corner cell crosses the border; the second image ends at
    column 40.
    """
    model = network(assigner=InsideImage(rpn_rule()))
    first, second = model.assign(
        model.predict(BATCH, LEVELS), [truth((0, 0, 8, 8)), truth(size=(32, 40))]
    )
    assert first.gt_index[0] == 0
    assert first.gt_index[1] == IGNORE
    assert (
        network().assign(model.predict(BATCH, LEVELS), [truth(), truth()])[0].gt_index == BACKGROUND
    ).all()
    last_column = torch.arange(48).reshape(4, 6, 2)[:, 5]
    assert (second.gt_index[last_column] == IGNORE).all()


def test_proposals_are_clipped_detached_sorted_and_as_many_as_wanted():
    model = network()
    with torch.no_grad():
        model.head.logits.weight.normal_()
    proposed = model(IMAGES, BATCH, LEVELS)
    assert proposed.priors.regions.shape == (2, 5, 4)
    assert not proposed.priors.regions.requires_grad
    assert not proposed.quality.requires_grad
    assert (proposed.quality.diff(dim=1) <= 0).all()
    for index, (h, w) in enumerate(BATCH.sizes):
        low, high = proposed.priors.of_image(index).regions.chunk(2, -1)
        assert (low >= 0).all()
        assert (high <= torch.tensor([w, h])).all()
    assert proposed.aux[0].logits.shape == (2, 48, 1)
    training, _ = model.loss(IMAGES, BATCH, LEVELS, [truth(), truth()])
    assert training.regions.shape[1] == 9


@pytest.mark.parametrize("training", [True, False])
def test_the_mode_changes_nothing(training):
    model = network().train(training)
    assert model(IMAGES, BATCH, LEVELS).priors.regions.shape[1] == 5


def test_an_image_without_ground_truths_trains_objectness_only():
    model = network()
    _, losses = model.loss(IMAGES, BATCH, LEVELS, [truth(), truth()])
    losses.total.backward()
    assert losses.terms["rpn_regression"] == 0
    assert losses.terms["rpn_classification"].item() == pytest.approx(math.log(2), abs=0.1)
    assert model.head.logits.weight.grad.abs().sum() > 0


def test_the_input_sizes_are_those_without_padding():
    predict = network().predict
    predictions = predict(
        PreparedBatch(BATCH.values, ((20, 31), (32, 40)), torch.tensor([[1.5, 1.6], [1.0, 1.0]])),
        LEVELS,
    )
    assert input_sizes(predictions) == [(32, 46), (32, 40)]


def test_half_of_a_sample_may_be_positive():
    """Sampling happens after assigning: 8 of 48 anchors per image, at most 4 of them positive."""
    model = network(loss=_count)
    _, losses = model.loss(
        IMAGES, BATCH, LEVELS, [truth(*([8.0 * i, 0, 8.0 * i + 8, 8] for i in range(6))), truth()]
    )
    assert losses.terms["rpn_rows"] == 16
    assert losses.terms["rpn_positive"] == 4


def _count(predictions, regions, matched):
    assert matched.gt_index.shape == predictions.logits.shape[:2] == regions.shape[:2]
    return Losses({"rows": matched.num_rows, "positive": matched.num_positive})


def test_a_quality_may_be_predicted_and_changes_nothing_else():
    """0.5 everywhere halves every objectness and changes no order."""
    off, on = network(), network(head=head_with_quality())
    on.head.load_state_dict(off.head.state_dict(), strict=False)
    for model in (off, on):
        torch.nn.init.constant_(model.head.logits.bias, 0.3)
    with torch.no_grad():
        on.head.quality.weight.zero_()
        before, after = (model.predict(BATCH, LEVELS) for model in (off, on))
        assert before.quality is None
        assert after.quality.shape == (2, 48)
        assert torch.equal(before.logits, after.logits)
        assert torch.equal(before.deltas, after.deltas)
        plain, halved = (model(IMAGES, BATCH, LEVELS) for model in (off, on))
    torch.testing.assert_close(halved.quality.sigmoid(), plain.quality.sigmoid() / 2)
    torch.testing.assert_close(halved.priors.regions, plain.priors.regions)


def test_the_quality_ranks_the_proposals():
    """All anchors are as likely, one has the best quality: it is the first proposal."""
    model = network(head=head_with_quality())
    with torch.no_grad():
        for layer in (model.head.logits, model.head.deltas):
            layer.weight.zero_()
        predictions = model.predict(BATCH, LEVELS)
    best = 20
    predictions.quality.fill_(-1.0)[:, best] = 2.0
    proposed = model.propose(predictions, model.select)
    expected = predictions.priors.regions[best].clamp(min=0)
    torch.testing.assert_close(proposed.priors.regions[0, 0], expected)
    sigmoid = torch.tensor([2.0, 0.0]).sigmoid().prod()
    torch.testing.assert_close(proposed.quality[0, 0].sigmoid(), sigmoid)


def head_with_quality() -> RPNHead:
    return RPNHead(in_channels=5, num_anchors=2, predicts_quality=True)
