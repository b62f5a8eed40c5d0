import torch

from locviz.assign.spread import spread
from locviz.types import BACKGROUND, IGNORE, Assignment

ASKED = torch.tensor([True, False, True])


def test_the_rest_get_an_owner_no_weight_and_an_infinite_cost():
    answer = Assignment(
        torch.tensor([1, IGNORE]),
        weight=torch.ones(2),
        quality=torch.tensor([0.5, 0.0]),
        cost=torch.tensor([[3.0, 1.0], [2.0, 4.0]]),
    )
    whole = spread(answer, ASKED, others=BACKGROUND)
    assert whole.gt_index.tolist() == [1, BACKGROUND, IGNORE]
    assert whole.weight.tolist() == [1, 0, 1]
    assert whole.quality.tolist() == [0.5, 0, 0]
    infinite = float("inf")
    assert whole.cost.tolist() == [[3, 1], [infinite, infinite], [2, 4]]


def test_what_is_not_given_stays_out():
    whole = spread(Assignment(torch.tensor([0, 0])), ASKED, others=IGNORE)
    assert whole.gt_index.tolist() == [0, IGNORE, 0]
    assert whole.weight is None
    assert whole.quality is None
    assert whole.cost is None
