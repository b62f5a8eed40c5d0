import pytest
import torch
from torchvision.models.detection._utils import SSDMatcher
from torchvision.ops import box_iou

from locviz.assign import MaxIoU, SSDRule, force_last_object, no_force
from locviz.priors import ssd300_boxes
from locviz.types import Priors, Targets

SSD300 = [(38, 38), (19, 19), (10, 10), (5, 5), (3, 3), (1, 1)]


def targets_of(boxes, **flags) -> Targets:
    boxes = torch.as_tensor(boxes, dtype=torch.float32)
    return Targets(
        boxes=boxes, labels=torch.zeros(len(boxes), dtype=torch.int64), size=(300, 300), **flags
    )


def random_targets(seed, num):
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(num, 2, generator=generator) * 250
    return targets_of(torch.cat([low, low + 4 + torch.rand(num, 2, generator=generator) * 90], 1))


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("num", [1, 12])
def test_with_the_last_object_it_is_torchvisions(seed, num):
    priors = ssd300_boxes()(SSD300, input_size=(300, 300))
    targets = random_targets(seed, num)
    theirs = SSDMatcher(0.5)(box_iou(targets.boxes, priors.regions))
    assert torch.equal(SSDRule(force=force_last_object)(priors, targets).gt_index, theirs)


@pytest.mark.parametrize("seed", range(3))
def test_every_object_has_a_prior(seed):
    priors = ssd300_boxes()(SSD300, input_size=(300, 300))
    targets = random_targets(seed, 40)
    answer = SSDRule()(priors, targets).gt_index
    assert (answer[answer >= 0].bincount(minlength=40) > 0).all()
    alone = SSDRule(force=no_force)(priors, targets).gt_index
    assert torch.equal(alone, MaxIoU(positive=0.5, negative=0.5)(priors, targets).gt_index)
    assert (alone[alone >= 0].bincount(minlength=40) == 0).any()


def test_who_gets_the_prior_that_two_want():
    """Both boxes like the first prior best; the first box likes it more, the second comes later in
    the list.
    """
    priors = Priors(torch.tensor([[0.0, 0, 10, 10], [8, 0, 18, 10]]), torch.full((2,), 10.0), (2,))
    targets = targets_of([[1, 0, 10, 10], [3, 0, 12, 10]])
    # IoU of the first box: 0.9 and 2/17; of the second: 7/12 and 4/15.
    assert SSDRule()(priors, targets).gt_index.tolist() == [0, 1]
    assert SSDRule(force=force_last_object)(priors, targets).gt_index.tolist() == [1, -1]


def test_threshold_is_reached_by_equality():
    priors = Priors(
        torch.tensor([[0.0, 0, 10, 10], [0, 0, 5, 10], [0, 0, 4, 10]]), torch.full((3,), 10.0), (3,)
    )
    assert SSDRule()(priors, targets_of([[0, 0, 10, 10]])).gt_index.tolist() == [0, 0, -1]


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="threshold must be an IoU"):
        SSDRule(threshold=0.0)
