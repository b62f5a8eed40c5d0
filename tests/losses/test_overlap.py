import math

import pytest
import torch
import torchvision.ops as tv
from hypothesis import given
from hypothesis import strategies as st

from locviz import boxes, losses

COUPLED = {
    "iou": losses.iou_loss,
    "giou": losses.giou_loss,
    "diou": losses.diou_loss,
    "ciou": losses.ciou_loss,
    "eiou": losses.eiou_loss,
}
VARIANTS = {
    **COUPLED,
    "ciou_differentiated": lambda p, t: losses.ciou_loss(p, t, alpha="differentiated"),
    "focal_eiou": losses.focal_eiou_loss,
    "focal_eiou_differentiated": lambda p, t: losses.focal_eiou_loss(p, t, weight="differentiated"),
    "log_iou": losses.log_iou_loss,
    "squared_iou": losses.squared_iou_loss,
}
seeds = st.integers(0, 10**6)


def random_regions(seed: int, num: int, dim: int = 2) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(num, dim, generator=generator, dtype=torch.float64) * 30
    return torch.cat(
        [low, low + torch.rand(num, dim, generator=generator, dtype=torch.float64) * 20 + 0.5], -1
    )


def value_and_grad(loss, pred, gt):
    pred = pred.clone().requires_grad_()
    value = loss(pred, gt)
    return value.detach(), torch.autograd.grad(value.sum(), pred)[0]


# Published test cases: a quarter inside, corner to corner, side by side, half inside with the same
# and another aspect.
GOLDEN = [
    ("giou", [0, 0, 1, 1], [0, 0, 2, 2], 0.75),
    ("diou", [0, 0, 1, 1], [0, 0, 2, 2], 0.8125),
    ("ciou", [0, 0, 1, 1], [0, 0, 2, 2], 0.8125),
    ("eiou", [0, 0, 1, 1], [0, 0, 2, 2], 0.8125 + 2 / 4),
    ("giou", [0, 0, 1, 1], [1, 1, 2, 2], 1.5),
    ("diou", [0, 0, 1, 1], [1, 1, 2, 2], 1.25),
    ("iou", [0, 0, 1, 1], [1, 1, 2, 2], 1.0),
    ("giou", [0, 0, 1, 1], [1, 0, 2, 1], 1.0),
    ("diou", [0, 0, 1, 2], [0, 0, 2, 2], 0.53125),
    ("ciou", [0, 0, 1, 2], [0, 0, 2, 2], 0.5345),
]


@pytest.mark.parametrize(("name", "pred", "gt", "value"), GOLDEN)
def test_golden_values(name, pred, gt, value):
    loss = COUPLED[name](torch.tensor([pred]) * 1.0, torch.tensor([gt]) * 1.0)
    assert loss.item() == pytest.approx(value, abs=5e-5)


ORACLES = [
    (losses.giou_loss, tv.generalized_box_iou_loss),
    (losses.diou_loss, tv.distance_box_iou_loss),
    (losses.ciou_loss, tv.complete_box_iou_loss),
]


@pytest.mark.parametrize(("ours", "theirs"), ORACLES)
@given(seed=seeds)
def test_values_and_gradients_as_torchvision(ours, theirs, seed):
    pair = random_regions(seed, 30), random_regions(seed + 1, 30)
    for a, b in zip(value_and_grad(ours, *pair), value_and_grad(theirs, *pair), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-5, atol=1e-6)


def test_ciou_with_alpha_differentiated_is_not_torchvisions():
    pair = random_regions(0, 30), random_regions(1, 30)
    _, ours = value_and_grad(VARIANTS["ciou_differentiated"], *pair)
    _, theirs = value_and_grad(tv.complete_box_iou_loss, *pair)
    assert (ours - theirs).abs().max() > 1e-4


@pytest.mark.parametrize("name", COUPLED)
@given(seed=seeds, dim=st.sampled_from([1, 2]))
def test_loss_is_one_minus_the_measure(name, seed, dim):
    pred, gt = random_regions(seed, 10, dim), random_regions(seed + 1, 10, dim)
    assert torch.equal(COUPLED[name](pred, gt), 1 - getattr(boxes, name)(pred, gt))


def test_iou_alone_does_not_pull_what_is_apart_and_the_others_do():
    pred, gt = torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[5.0, 6, 8, 9]])
    for name, loss in COUPLED.items():
        _, grad = value_and_grad(loss, pred, gt)
        assert (grad.abs().sum() > 0) == (name != "iou")


def test_diou_is_blind_to_size_around_one_centre_and_eiou_is_not():
    pred, gt = torch.tensor([[2.0, 2, 4, 4]]), torch.tensor([[0.0, 0, 6, 6]])
    assert torch.equal(losses.diou_loss(pred, gt), losses.iou_loss(pred, gt))
    assert torch.equal(losses.ciou_loss(pred, gt), losses.iou_loss(pred, gt))  # same aspect
    assert losses.eiou_loss(pred, gt).item() == pytest.approx(1 - 4 / 36 + 2 * (4 / 6) ** 2)


# --- logarithm
# --------------------------------------------------------------------------------------------------------


def test_log_iou_by_hand():
    pair = torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[1.0, 1, 3, 3]])  # I = 1, U = 7
    assert losses.log_iou_loss(*pair).item() == pytest.approx(math.log(8 / 2))
    assert losses.log_iou_loss(*pair, smoothing=1e-9).item() == pytest.approx(math.log(7))


@pytest.mark.parametrize("smoothing", [0.0, -1.0])
def test_log_iou_refuses_no_smoothing(smoothing):
    with pytest.raises(ValueError, match="smoothing must be positive"):
        losses.log_iou_loss(torch.zeros(1, 4), torch.zeros(1, 4), smoothing=smoothing)


# --- Focal-EIoU
# -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", ["detached", "differentiated"])
@given(seed=seeds, gamma=st.sampled_from([0.0, 0.5, 1.0, 2.0]))
def test_focal_eiou_value(weight, seed, gamma):
    pred, gt = random_regions(seed, 20), random_regions(seed + 1, 20)
    expected = boxes.iou(pred, gt) ** gamma * losses.eiou_loss(pred, gt)
    torch.testing.assert_close(
        losses.focal_eiou_loss(pred, gt, gamma=gamma, weight=weight), expected
    )


@pytest.mark.parametrize("weight", ["detached", "differentiated"])
@given(seed=seeds)
def test_focal_eiou_with_gamma_zero_is_eiou(weight, seed):
    pair = random_regions(seed, 20), random_regions(seed + 1, 20)
    focal = value_and_grad(
        lambda p, t: losses.focal_eiou_loss(p, t, gamma=0.0, weight=weight), *pair
    )
    for a, b in zip(focal, value_and_grad(losses.eiou_loss, *pair), strict=True):
        torch.testing.assert_close(a, b)


def test_focal_eiou_detached_only_scales_the_gradient():
    pred, gt = torch.tensor([[0.0, 0, 4, 4]]), torch.tensor([[1.0, 2, 4, 6]])
    _, plain = value_and_grad(losses.eiou_loss, pred, gt)
    _, focal = value_and_grad(losses.focal_eiou_loss, pred, gt)
    _, whole = value_and_grad(VARIANTS["focal_eiou_differentiated"], pred, gt)
    torch.testing.assert_close(focal, plain * boxes.iou(pred, gt).sqrt())
    assert not torch.allclose(whole, focal, rtol=1e-2)


def test_focal_eiou_differentiated_is_the_slope():
    pair = random_regions(3, 30), random_regions(4, 30)
    keep = boxes.iou(*pair) > 0.01
    pred, gt = pair[0][keep].requires_grad_(), pair[1][keep]
    assert len(pred) > 2
    assert torch.autograd.gradcheck(
        VARIANTS["focal_eiou_differentiated"], (pred, gt), eps=1e-7, atol=1e-5
    )


@pytest.mark.parametrize("weight", ["detached", "differentiated"])
def test_focal_eiou_does_not_pull_what_is_apart(weight):
    pair = torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[5.0, 6, 8, 9]])
    value, grad = value_and_grad(lambda p, t: losses.focal_eiou_loss(p, t, weight=weight), *pair)
    assert value == 0
    assert (grad == 0).all()


@pytest.mark.usefixtures("unchecked")
def test_focal_eiou_refuses_bad_options():
    pair = torch.zeros(1, 4), torch.zeros(1, 4)
    with pytest.raises(ValueError, match="gamma must be"):
        losses.focal_eiou_loss(*pair, gamma=-1.0)
    with pytest.raises(ValueError, match="weight must be"):
        losses.focal_eiou_loss(*pair, weight="constant")  # type: ignore[arg-type]


# --- every valid pair
# -------------------------------------------------------------------------------------------------

COORDINATES = [-1e4, -3.0, 0.0, 1e-30, 1e-6, 0.5, 1.0, 1.0000001, 3.0, 1e4]


@pytest.mark.parametrize("name", VARIANTS)
@given(data=st.data(), dim=st.sampled_from([1, 2]), identical=st.booleans())
def test_finite_for_every_valid_pair(name, data, dim, identical):
    def region():
        corners = [
            sorted(data.draw(st.lists(st.sampled_from(COORDINATES), min_size=2, max_size=2)))
            for _ in range(dim)
        ]
        return torch.tensor([[low for low, _ in corners] + [high for _, high in corners]])

    pred = region()
    value, grad = value_and_grad(VARIANTS[name], pred, pred.clone() if identical else region())
    assert torch.isfinite(value).all()
    assert torch.isfinite(grad).all()


def test_live_losses_are_the_eight_in_order():
    assert list(losses.LIVE_LOSSES) == [
        "l1",
        "smooth_l1",
        "l2",
        "iou",
        "giou",
        "diou",
        "ciou",
        "eiou",
    ]
    for name, loss in losses.LIVE_LOSSES.items():
        assert loss.__name__ == f"{name}_loss"


def test_squared_iou_by_hand():
    """IoU 1/4: one minus a sixteenth. Growing the inner box's right side by e makes the IoU (1 + e)
    / 4: slope 1/4, times -2 IoU.
    """
    value, grad = value_and_grad(
        losses.squared_iou_loss, torch.tensor([[0.0, 0, 1, 1]]), torch.tensor([[0.0, 0, 2, 2]])
    )
    assert value.item() == pytest.approx(15 / 16)
    assert grad[0, 2].item() == pytest.approx(-2 * 0.25 * 0.25)
