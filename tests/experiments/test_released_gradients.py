from dataclasses import fields, replace
from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.experiments.regression_race import exact
from locviz.experiments.released_gradients import (
    EXACT,
    RELEASED,
    Mistakes,
    ciou_gradient,
    diou_gradient,
    giou_gradient,
    iou_gradient,
)
from locviz.losses import LIVE_LOSSES

HAND_WRITTEN = {
    "iou": iou_gradient,
    "giou": giou_gradient,
    "diou": diou_gradient,
    "ciou": ciou_gradient,
}


def random_pairs(seed: int, num: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    pred, gt = torch.rand(2, num, 4, generator=generator, dtype=torch.float64).unbind(0)
    scale = torch.tensor([5.0, 5, 2, 2], dtype=torch.float64)
    shift = torch.tensor([0.0, 0, 0.3, 0.3], dtype=torch.float64)
    return pred * scale + shift, gt * scale + shift


@pytest.mark.parametrize("name", HAND_WRITTEN)
@given(seed=st.integers(0, 10**6))
def test_without_mistakes_it_is_autograds(name, seed):
    pairs = random_pairs(seed)
    torch.testing.assert_close(
        HAND_WRITTEN[name](*pairs), exact(LIVE_LOSSES[name])(*pairs), rtol=1e-5, atol=1e-6
    )


CONCERNS = {
    "unguarded_overlap": {"giou"},
    "hull_sign": {"diou", "ciou"},
    "hull_cross_terms": {"diou", "ciou"},
    "doubled_size": {"iou", "giou", "diou", "ciou"},
    "unscaled_aspect": {"ciou"},
}


@pytest.mark.parametrize("mistake", [field.name for field in fields(Mistakes)])
@pytest.mark.parametrize("name", HAND_WRITTEN)
def test_each_mistake_changes_exactly_the_losses_it_is_in(name, mistake):
    pairs = random_pairs(0)
    changed = HAND_WRITTEN[name](*pairs, Mistakes(**{mistake: True}))
    assert torch.equal(changed, HAND_WRITTEN[name](*pairs)) == (name not in CONCERNS[mistake])


def one(*numbers: float) -> torch.Tensor:
    return torch.tensor([numbers], dtype=torch.float64)


# Two boxes of 2 x 2 with their centres (4, 0) apart. Hull 6 x 2, union 8, diagonal squared 40,
# distance squared 16.
APART = one(0, 0, 2, 2), one(4, 0, 2, 2)


def test_giou_apart_by_hand():
    # Loss 2 - U / C with U = w h + 4 and C = (5 + w / 2 - x) * hull height, whose slope by h is 0:
    # neither side sticks out strictly. By x: U / C**2 * dC = 8 / 144 * -2; by w: -(2 * 12 - 8 * 1)
    # / 144; by h: -2 / 12.
    torch.testing.assert_close(giou_gradient(*APART), one(-16 / 144, 0, -16 / 144, -2 / 12))


def test_giou_unguarded_by_hand():
    # I = -2 * 2, so U = 12 = C; dI by x = 2, by w = 2 / 2, by h = 0 (a tie is not strictly inside).
    # U by x -2, by w 2 - 1, by h 2; C by x -2, by w 1 (half of the hull's height), by h 0.
    expected = (
        -torch.tensor([[(-2 * 12 + 12 * 2), 0, (1 * 12 - 12 * 1), 2 * 12]], dtype=torch.float64)
        / 144
    )
    torch.testing.assert_close(giou_gradient(*APART, Mistakes(unguarded_overlap=True)), expected)


def test_diou_apart_by_hand():
    # Distance over diagonal, (16 * 40' ...): by x (2 * -4 * 40 - 16 * 2 * 6 * -1) / 1600, by w -16
    # * 2 * 6 * .5 / 1600.
    torch.testing.assert_close(diou_gradient(*APART), one((-320 + 192) / 1600, 0, -96 / 1600, 0))


def test_diou_with_the_wrong_sign_is_pulled_harder():
    wrong = diou_gradient(*APART, Mistakes(hull_sign=True))
    torch.testing.assert_close(wrong, one((-320 - 192) / 1600, 0, -96 / 1600, 0))


def test_diou_with_cross_terms_by_hand():
    # The hull's height, 2, now also "depends" on x (slope -1) and w (.5): 2 * 2 * -1 and 2 * 2 * .5
    # more diagonal.
    crossed = diou_gradient(*APART, Mistakes(hull_cross_terms=True))
    torch.testing.assert_close(
        crossed, one((-320 + 16 * (12 + 4)) / 1600, 0, -16 * (6 + 2) / 1600, 0)
    )


def test_a_box_that_sticks_out_at_both_ends_grows_with_the_wrong_sign():
    around = one(0.5, 0, 8, 2), one(0, 0, 2, 4)
    right, wrong = diou_gradient(*around), diou_gradient(*around, Mistakes(hull_sign=True))
    iou = iou_gradient(*around)
    assert (right - iou)[0, 2] < 0
    torch.testing.assert_close((wrong - iou)[0, 2], -(right - iou)[0, 2])


def test_doubled_size_doubles_the_slope_by_size_alone():
    pairs = random_pairs(1)
    for name in ("iou", "giou"):
        right, wrong = (
            HAND_WRITTEN[name](*pairs),
            HAND_WRITTEN[name](*pairs, Mistakes(doubled_size=True)),
        )
        torch.testing.assert_close(wrong, right * torch.tensor([1.0, 1, 2, 2], dtype=torch.float64))


def test_unscaled_aspect_is_the_exact_term_times_the_squared_diagonal_of_the_box():
    pred, gt = random_pairs(2)
    diou = diou_gradient(pred, gt)
    right = ciou_gradient(pred, gt) - diou
    wrong = ciou_gradient(pred, gt, Mistakes(unscaled_aspect=True)) - diou
    torch.testing.assert_close(wrong, right * pred[:, 2:].square().sum(-1, keepdim=True))


def test_released_is_all_of_them():
    assert replace(EXACT, **{field.name: True for field in fields(Mistakes)}) == RELEASED


@pytest.mark.parametrize("name", HAND_WRITTEN)
@pytest.mark.parametrize("mistakes", [EXACT, RELEASED])
def test_no_pairs(name, mistakes):
    assert partial(HAND_WRITTEN[name], mistakes=mistakes)(
        torch.zeros(0, 4), torch.zeros(0, 4)
    ).shape == (0, 4)
