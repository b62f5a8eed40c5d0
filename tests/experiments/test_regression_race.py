import math
from functools import partial

import pytest
import torch

from locviz import losses
from locviz.experiments.regression_race import (
    CASES_PER_POINT,
    cases,
    disc,
    exact,
    learning_rate,
    regression_race,
    trajectory,
)
from locviz.experiments.released_gradients import RELEASED, diou_gradient, giou_gradient

FEW = 30


def race(pull, **options):
    return regression_race({"it": pull}, num_points=FEW, **options)["it"]


def test_points_fill_the_disc_evenly():
    distance = (disc(20_000, seed=0) - 10).norm(dim=-1)
    assert distance.max() <= 3
    assert (distance < 1.5).double().mean().item() == pytest.approx(
        1 / 4, abs=0.01
    )  # a quarter of the area


def test_cases_are_the_papers():
    start, goal = cases(disc(2, seed=0))
    assert CASES_PER_POINT * 5000 == 1_715_000
    assert start.shape == goal.shape == (2 * 343, 4)
    assert len(torch.unique(torch.cat([start, goal], -1), dim=0)) == 2 * 343
    torch.testing.assert_close(goal[:, 2] * goal[:, 3], torch.ones(686, dtype=torch.float64))
    assert (goal[:, :2] == 10).all()
    ratios = sorted({round(r, 6) for r in (goal[:, 2] / goal[:, 3]).tolist()})
    assert ratios == [0.25, round(1 / 3, 6), 0.5, 1, 2, 3, 4]
    areas = sorted({round(a, 6) for a in (start[:, 2] * start[:, 3]).tolist()})
    assert areas == [0.5, 0.67, 0.75, 1, 1.33, 1.5, 2]


def test_learning_rate_falls_at_160_and_180():
    assert [learning_rate(step) for step in (0, 159, 160, 179, 180, 199)] == [
        0.1,
        0.1,
        0.01,
        0.01,
        0.001,
        0.001,
    ]


def test_one_step_by_hand():
    start = torch.tensor([[0.0, 0, 2, 2]], dtype=torch.float64)
    gt = torch.tensor([[0.0, 0, 4, 2]], dtype=torch.float64)  # IoU 1/2: the step is .1 * 1.5
    after = next(trajectory(lambda pred, gt: torch.tensor([[1.0, 0, 2, 0]]).double(), start, gt))
    torch.testing.assert_close(after, torch.tensor([[-0.15, 0, 1.7, 2]], dtype=torch.float64))


def test_errors_are_scaled_to_the_papers_number_of_cases():
    outcome = race(lambda pred, gt: torch.zeros_like(pred), steps=2)
    start, goal = cases(disc(FEW, seed=0))
    by_hand = (start - goal).abs().sum() * 5000 / FEW
    torch.testing.assert_close(outcome.errors, by_hand.expand(3))
    torch.testing.assert_close(outcome.error_by_point.sum() * 5000 / FEW, by_hand)
    assert outcome.error_by_point.shape == (FEW,)


def test_the_same_seed_gives_the_same_race_and_batches_do_not_matter(monkeypatch):
    pull = exact(losses.giou_loss)
    first, again, other = race(pull, steps=5), race(pull, steps=5), race(pull, steps=5, seed=1)
    assert torch.equal(first.errors, again.errors)
    assert not torch.equal(first.errors, other.errors)
    monkeypatch.setattr("locviz.experiments.regression_race._BATCH_POINTS", 7)
    torch.testing.assert_close(race(pull, steps=5).errors, first.errors)


@pytest.fixture(scope="module")
def exact_outcomes():
    pulls = {
        name: exact(losses.LIVE_LOSSES[name]) for name in ("iou", "giou", "diou", "ciou", "eiou")
    }
    return regression_race(pulls, num_points=FEW)


def test_iou_leaves_most_boxes_where_they_are(exact_outcomes):
    start = regression_race(
        {"start": lambda pred, gt: torch.zeros_like(pred)}, num_points=FEW, steps=0
    )["start"]
    assert exact_outcomes["iou"].apart == start.apart
    assert start.apart > 0.7
    for name in ("giou", "diou", "ciou", "eiou"):
        assert exact_outcomes[name].apart == 0
        assert exact_outcomes[name].mean_iou > 0.97


def test_with_exact_gradients_giou_is_ahead_of_diou(exact_outcomes):
    for step in (10, 50, 100, 200):
        assert exact_outcomes["giou"].errors[step] < exact_outcomes["diou"].errors[step]


def test_ciou_and_eiou_end_lowest(exact_outcomes):
    end = {name: outcome.errors[-1].item() for name, outcome in exact_outcomes.items()}
    assert max(end["ciou"], end["eiou"]) * 3 < min(end["giou"], end["diou"])


def test_with_the_released_gradients_the_published_order_appears(exact_outcomes):
    giou, diou = (
        race(partial(giou_gradient, mistakes=RELEASED)),
        race(partial(diou_gradient, mistakes=RELEASED)),
    )
    assert diou.errors[50] * 4 < giou.errors[50]  # published: .52e6 and 3.4e6
    assert giou.errors[-1] > 1e6  # published: a plateau at 1.5e6
    assert exact_outcomes["giou"].errors[-1] < 5e4
    assert giou.apart > 0.1


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA")
def test_a_gpu_runs_the_same_race():
    pull = exact(losses.ciou_loss)
    here, there = race(pull, steps=50), race(pull, steps=50, device="cuda")
    torch.testing.assert_close(here.errors, there.errors, rtol=1e-4, atol=0)
    assert math.isclose(here.mean_iou, there.mean_iou, abs_tol=1e-4)


@pytest.mark.parametrize(("num_points", "steps"), [(0, 1), (1, -1)])
def test_refuses_bad_numbers(num_points, steps):
    with pytest.raises(ValueError, match="num_points must be"):
        regression_race({}, num_points=num_points, steps=steps)
