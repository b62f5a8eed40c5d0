import pytest
import torch

from locviz.postprocess import Candidates


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("shape", [(3, 3), (1, 3, 4), (2, 4), (12,)])
def test_regions_and_scores_are_lists_of_one_length(shape):
    with pytest.raises(ValueError, match=r"regions must be \(n, 4\) boxes or \(n, 2\) spans"):
        Candidates(torch.zeros(shape), torch.zeros(3))


@pytest.mark.usefixtures("unchecked")
def test_there_is_one_quality_per_score():
    with pytest.raises(ValueError, match=r"quality must be \(n,\), one per score"):
        Candidates(torch.zeros(3, 4), torch.zeros(3), torch.zeros(3, 1))


@pytest.mark.parametrize("wrong", [-0.5, float("nan"), float("inf")])
def test_a_number_that_is_no_score_is_named_with_its_row(wrong):
    numbers, fine = torch.tensor([0.5, wrong]), torch.ones(2)
    with pytest.raises(ValueError, match=r"scores must be finite and not negative.* row 1 is"):
        Candidates(torch.zeros(2, 4), numbers)
    with pytest.raises(ValueError, match="quality must be finite and not negative"):
        Candidates(torch.zeros(2, 4), fine, numbers)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("name", ["regions", "scores", "quality"])
@pytest.mark.parametrize("make", [torch.Tensor.numpy, torch.Tensor.tolist], ids=["numpy", "list"])
def test_what_is_no_tensor_is_named(name, make):
    given = {"regions": torch.zeros(2, 4), "scores": torch.zeros(2), "quality": torch.zeros(2)}
    with pytest.raises(TypeError, match=f"^{name} must be a tensor, got (ndarray|list): wrap it"):
        Candidates(**given | {name: make(given[name])})
