"""The second stage alone: what it trains on, what it says, and how rows of images of different
lengths stay apart.
"""

import pytest
import torch

from locviz.assign import BalancedSampler, MaxIoU
from locviz.boxes import CenterSizeCoder
from locviz.inputs import PreparedBatch
from locviz.layers.roi_pooling import RoIAlign
from locviz.losses import l1_loss
from locviz.models import MultiTaskLoss, RoIHead, RoIStage
from locviz.models.skeletons.region_stage import (
    Proposed,
    as_proposed,
    keep_all,
    padded,
    with_ground_truths,
)
from locviz.types import (
    BACKGROUND,
    Priors,
    Targets,
)

SIZE = (32, 48)
FIRST, SECOND = torch.tensor([[0.0, 0, 16, 16], [20, 4, 40, 30]]), torch.tensor([[8.0, 8, 24, 20]])
LEVELS = [torch.rand(2, 6, 8, 12, generator=torch.Generator().manual_seed(0))]
BATCH = PreparedBatch(torch.zeros(2, 3, *SIZE), (SIZE, SIZE), torch.ones(2, 2))


def truth(*boxes, labels=None, **more) -> Targets:
    labels = torch.tensor([0] * len(boxes) if labels is None else labels, dtype=torch.int64)
    return Targets(
        boxes=torch.tensor(boxes).float().reshape(-1, 4), labels=labels, size=SIZE, **more
    )


def stage(**stages) -> RoIStage:
    torch.manual_seed(0)
    usual = {
        "pool": RoIAlign(output_size=3, stride=4),
        "head": RoIHead(in_channels=6, resolution=3, num_classes=2, hidden=8),
        "coder": CenterSizeCoder(weights=(10.0, 5.0)),
        "assigner": MaxIoU(positive=0.5, negative=0.5),
        "sampler": keep_all,
        "loss": MultiTaskLoss(regression=l1_loss),
    }
    return RoIStage(**(usual | stages))


def test_rows_of_each_image_are_its_own_and_padding_is_zero():
    """The second image alone gives what it gives beside a longer first."""
    model = stage()
    together = model(LEVELS, Proposed(padded([FIRST, SECOND])), BATCH)
    assert together.logits.shape == (2, 2, 3)
    assert together.deltas.shape == (2, 2, 12)
    assert together.priors.valid.tolist() == [[True, True], [True, False]]
    assert together.logits[1, 1].tolist() == [0, 0, 0]
    alone_batch = PreparedBatch(BATCH.values[1:], BATCH.sizes[1:], BATCH.scales[1:])
    alone = model([LEVELS[0][1:]], Proposed(padded([SECOND])), alone_batch)
    torch.testing.assert_close(together.logits[1, :1], alone.logits[0])


def test_untrained_boxes_lie_on_their_proposals():
    """Deltas start at a thousandth: decoded boxes are their proposals, one for each class and the
    background.
    """
    model = stage()
    predictions = model(LEVELS, Proposed(padded([FIRST, SECOND])), BATCH)
    boxes = model.decode(predictions)
    assert boxes.shape == (2, 2, 3, 4)
    torch.testing.assert_close(boxes[0], FIRST[:, None].expand(2, 3, 4), atol=0.1, rtol=0)


def test_one_box_for_all_classes():
    model = stage(head=RoIHead(in_channels=6, resolution=3, num_classes=2, hidden=8, num_boxes=1))
    predictions = model(LEVELS, Proposed(padded([FIRST, SECOND])), BATCH)
    assert predictions.deltas.shape == (2, 2, 4)
    assert model.decode(predictions).shape == (2, 2, 1, 4)


def test_ground_truths_train_too_unless_they_are_set_apart():
    crowd = torch.tensor([False, True, False])
    ignore = torch.tensor([False, False, True])
    targets = truth((1, 1, 9, 9), (0, 0, 40, 30), (3, 3, 7, 7), crowd=crowd, ignore=ignore)
    proposals = padded([FIRST]).of_image(0)
    assert with_ground_truths(proposals, targets).tolist() == [*FIRST.tolist(), [1, 1, 9, 9]]
    assert as_proposed(proposals, targets) is proposals.regions


def test_a_sample_keeps_the_order_of_its_candidates_and_their_owners():
    """(0 0 16 16) overlaps the first object by 0.5625, (20 4 40 30) nothing; both objects come
    after.
    """
    targets = truth((0, 0, 12, 12), (20, 2, 28, 9), labels=[1, 0])
    sample = stage().sample(padded([FIRST]).of_image(0), targets)
    assert sample.regions.tolist() == [*FIRST.tolist(), [0, 0, 12, 12], [20, 2, 28, 9]]
    assert sample.gt_index.tolist() == [0, BACKGROUND, 0, 1]
    assert sample.positive.tolist() == [True, False, True, True]
    few = stage(sampler=BalancedSampler(size=2, positive_fraction=0.5)).sample(
        padded([FIRST]).of_image(0), targets
    )
    assert few.positive.sum() == 1
    assert len(few.regions) == 2


def test_the_loss_by_hand():
    """Even logits over two classes and background. One image, two regions: one is its object moved
    by a tenth.
    """
    model = stage(candidates=as_proposed)
    with torch.no_grad():
        for parameter in model.head.parameters():
            parameter.zero_()
    rois = torch.tensor([[0.0, 0, 20, 20], [24, 0, 40, 16]])
    targets = truth((2, 0, 22, 20), labels=[1])  # IoU 18 / 22; shift 2 / 20, times the coder's 10
    losses = model.loss([LEVELS[0][:1]], padded([rois]), [targets])
    assert losses.terms["classification"].item() == pytest.approx(torch.tensor(3.0).log().item())
    assert losses.terms["regression"].item() == pytest.approx(1.0 / 2)


def test_labels_reach_their_columns():
    """A stage that is sure of label 1 costs nothing for label 1 and much for label 0: class 0 is no
    background.
    """
    model = stage(candidates=as_proposed)
    with torch.no_grad():
        model.head.logits.weight.zero_()
        model.head.logits.bias.copy_(torch.tensor([0.0, 0.0, 20.0]))
    rois = padded([torch.tensor([[0.0, 0, 20, 20]])])
    costs = [
        model.loss([LEVELS[0][:1]], rois, [truth((0, 0, 20, 20), labels=[label])])
        .terms["classification"]
        .item()
        for label in (0, 1)
    ]
    assert costs == pytest.approx([20.0, 0.0], abs=1e-3)


def test_gradients_reach_head_and_maps_but_not_the_regions():
    model = stage()
    level = LEVELS[0].clone().requires_grad_()
    rois = FIRST.clone().requires_grad_()
    proposals = Priors(rois[None].expand(2, 2, 4), torch.zeros(2), (2,))
    model.loss(
        [level], proposals, [truth((0, 0, 15, 15)), truth((20, 4, 40, 30), labels=[1])]
    ).total.backward()
    assert level.grad.abs().sum() > 0
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in model.head.parameters())
    assert rois.grad is None


def test_images_without_regions_or_ground_truths():
    model = stage()
    nothing = padded([torch.zeros(0, 4), torch.zeros(0, 4)])
    predictions = model(LEVELS, Proposed(nothing), BATCH)
    assert predictions.logits.shape == (2, 0, 3)
    losses = model.loss(LEVELS, nothing, [truth(), truth()])
    losses.total.backward()
    assert losses.total == 0
    some = model.loss(LEVELS, padded([FIRST, torch.zeros(0, 4)]), [truth(), truth()])
    assert some.terms["regression"] == 0
    assert some.terms["classification"] > 0


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="num_boxes must be 1 or 4"):
        RoIHead(in_channels=6, resolution=3, num_classes=3, num_boxes=3)
    for label in (-1, 2):
        with pytest.raises(ValueError, match=f"label {label} but the model has 2 classes"):
            stage().loss([LEVELS[0][:1]], padded([FIRST]), [truth((0, 0, 9, 9), labels=[label])])
