import pytest
import torch

from locviz.priors import PointPriors
from locviz.types import Targets
from locviz.widgets.assignlab.made_up import made_up

SIZE = [32, 32]


@pytest.fixture
def priors():
    return PointPriors(strides=[4])([[8, 8]], input_size=SIZE)


def truth(*rows):
    labels = torch.ones(len(rows), dtype=torch.int64)
    return Targets(boxes=torch.tensor(rows).reshape(-1, 4), labels=labels, size=(32, 32))


def predicted(priors, truth, jitter):
    return made_up(priors, truth, 3, jitter, torch.Generator().manual_seed(0))


def test_without_jitter_a_prior_inside_an_object_predicts_it(priors):
    one = truth([8.0, 8, 20, 24])
    logits, regions, quality = predicted(priors, one, 0.0)
    x, y = priors.centers.unbind(1)
    inside = (x > 8) & (x < 20) & (y > 8) & (y < 24)
    assert inside.sum() == 12
    assert torch.equal(regions[inside], one.boxes.expand(12, 4))
    assert quality[inside].tolist() == pytest.approx([2.0] * 12)  # 4 * IoU - 2
    assert (logits[inside].argmax(1) == 1).all()
    assert (logits[~inside].max(1).values < logits[inside].max(1).values.min()).all()


def test_a_prior_of_nothing_predicts_about_its_own_size(priors):
    _, regions, quality = predicted(priors, truth(), 0.0)
    middle = (priors.centers[:, None] - 16).abs().amax(-1).squeeze() < 8
    assert (regions[middle, 2:] - regions[middle, :2] == 16).all()  # two strides to each side
    assert (quality == -2).all()


@pytest.mark.parametrize("jitter", [0.0, 0.3, 1.0])
def test_regions_are_valid_whatever_the_noise(priors, jitter):
    _, regions, _ = predicted(priors, truth([0.0, 0, 32, 32], [5, 5, 5, 9]), jitter)
    low, high = regions.chunk(2, -1)
    assert (low <= high).all()
    assert low.min() >= 0
    assert high.max() <= 32
