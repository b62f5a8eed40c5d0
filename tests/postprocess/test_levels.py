import pytest
import torch

from locviz.postprocess import SelectDense, SelectProposals
from locviz.postprocess.levels import check_levels

REGIONS = torch.tensor([[0.0, 0, 4, 4], [9, 9, 12, 12], [20, 20, 30, 30]])


def test_levels_that_sum_pass():
    check_levels((2, 0, 1), 3)
    check_levels((), 0)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("levels", [(1, 1), (2, 2), ()])
def test_levels_that_do_not_sum_are_named(levels):
    """torch speaks of split_with_sizes."""
    message = r"levels \(.*\) sum to \d, but there are 3 priors"
    with pytest.raises(ValueError, match=message):
        SelectDense()(torch.zeros(3, 2), REGIONS, levels=levels)
    with pytest.raises(ValueError, match=message):
        SelectProposals(pre_nms=9, post_nms=9)(torch.zeros(3), REGIONS, levels=levels)
