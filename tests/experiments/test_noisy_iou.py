"""What a predicted IoU is worth: cases by hand, and the limit without an error."""

import pytest
import torch

from locviz.experiments.noisy_iou import ap_by_class, ap_by_noise, surest_and_best
from locviz.types import Detections, Targets

TRUTH = Targets(torch.tensor([[0.0, 0, 40, 40]]), torch.tensor([0]), (60, 60))
# IoUs with the truth: 2400 / 3200 shifted by 8 is 0.667, by 2 is 0.905, by 5 is 0.778.
FOUND = Detections(
    torch.tensor([[8.0, 0, 48, 40], [2.0, 0, 42, 40], [5.0, 0, 45, 40]]),
    torch.tensor([0.9, 0.5, 0.7]),
    torch.tensor([0, 0, 0]),
)


def test_the_surest_and_the_best_of_one_object():
    ((surest, best),) = surest_and_best([FOUND], [TRUTH]).tolist()
    assert surest == pytest.approx(32 / 48, abs=1e-6)
    assert best == pytest.approx(38 / 42, abs=1e-6)
    assert len(surest_and_best([FOUND], [TRUTH], least=4)) == 0
    assert surest_and_best([], []).shape == (0, 2)


def test_a_perfect_iou_saves_the_best_box_in_both_ways():
    # By hand: the surest box is right at IoU 0.5, 0.55, 0.6 and 0.65; the best at nine thresholds.
    assert ap_by_class([FOUND], [TRUTH], threshold=0.5) == pytest.approx(0.4, abs=1e-6)
    perfect = ap_by_noise([FOUND], [TRUTH], noise=0.0, threshold=0.5)
    assert perfect.guided == pytest.approx(0.9, abs=1e-6)
    # 0.9 * 0.667 = 0.6 is still more than 0.5 * 0.905: a product can be outvoted by the class.
    assert perfect.rescored == pytest.approx(0.4, abs=1e-6)


def test_a_false_alarm_is_lowered_by_the_product_alone():
    alarm = Detections(
        torch.cat([FOUND.boxes[:1], torch.tensor([[50.0, 50, 60, 60]])]),
        torch.tensor([0.5, 0.9]),
        torch.tensor([0, 0]),
    )
    perfect = ap_by_noise([alarm], [TRUTH], noise=0.0)
    assert perfect.guided == pytest.approx(0.2, abs=0.01)  # precision 1/2 at four thresholds
    assert perfect.rescored == pytest.approx(0.4, abs=0.01)


def test_the_noise_is_that_of_its_seed():
    one, same, other = (
        ap_by_noise([FOUND] * 20, [TRUTH] * 20, noise=0.3, seed=seed) for seed in (0, 0, 1)
    )
    assert one == same
    assert one != other


def test_a_negative_noise_is_refused():
    with pytest.raises(ValueError, match="noise must not be negative"):
        ap_by_noise([FOUND], [TRUTH], noise=-0.1)
