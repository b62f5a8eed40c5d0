"""What people have in place of a tensor, and shapes that a formula would stumble over."""

import pytest
import torch

from locviz.losses import (
    balanced_cross_entropy,
    distribution_focal_loss,
    dynamic_coefficient,
    quality_focal_loss,
    sigmoid_focal_loss,
    softmax_focal_loss,
)

PAIRS = torch.rand(2, 3)
BOXES = torch.tensor([[0.0, 0, 4, 4], [1, 1, 3, 5]])
GIVEN = {
    balanced_cross_entropy: {"logits": PAIRS, "targets": PAIRS.round()},
    sigmoid_focal_loss: {"logits": PAIRS, "targets": PAIRS.round()},
    quality_focal_loss: {"logits": PAIRS, "targets": PAIRS},
    softmax_focal_loss: {
        "logits": PAIRS,
        "labels": torch.tensor([0, 2]),
        "alpha": torch.ones(3),
    },
    distribution_focal_loss: {"logits": PAIRS, "distances": torch.tensor([0.5, 1.5])},
    dynamic_coefficient: {"pred": BOXES, "gt": BOXES, "losses": torch.ones(2)},
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("loss", GIVEN)
@pytest.mark.parametrize("make", [torch.Tensor.numpy, torch.Tensor.tolist], ids=["numpy", "list"])
def test_what_is_no_tensor_is_named(loss, make):
    given = GIVEN[loss]
    assert torch.isfinite(loss(**given)).all()
    for name in given:
        with pytest.raises(TypeError, match=f"^{name} must be a tensor, got (ndarray|list): wrap"):
            loss(**given | {name: make(given[name])})


@pytest.mark.usefixtures("unchecked")
def test_the_balanced_loss_has_no_balance_without_alpha():
    with pytest.raises(ValueError, match=r"alpha balances.* 0.5 for both alike"):
        balanced_cross_entropy(PAIRS, PAIRS, alpha=None)


@pytest.mark.usefixtures("unchecked")
def test_a_coefficient_is_of_rows():
    """One box (4,) passes where a loss of one pair makes sense."""
    with pytest.raises(ValueError, match=r"pred must be \(n, 4\).* add an axis by pred\[None\]"):
        dynamic_coefficient(BOXES[0], BOXES[0], torch.ones(()))
