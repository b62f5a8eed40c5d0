import pytest
import torch

from locviz.postprocess import SelectBest, SelectDense, SelectProposals, SelectRegions, one_of_all
from locviz.postprocess.known import check_known

NAN, INFINITE = float("nan"), float("inf")
REGIONS = torch.tensor([[0.0, 0, 4, 4], [9, 9, 12, 12], [20, 20, 30, 30]])


def broken(values: torch.Tensor, row: int, value: float) -> torch.Tensor:
    values = values.clone()
    values[row].view(-1)[-1] = value
    return values


@pytest.mark.parametrize("value", [NAN, INFINITE])
def test_it_names_whose_which_and_where(value):
    with pytest.raises(ValueError, match=r"^image 2: logits are .* in 1 of 3 rows, first in row 1"):
        check_known("image 2", regions=REGIONS, logits=broken(torch.zeros(3, 2), 1, value))


def test_a_logit_of_minus_infinity_is_a_probability_of_zero():
    check_known("image 2", logits=torch.tensor([-INFINITE, 3.0]), quality=None)


def test_nothing_is_known():
    check_known("image 2", logits=torch.zeros(0, 3), regions=torch.zeros(0, 5, 4))


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_tensor_is_named():
    with pytest.raises(TypeError, match="logits must be a tensor, got list"):
        check_known("image 2", logits=[1.0])  # type: ignore[arg-type]


def dense(logits, regions, quality):
    return SelectDense()(logits, regions, levels=(3,), quality=quality)


def best(logits, regions, quality):
    return SelectBest()(logits, regions, levels=(3,), quality=quality)


def softmax(logits, regions, quality):
    return SelectDense(probability=one_of_all)(logits, regions, levels=(3,), quality=quality)


def by_region(logits, regions, quality):
    return SelectRegions()(logits, regions[:, None])


def proposals(logits, regions, quality):
    return SelectProposals(pre_nms=3, post_nms=3)(logits[:, -1], regions, levels=(3,))


ALL = [dense, best, softmax, by_region, proposals]


@pytest.mark.parametrize("select", ALL)
@pytest.mark.parametrize("what", ["logits", "regions", "quality"])
def test_no_selection_takes_nan_for_nothing(select, what):
    """A comparison with NaN is false: each of these would have been an image without objects."""
    given = {"logits": torch.zeros(3, 2), "regions": REGIONS, "quality": torch.zeros(3)}
    select(**given)
    given[what] = broken(given[what], 1, NAN)
    reads = {dense: 3, softmax: 3, best: 2}.get(select, 2)
    if what in ("logits", "regions", "quality")[:reads]:
        with pytest.raises(
            ValueError, match=r"this image: .* first in row 1.*weights have diverged"
        ):
            select(**given)


def test_a_softmax_over_infinity_is_no_probability():
    with pytest.raises(ValueError, match="scores are NaN"):
        softmax(broken(torch.zeros(3, 2), 1, INFINITE), REGIONS, None)
