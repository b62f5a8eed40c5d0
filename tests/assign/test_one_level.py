"""One level of several takes part: by hand, and by the law that the answer is the assigner's own."""

import pytest
import torch

from locviz.assign import GridCell, MaxIoU, OneLevel
from locviz.priors import PointPriors, pyramid_sizes
from locviz.types import BACKGROUND, IGNORE, ImagePredictions, Priors, Targets

PRIORS = PointPriors(strides=(8, 16))(pyramid_sizes((16, 16), (8, 16)), input_size=(16, 16))
OBJECT = Targets(torch.tensor([[1.0, 9.0, 5.0, 15.0]]), torch.tensor([0]), (16, 16))


def seen(priors):
    return ImagePredictions(logits=torch.zeros(len(priors), 1), regions=priors.regions)


@pytest.mark.parametrize(("level", "owner"), [(0, 2), (1, 4), (7, 4)])
def test_the_cell_of_the_level_is_responsible(level, owner):
    """The centre (3, 12) lies in the lower left of four cells, and in the one cell of 16 pixels;
    of two levels, level 7 is the coarsest.
    """
    answer = OneLevel(GridCell(), level=level)(PRIORS, OBJECT, seen(PRIORS))
    expected = [BACKGROUND] * 5
    expected[owner] = 0
    assert answer.gt_index.tolist() == expected
    assert torch.isfinite(answer.cost[:, 0]).nonzero()[:, 0].tolist() == [owner]


def test_the_answer_is_the_assigners_own_for_the_level():
    grid = Priors(PRIORS.regions[:4], PRIORS.strides[:4], (4,))
    answer = OneLevel(MaxIoU(positive=0.3, negative=0.1), level=0)(PRIORS, OBJECT)
    alone = MaxIoU(positive=0.3, negative=0.1)(grid, OBJECT)
    assert torch.equal(answer.gt_index[:4], alone.gt_index)
    assert answer.gt_index[4] == BACKGROUND
    assert answer.cost is None


def test_other_levels_are_ignored_inside_a_crowd():
    crowd = Targets(
        torch.tensor([[0.0, 0.0, 8.0, 8.0]]),
        torch.tensor([0]),
        (16, 16),
        crowd=torch.tensor([True]),
    )
    answer = OneLevel(GridCell(), level=1)(PRIORS, crowd, seen(PRIORS))
    assert answer.gt_index.tolist() == [IGNORE, *[BACKGROUND] * 4]


def test_no_objects():
    none = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (16, 16))
    answer = OneLevel(GridCell(), level=1)(PRIORS, none, seen(PRIORS))
    assert (answer.gt_index == BACKGROUND).all()
    assert answer.cost.shape == (5, 0)


def test_a_level_below_0_is_refused():
    with pytest.raises(ValueError, match="counts from 0, the finest, got -1"):
        OneLevel(GridCell(), level=-1)
