import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz import boxes, losses
from locviz.experiments.box_descent import (
    CenterSize,
    Corners,
    Offsets,
    descend,
    gradient,
    two_minus_iou,
)

START, TARGET = torch.tensor([[0.0, 0, 2, 2]]), torch.tensor([[5.0, 6, 8, 9]])
SPACES = [
    Corners(),
    CenterSize(),
    Offsets(torch.tensor([[1.0, 1, 5, 7]])),
    Offsets(TARGET, boxes.SideDistanceCoder()),
]


@pytest.mark.parametrize("space", SPACES, ids=lambda space: type(space).__name__)
def test_parametrisations_are_round_trips(space):
    torch.testing.assert_close(space.decode(space.encode(START)), START)


def test_one_step_of_l2_by_hand():
    path = descend(START, TARGET, losses.l2_loss, steps=1, lr=0.25)
    assert torch.equal(path, torch.stack([START, (START + TARGET) / 2]))  # d - .25 * 2 d


def test_in_centre_and_size_a_side_moves_by_half_of_what_the_width_grows():
    pull = gradient(
        losses.l1_loss, CenterSize().encode(START), torch.tensor([[0.0, 0, 3, 2]]), CenterSize()
    )
    assert pull.tolist() == [[-1, 0, -0.5, 0]]


def test_schedule_and_scale_act_on_each_step():
    rates = [0.5, 0.0, 0.25]
    path = descend(
        START,
        TARGET,
        losses.l2_loss,
        steps=3,
        lr=rates.__getitem__,
        scale=lambda regions, _: torch.full((1,), 0.5),
    )
    distance = TARGET - START
    for frame, rest in zip(path, [1, 0.5, 0.5, 0.375], strict=True):
        torch.testing.assert_close(TARGET - frame, distance * rest)


def test_two_minus_iou():
    assert two_minus_iou(START, TARGET) == 2
    assert two_minus_iou(START, START) == 1


@pytest.mark.parametrize("name", ["giou", "diou", "ciou", "eiou"])
@pytest.mark.parametrize("dim", [1, 2])
def test_coupled_losses_bring_a_distant_box_home(name, dim):
    start, target = (START, TARGET) if dim == 2 else (START[:, ::2], TARGET[:, ::2])
    path = descend(
        start,
        target,
        losses.LIVE_LOSSES[name],
        steps=800,
        lr=lambda i: 0.5 * (1 - i / 800),
        parametrisation=CenterSize(),
    )
    ious = boxes.iou(path[:, 0], target.expand(801, -1))
    assert ious[0] == 0
    assert ious[-1] > 0.95


def test_iou_leaves_a_distant_box_where_it_is():
    path = descend(START, TARGET, losses.iou_loss, steps=20, lr=1.0)
    assert torch.equal(path[-1], START)


@given(seed=st.integers(0, 10**6))
def test_regions_do_not_influence_each_other(seed):
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(4, 2, generator=generator) * 5
    regions = torch.cat([low, low + 1 + torch.rand(4, 2, generator=generator)], -1)
    together = descend(regions[:2], regions[2:], losses.giou_loss, steps=5, lr=0.1)
    alone = descend(regions[:1], regions[2:3], losses.giou_loss, steps=5, lr=0.1)
    torch.testing.assert_close(together[:, :1], alone)


def test_no_regions_and_no_steps():
    assert descend(
        torch.zeros(0, 4), torch.zeros(0, 4), losses.ciou_loss, steps=3, lr=0.1
    ).shape == (4, 0, 4)
    assert torch.equal(descend(START, TARGET, losses.ciou_loss, steps=0, lr=0.1), START[None])


def test_nothing_given_is_changed():
    start, target = START.clone(), TARGET.clone()
    descend(start, target, losses.giou_loss, steps=2, lr=0.1)
    assert torch.equal(start, START)
    assert torch.equal(target, TARGET)
    assert not start.requires_grad


def test_refuses_bad_input():
    with pytest.raises(ValueError, match="steps must be"):
        descend(START, TARGET, losses.l1_loss, steps=-1, lr=0.1)
    with pytest.raises(ValueError, match="start has high < low"):
        descend(-START, TARGET, losses.l1_loss, steps=1, lr=0.1)
    with pytest.raises(ValueError, match="target holds NaN"):
        descend(START, TARGET * float("nan"), losses.l1_loss, steps=1, lr=0.1)


@pytest.mark.usefixtures("unchecked")
def test_refuses_shapes_that_differ():
    with pytest.raises(ValueError, match="target must have the shape"):
        descend(START, TARGET.expand(2, 4), losses.l1_loss, steps=1, lr=0.1)
