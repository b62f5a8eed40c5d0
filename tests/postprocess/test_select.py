import pytest
import torch

from locviz.postprocess import (
    SelectBest,
    SelectDense,
    class_agnostic_nms,
    class_probability,
    geometric_mean,
    one_of_all,
)

# Four priors far apart, two levels of two, one class. Probability and centre-ness by hand.
REGIONS = torch.tensor([[i * 20.0, 0, i * 20 + 10, 10] for i in range(4)])
PROBABILITY = torch.tensor([0.9, 0.04, 0.3, 0.5])
QUALITY = torch.tensor([0.01, 1 - 1e-6, 0.3, 0.5])


def select(**settings):
    return SelectDense(**settings)(
        PROBABILITY.logit()[:, None], REGIONS, levels=(2, 2), quality=QUALITY.logit()
    )


def test_threshold_asks_the_class_and_the_score_is_the_geometric_mean():
    found = select(threshold=0.05)
    expected = (PROBABILITY * QUALITY).sqrt()[[3, 2, 0]]
    torch.testing.assert_close(found.scores, expected)
    assert torch.equal(found.boxes, REGIONS[[3, 2, 0]])


def test_gate_on_the_final_score_is_another_choice():
    """sqrt(.04 * 1) = .2 passes .15 although its class probability does not; sqrt(.9 * .01) = .095
    does not.
    """
    assert torch.equal(select(gate=geometric_mean, threshold=0.15).boxes, REGIONS[[3, 2, 1]])


def test_top_k_is_per_level():
    assert torch.equal(select(top_k=1, score=class_probability).boxes, REGIONS[[0, 3]])


def test_at_most_max_detections():
    assert torch.equal(select(max_detections=1).boxes, REGIONS[[3]])


def test_without_quality_the_probability_is_the_score():
    found = SelectDense()(PROBABILITY.logit()[:, None], REGIONS, levels=(2, 2))
    torch.testing.assert_close(found.scores, PROBABILITY[[0, 3, 2]])


def test_one_prior_may_say_two_classes_and_overlaps_are_suppressed_within_one():
    logits = torch.tensor([[0.9, 0.8], [0.7, 0.01]]).logit()
    regions = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 9]])
    found = SelectDense()(logits, regions, levels=(2,))
    assert found.labels.tolist() == [0, 1]


@pytest.mark.parametrize("dim", [1, 2])
def test_nothing_passes(dim):
    found = SelectDense()(torch.full((3, 2), -9.0), torch.zeros(3, 2 * dim), levels=(3,))
    assert len(found) == 0
    assert found.boxes.shape == (0, 2 * dim)


def test_a_score_at_the_threshold_does_not_pass():
    """Both codes of FCOS compare with ``>``."""
    logits = torch.tensor(
        [[0.0], [0.1]]
    )  # probabilities 0.5, which float32 holds exactly, and 0.525
    select = SelectDense(threshold=0.5, score=class_probability)
    found = select(logits, torch.tensor([[0.0, 0, 4, 4], [50, 50, 60, 60]]), levels=(2,))
    assert found.boxes.tolist() == [[50, 50, 60, 60]]


def test_suppression_is_a_stage():
    """Two classes at one place: each its own detection, or the likelier alone."""
    logits = torch.tensor([[2.0, 1.0]])
    found = SelectDense()(logits, REGIONS[:1], levels=(1,))
    assert found.labels.tolist() == [0, 1]
    agnostic = SelectDense(suppress=class_agnostic_nms)(logits, REGIONS[:1], levels=(1,))
    assert agnostic.labels.tolist() == [0]


def test_a_softmax_has_the_background_in_column_0():
    """SSD's scores: e**0 : e**1 : e**2, of which the first is nobody's."""
    logits = torch.tensor([[0.0, 1.0, 2.0]])
    select = SelectDense(score=class_probability, probability=one_of_all, threshold=0.0)
    found = select(logits, REGIONS[:1], levels=(1,))
    assert found.labels.tolist() == [1, 0]
    torch.testing.assert_close(found.scores, torch.tensor([0.6652, 0.2447]), atol=1e-4, rtol=0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"nms_threshold": 1.5}, "nms_threshold is an IoU and must be in 0..1, got 1.5"),
        ({"nms_threshold": float("nan")}, "nms_threshold is an IoU"),
        ({"threshold": float("nan")}, "wants a number as threshold"),
        ({"top_k": -1}, "top_k and max_detections of at least 1"),
        # A slice [:-1] would silently drop the worst detection.
        ({"max_detections": -1}, "top_k and max_detections of at least 1"),
    ],
)
def test_a_number_out_of_its_range_is_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        SelectDense(**wrong)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("select", [SelectDense(), SelectBest()], ids=["dense", "best"])
def test_predictions_that_do_not_fit_are_named(select):
    logits, regions, quality = torch.zeros(3, 2), torch.zeros(3, 4), torch.zeros(3)
    for name, shape, wrong in (
        # More regions than logits, and one quality for all, would silently be accepted.
        ("regions", r"\(3, 4\)", torch.zeros(4, 4)),
        ("regions", r"\(3, 4\)", torch.zeros(2, 4)),
        ("quality", r"\(3,\)", torch.zeros(1)),
        ("quality", r"\(3,\)", torch.zeros(3, 1)),
        ("logits", r"\(p, k\)", torch.zeros(3)),
        ("logits", r"\(p, k\)", torch.zeros(1, 3, 2)),
    ):
        given = {"logits": logits, "regions": regions, "quality": quality, name: wrong}
        with pytest.raises(ValueError, match=f"^{name} must be {shape}"):
            select(**given, levels=(3,))
    for name in ("logits", "regions", "quality"):
        given = {"logits": logits, "regions": regions, "quality": quality}
        with pytest.raises(TypeError, match=f"^{name} must be a tensor, got ndarray"):
            select(**given | {name: given[name].numpy()}, levels=(3,))
