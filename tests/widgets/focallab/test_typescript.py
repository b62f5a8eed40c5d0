"""What FocalLab's view and its static picture both compute or name: the two agree."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import locviz.widgets
from locviz.viz.theme import PALETTE, SERIES
from locviz.widgets.core.buffers import number_or_none
from locviz.widgets.focallab.lab import nearest_stop
from locviz.widgets.focallab.picture import HARD, PARTS, STYLES
from locviz.widgets.focallab.reading import NAMES
from locviz.widgets.focallab.words import percent

SHEET = Path(locviz.widgets.__file__).parent / "src" / "focallab" / "focallab.css"
STOPS = st.lists(st.integers(1, 1000), unique=True).map(sorted)


def test_names_are_the_same(typescript):
    assert typescript("focal.NAMES") == list(NAMES)
    assert typescript("focal.PARTS") == list(PARTS)


@given(st.integers(0, 2000).map(lambda n: n / 2000) | st.just(math.nan))
def test_shares_are_written_alike(typescript, share):
    assert typescript("focal.percent", number_or_none(share)) == percent(share)


@given(st.integers(0, 10_000_000))
def test_counts_are_written_alike(typescript, count):
    assert typescript("focal.thousands", count) == f"{count:,}"


@given(STOPS, st.integers(1, 1200) | st.none())
def test_a_slider_stands_at_the_same_stop(typescript, stops, value):
    stops = [*stops, None]
    assert typescript("stops.nearestStop", stops, value) == nearest_stop(stops, value)


def test_losses_have_the_same_colours_and_dashes():
    light = {"var(--lv-text)": PALETTE["text"][0], "var(--lv-prediction)": PALETTE["prediction"][0]}
    light |= {f"var(--lv-series-{i})": colour for i, (colour, _) in enumerate(SERIES)}
    sheet = SHEET.read_text()
    for i, (colour, dash) in enumerate(STYLES):
        rule = re.search(rf"\.lv-loss-{i} \{{([^}}]*)\}}", sheet)[1]
        assert light[re.search(r"--lv-loss: ([^;]+);", rule)[1]] == colour
        found = re.search(r"stroke-dasharray: ([^;]+);", rule)
        assert (found and found[1]) == dash
    assert f"light-dark({HARD}," in sheet


@pytest.mark.parametrize("value", [0, 1, 2, 3, 4])
def test_thousands_have_a_letter(typescript, value):
    assert typescript("focal.tenfold", value).replace("k", "000") == str(10**value)
