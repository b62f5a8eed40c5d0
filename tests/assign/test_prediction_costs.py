import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

from locviz.assign.prediction_costs import (
    check_labels,
    class_losses,
    dynamic_k,
    near_centers,
    required,
    strictly_inside,
)
from locviz.losses import sigmoid_focal_loss
from locviz.types import ImagePredictions, Priors

BOXES = torch.tensor([[0.0, 0.0, 10.0, 20.0], [5.0, 5.0, 5.0, 9.0]])


@given(st.integers(0, 1000), st.integers(0, 5), st.integers(0, 4))
def test_class_losses_are_the_spelt_out_ones(seed, num_priors, num_gts):
    """Against (p, g, k) losses with one-hot targets, which is what they save."""
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(num_priors, 3, generator=generator)
    labels = torch.randint(0, 3, (num_gts,), generator=generator)
    cost, background = class_losses(sigmoid_focal_loss, scores, labels)
    spelt = F.one_hot(labels, 3).float().expand(num_priors, num_gts, 3)
    expected = sigmoid_focal_loss(scores[:, None].expand_as(spelt), spelt).sum(-1)
    torch.testing.assert_close(cost, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(
        background, sigmoid_focal_loss(scores, torch.zeros_like(scores)).sum(-1)
    )


def test_near_is_strict_along_every_axis():
    """The centre is (5, 10). Reach 3: (8, 10) is not near, (7.9, 12.9) is though its distance is
    above 3.
    """
    points = torch.tensor([[8.0, 10.0], [7.9, 12.9], [5.0, 13.1]])
    near = near_centers(points, torch.full((3,), 3.0), BOXES[:1])
    assert near.tolist() == [[False, True, False]]
    assert near_centers(points, torch.tensor([4.0, 1.0, 4.0]), BOXES[:1]).tolist() == [
        [True, False, True]
    ]


def test_inside_is_strict_and_a_line_has_no_inside():
    points = torch.tensor([[0.0, 5.0], [0.1, 5.0], [10.0, 20.0], [5.0, 7.0]])
    assert strictly_inside(points, BOXES).tolist() == [[False, True, False, True], [False] * 4]


def test_dynamic_k_by_hand():
    """1.9 is 1, 0 is 1 too, 3.0 is 3; only the best two count, and there may be fewer than that."""
    iou = torch.tensor([[0.9, 0.9, 0.1], [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])
    assert dynamic_k(iou, 3).tolist() == [1, 1, 3]
    assert dynamic_k(iou, 2).tolist() == [1, 1, 2]
    assert dynamic_k(iou, 20).tolist() == [1, 1, 3]
    assert dynamic_k(torch.zeros(0, 3), 2).tolist() == []


def test_what_the_network_must_say():
    priors = Priors(torch.zeros(3, 4), torch.ones(3), (3,))
    said = torch.zeros(3, 2)
    assert required("It", priors, ImagePredictions(logits=said), "logits") is said
    for nothing in (None, ImagePredictions()):
        with pytest.raises(ValueError, match=r"looks at .* give ImagePredictions\(logits="):
            required("It", priors, nothing, "logits")
    with pytest.raises(ValueError, match="logits has 2 rows for 3 priors: It needs one per prior"):
        required("It", priors, ImagePredictions(logits=said[:2]), "logits")


def test_labels():
    labels = torch.tensor([0, 2])
    assert check_labels(labels, 3) is labels
    for wrong in (-1, 3):
        with pytest.raises(ValueError, match=f"label {wrong} but the logits have 3 classes"):
            check_labels(torch.tensor([0, wrong]), 3)
