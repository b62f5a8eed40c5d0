import pytest
import torch

from locviz.postprocess import SelectBest, one_of_all, product

# Three priors at the same place, two classes.
REGIONS = torch.tensor([[0.0, 0, 8, 8], [0, 0, 8, 8], [0, 0, 8, 9]])
PROBABILITY = torch.tensor([[0.9, 0.6], [0.2, 0.1], [0.8, 0.3]])


def select(quality=None, **settings):
    return SelectBest(**settings)(PROBABILITY.logit(), REGIONS, levels=(2, 1), quality=quality)


def test_the_best_pairs_in_order_and_nothing_is_suppressed():
    found = select(max_detections=3)
    torch.testing.assert_close(found.scores, torch.tensor([0.9, 0.8, 0.6]))
    assert found.labels.tolist() == [0, 0, 1]
    assert torch.equal(found.boxes, REGIONS[[0, 2, 0]])


def test_by_brute_force_over_all_pairs():
    found = select()
    pairs = sorted(
        ((float(PROBABILITY[p, k]), p, k) for p in range(3) for k in range(2)), reverse=True
    )
    assert found.labels.tolist() == [k for _, _, k in pairs]
    assert found.scores.tolist() == pytest.approx([score for score, _, _ in pairs])


def test_a_score_must_be_above_the_threshold():
    assert len(select(threshold=0.25)) == 4
    assert len(select(threshold=0.95)) == 0


def test_quality_and_probability_are_as_asked():
    quality = torch.tensor([0.1, 0.5, 0.9])
    found = select(quality.logit(), score=product, max_detections=1)
    assert found.scores.tolist() == pytest.approx([0.8 * 0.9])
    assert select(probability=one_of_all).labels.tolist() == [0, 0, 0]  # one class, one background


def test_no_prior_gives_no_detection():
    found = SelectBest()(torch.zeros(0, 2), torch.zeros(0, 4), levels=(0,))
    assert len(found) == 0


def test_bad_numbers_are_named():
    with pytest.raises(ValueError, match="at least one detection, got 0"):
        SelectBest(max_detections=0)
    with pytest.raises(ValueError, match="levels"):
        SelectBest()(PROBABILITY, REGIONS, levels=(2,))
