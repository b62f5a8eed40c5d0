import pytest
import torch

from locviz import losses
from locviz.losses.checks import check_pair

ALL = [
    *losses.LIVE_LOSSES.values(),
    losses.focal_l1_loss,
    losses.focal_eiou_loss,
    losses.log_iou_loss,
    losses.SelfAdjustingSmoothL1(),
]


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4), (5, 3), (4, 1)])
def test_refuses_what_is_no_list_of_regions(shape):
    with pytest.raises(ValueError, match="pred must be"):
        check_pair(torch.zeros(shape), torch.zeros(shape))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("loss", ALL)
@pytest.mark.parametrize("shape", [(1, 4), (4,), (3, 2), (2, 4)])
def test_every_loss_refuses_to_broadcast(loss, shape):
    with pytest.raises(ValueError, match="gt must have the shape of pred"):
        loss(torch.zeros(3, 4), torch.zeros(shape))


@pytest.mark.parametrize("loss", ALL)
@pytest.mark.parametrize("coords", [2, 4])
def test_zero_pairs_give_a_zero_that_back_propagates(loss, coords):
    if isinstance(loss, losses.SelfAdjustingSmoothL1):
        loss = losses.SelfAdjustingSmoothL1(num_coords=coords)
    pred = torch.zeros(0, coords, requires_grad=True)
    value = loss(pred, torch.zeros(0, coords))
    assert value.shape == (0,)
    value.sum().backward()
    assert value.sum() == 0
    assert pred.grad is not None
    assert pred.grad.shape == (0, coords)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("loss", ALL)
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.int64, torch.uint8])
def test_large_boxes_in_small_types_have_finite_losses(loss, dtype):
    """800 pixels square to more than float16 holds; whole numbers are compared as they are."""
    side = 250 if dtype == torch.uint8 else 800
    pred, gt = (
        torch.tensor([[0, 0, 8, 8], [0, 0, side, side]]).to(dtype),
        torch.tensor([[0, 0, side, side]] * 2).to(dtype),
    )
    value = loss(pred, gt)
    assert value.dtype == torch.float32
    assert torch.isfinite(value).all()
    assert value[0] > value[1]
    torch.testing.assert_close(value, loss(pred.float(), gt.float()))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("loss", ALL)
def test_refuses_what_is_no_tensor(loss):
    with pytest.raises(TypeError, match="pred must be a tensor, got list"):
        loss([[0.0, 0.0, 1.0, 1.0]], torch.zeros(1, 4))
    with pytest.raises(TypeError, match="gt must be a tensor, got list"):
        loss(torch.zeros(1, 4), [[0.0, 0.0, 1.0, 1.0]])


def random_pairs(num):
    generator = torch.Generator().manual_seed(0)
    low = torch.rand(2, num, 2, generator=generator)
    return torch.cat([low, low + 0.1 + torch.rand(2, num, 2, generator=generator)], -1)


def at_rest(loss):
    """The loss without the statistics that move: one pair and five must see the same beta."""
    return loss.eval() if isinstance(loss, torch.nn.Module) else loss


@pytest.mark.parametrize("loss", ALL)
def test_one_pair_is_a_row_of_many(loss):
    pred, gt = random_pairs(5)
    rows = at_rest(loss)(pred, gt)
    one = at_rest(loss)(pred[3], gt[3])
    assert one.shape == ()
    assert one == rows[3]


def test_one_pair_moves_no_statistics():
    loss = losses.SelfAdjustingSmoothL1()
    loss(torch.ones(4), torch.zeros(4))
    assert loss.running_var.tolist() == [0] * 4


@pytest.mark.parametrize("loss", ALL)
def test_reductions(loss):
    pred, gt = random_pairs(5)
    rows = at_rest(loss)(pred, gt)
    torch.testing.assert_close(at_rest(loss)(pred, gt, reduction="sum"), rows.sum())
    torch.testing.assert_close(at_rest(loss)(pred, gt, reduction="mean"), rows.mean())


@pytest.mark.parametrize("loss", ALL)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_reduced_zero_pairs_are_zero_and_back_propagate(loss, reduction):
    """torch's mean of nothing is NaN."""
    pred = torch.zeros(0, 4, requires_grad=True)
    value = loss(pred, torch.zeros(0, 4), reduction=reduction)
    value.backward()
    assert value == 0
    assert pred.grad.shape == (0, 4)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("loss", ALL)
def test_refuses_another_reduction(loss):
    with pytest.raises(
        ValueError, match="reduction must be 'none', 'mean' or 'sum', got 'average'"
    ):
        loss(torch.zeros(1, 4), torch.zeros(1, 4), reduction="average")
