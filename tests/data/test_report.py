import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from locviz.data.report import Problem, fit, summary

NUMBER = st.floats(-200, 200)
BOX = st.tuples(NUMBER, NUMBER, NUMBER, NUMBER)


@given(box=BOX, height=st.integers(1, 100), width=st.integers(1, 100))
def test_what_fits_is_a_valid_box_inside_the_image(box, height, width):
    fitted, reason = fit(box, (height, width))
    if fitted is None:
        assert reason is not None
    else:
        assert 0 <= fitted[0] < fitted[2] <= width
        assert 0 <= fitted[1] < fitted[3] <= height
        assert fit(fitted, (height, width)) == (fitted, None), "a second time changes nothing"
        assert (reason is None) == (
            max(abs(a - b) for a, b in zip(box, fitted, strict=True)) <= 0.01
        )


@pytest.mark.parametrize(
    ("box", "reason"),
    [
        ((1.0, 1.0, 1.0, 5.0), "has no area"),
        ((5.0, 1.0, 1.0, 5.0), "has no area"),
        ((math.nan, 1.0, 3.0, 5.0), "holds NaN or infinity"),
        ((0.0, 1.0, math.inf, 5.0), "holds NaN or infinity"),
        ((30.0, 1.0, 40.0, 5.0), "lies outside the 20 x 10 image"),
        ((20.0, 1.0, 40.0, 5.0), "lies outside the 20 x 10 image"),
    ],
)
def test_what_does_not_fit(box, reason):
    assert fit(box, (10, 20)) == (None, reason)


def test_what_rounding_adds_is_clipped_without_a_report():
    assert fit((-0.01, 0.0, 20.0, 10.0), (10, 20)) == ((0.0, 0.0, 20.0, 10.0), None)
    assert fit((-0.02, 0.0, 20.0, 10.0), (10, 20)) == (
        (0.0, 0.0, 20.0, 10.0),
        "reaches outside the 20 x 10 image",
    )


def test_a_summary_counts_everything_and_shows_the_first():
    report = [Problem(f"{i}.jpg", (1.0, 2.0, 1.0, 2.0), "has no area", True) for i in range(7)]
    report.append(Problem("x.jpg", (0.0, 0.0, 9.5, 2.0), "reaches outside the 8 x 8 image", False))
    assert summary(report, limit=2).splitlines() == [
        "boxes skipped: 7, clipped: 1",
        "  7 x has no area (skipped)",
        "  1 x reaches outside the 8 x 8 image (clipped)",
        "  0.jpg: box (1, 2, 1, 2) has no area: skipped",
        "  1.jpg: box (1, 2, 1, 2) has no area: skipped",
        "  ... and 5 more skipped: see .report",
    ]
    assert summary([]) == "all boxes are valid"
