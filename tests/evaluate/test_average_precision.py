import numpy as np
import pytest

from locviz.evaluate import (
    all_points,
    at_points,
    eleven_points,
    envelope,
    hundred_one_points,
    precision_recall,
)

# Right, right, wrong, ignored, right, wrong; four to find.
OUTCOME = np.array([1, 1, 0, -1, 1, 0])


def test_precision_and_recall_by_hand():
    recall, precision = precision_recall(OUTCOME, 4)
    assert recall.tolist() == [0.25, 0.5, 0.5, 0.75, 0.75]
    assert precision.tolist() == [1, 1, 2 / 3, 3 / 4, 3 / 5]


def test_the_envelope_never_rises():
    assert envelope(np.array([1, 1, 2 / 3, 3 / 4, 3 / 5])).tolist() == [1, 1, 3 / 4, 3 / 4, 3 / 5]


def test_three_areas_by_hand():
    curve = precision_recall(OUTCOME, 4)
    # 0, .1, .. .5 are six points at 1; .6 and .7 are two at 3/4; .8, .9, 1 were never reached.
    assert eleven_points(*curve) == pytest.approx((6 + 2 * 0.75) / 11)
    assert all_points(*curve) == pytest.approx(0.5 + 0.25 * 0.75)
    # 0 .. .50 are 51 points, .51 .. .75 are 25.
    assert hundred_one_points(*curve) == pytest.approx((51 + 25 * 0.75) / 101)


@pytest.mark.parametrize("area", [eleven_points, all_points, hundred_one_points])
def test_limits(area):
    assert area(*precision_recall(np.array([1, 1]), 2)) == 1.0
    assert area(*precision_recall(np.array([0, 0]), 2)) == 0.0
    assert area(*precision_recall(np.array([], dtype=int), 2)) == 0.0
    assert area(*precision_recall(np.array([-1, -1]), 2)) == 0.0


def test_the_three_agree_on_long_rankings():
    rng = np.random.default_rng(0)
    outcome = (rng.random(5000) < np.linspace(1, 0, 5000)).astype(int)
    curve = precision_recall(outcome, int(outcome.sum()))
    exact = all_points(*curve)
    assert hundred_one_points(*curve) == pytest.approx(exact, abs=0.01)
    assert eleven_points(*curve) == pytest.approx(exact, abs=0.06)


def test_points_beyond_the_last_recall_are_zero():
    recall, precision = precision_recall(np.array([1]), 2)
    assert at_points(recall, precision, np.array([0.0, 0.5, 0.51, 1.0])).tolist() == [1, 1, 0, 0]


def test_false_positives_after_the_last_hit_cost_nothing():
    short, padded = np.array([1, 0, 1]), np.array([1, 0, 1] + [0] * 50)
    for area in (eleven_points, all_points, hundred_one_points):
        assert area(*precision_recall(short, 3)) == area(*precision_recall(padded, 3))


def test_nothing_to_find_is_an_error():
    with pytest.raises(ValueError, match="num_gt must be at least 1"):
        precision_recall(OUTCOME, 0)
