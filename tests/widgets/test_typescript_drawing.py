"""What the views and the static pictures both compute: gestures on regions, marks, scales, digits,
styles. The views' TypeScript is held against the pictures' Python.
"""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import locviz.widgets
from locviz.viz.theme import SERIES
from locviz.widgets import Canvas
from locviz.widgets.assignlab.picture import COLOURS, SHAPES, colour_of, mark
from locviz.widgets.boxlab.picture import RACE_STYLES
from locviz.widgets.core.chart import Chart, round_ticks
from locviz.widgets.core.labels import LabelRules, label_places
from locviz.widgets.core.region import PARTS, dragged, moved
from locviz.widgets.core.words import letter
from locviz.widgets.core.words import share as written_share
from locviz.widgets.monitor.picture import figure_style, loss_ceiling, loss_style
from locviz.widgets.roilab.picture import label

SOURCE = Path(locviz.widgets.__file__).parent / "src"
SIZE = (300.0, 400.0)  # h, w
STEP = st.sampled_from([0.0, -0.0, 1.0, -10.0, 1e4, -1e4]) | st.floats(-500, 500)


@st.composite
def intervals(draw, length):
    """Low and high: often a point, often at an edge of the picture, sometimes outside it."""
    place = st.sampled_from([0.0, length / 2, length]) | st.floats(-50, length + 50)
    low, high = draw(place), draw(place)
    return sorted((low, low if draw(st.booleans()) else high))


@st.composite
def regions(draw):
    (x1, x2), (y1, y2) = draw(intervals(SIZE[1])), draw(intervals(SIZE[0]))
    return [x1, y1, x2, y2]


# Gestures


def test_handles_move_the_same_corners(typescript):
    assert typescript("boxes.PARTS") == {part: list(moves) for part, moves in PARTS.items()}


@given(regions(), st.sampled_from(list(PARTS)), STEP, STEP)
@example([0.0, 0.0, 0.0, 0.0], "body", -1.0, -1.0)
@example([400.0, 300.0, 400.0, 300.0], "top left corner", 5.0, 5.0)
@example([0.0, 0.0, 400.0, 300.0], "bottom edge", 0.0, 1.0)
def test_a_box_moves_alike(typescript, box, part, dx, dy):
    ours = typescript("boxes.moved", box, part, dx, dy, SIZE[::-1])
    assert ours == moved(box, part, dx, dy, SIZE)


@given(intervals(SIZE[1]), st.sampled_from(list(PARTS)), STEP)
@example([7.0, 7.0], "right edge", -3.0)
def test_a_span_moves_alike(typescript, span, part, dx):
    ours = typescript("boxes.movedSpan", span, part, dx, SIZE[1])
    assert ours == dragged(span, part, dx, 3.0, (int(SIZE[1]),))


# Marks of objects and priors


def test_letters_are_the_same(typescript):
    assert [typescript("assign.letter", i) for i in range(80)] == [letter(i) for i in range(80)]


def numbers(path):
    """The commands of an SVG path, and its numbers."""
    return re.findall("[A-Za-z]", path), list(map(float, re.findall(r"-?\d+(?:\.\d+)?", path)))


@given(st.sampled_from(SHAPES), st.floats(-50, 500), st.floats(-50, 500), st.floats(0, 20))
@example("diamond", 10.25, 0.0, 0.0)
def test_marks_are_the_same_paths(typescript, shape, x, y, r):
    ours, theirs = numbers(typescript("assign.mark", shape, x, y, r)), numbers(mark(shape, x, y, r))
    assert ours[0] == theirs[0]
    # Both write tenths; a tie may be written either way.
    assert ours[1] == pytest.approx(theirs[1], abs=0.1001)


def series_number(colour):
    return int(re.fullmatch(r"var\(--lv-series-(\d+)\)", colour)[1])


def object_number(colour):
    return int(re.fullmatch(r"var\(--lv-object-(\d+)\)", colour)[1])


def test_objects_have_the_same_shapes_and_colours(typescript):
    assert typescript("assign.SHAPES") == list(SHAPES)
    for index in range(40):
        number = object_number(typescript("assign.colourOf", index))
        assert COLOURS[number] == colour_of(index)
        assert typescript("assign.shapeOf", index) == SHAPES[index % len(SHAPES)]


@given(st.lists(regions(), max_size=9), st.sampled_from([14.0, 30.0, 99.0]))
@example([[40.0, 40.0, 70.0, 70.0]] * 8, 14.0)
def test_labels_stand_in_the_same_places_and_none_lies_on_another(typescript, boxes, wide):
    size = {"width": SIZE[1], "height": SIZE[0], "high": 16.0, "gap": 4.0}
    labels = [{"box": box, "wide": wide} for box in boxes]
    theirs = label_places(boxes, [wide] * len(boxes), LabelRules(**size))
    ours = typescript("places.labelPlaces", labels, size)
    assert len(ours) == len(theirs)
    for one, other in zip(ours, theirs, strict=True):
        assert (one is None) == (other is None)
        assert one is None or one == pytest.approx(other)
    placed = [place for place in theirs if place is not None]
    for i, (x, y) in enumerate(placed):
        assert 0 <= x <= SIZE[1] - wide
        assert 16 <= y <= SIZE[0]
        assert all(abs(x - a) >= wide or abs(y - b) >= 16 for a, b in placed[i + 1 :])


# Scales

SCALE = st.floats(1e-6, 1e6)


@given(st.floats(-1e6, 1e6), SCALE, st.integers(1, 12))
@example(0.0, 1.0, 5)
@example(0.3, 0.65, 5)
@example(0.0, 200.0, 4)
@example(0.0, 1000.0, 10)
def test_ticks_are_the_same(typescript, low, span, count):
    # An axis no wider than the last bits of its ends ends on one tick more or less: nobody draws one.
    high = low + span * max(abs(low), 1.0)
    ours, theirs = typescript("axes.ticks", low, high, count), round_ticks(low, high, count)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=0)


@given(st.floats(-300, -6), st.integers(-9, 0), st.integers(1, 9), st.integers(1, 12))
@example(-11.0, 0, 3, 3)
def test_small_ticks_are_the_same(typescript, power, low, high, count):
    low, high = low * 10**power, high * 10**power
    ours, theirs = typescript("axes.ticks", low, high, count), round_ticks(low, high, count)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=0)
    assert len(set(theirs)) == len(theirs)


@pytest.mark.parametrize(
    ("low", "high", "count"), [(2.0, 2.0, 5), (3.0, 1.0, 5), (0.0, math.nan, 5), (2.0, 4.0, 0)]
)
def test_an_empty_range_has_one_tick(typescript, low, high, count):
    assert typescript("axes.ticks", low, high, count) == round_ticks(low, high, count) == [low]


def chart(x, y):
    return Chart(Canvas(9, 9, text=""), box=(40, 20, 340, 220), x=x, y=y, title="", x_title="")


@given(st.floats(-1e3, 1e3), st.floats(1e-3, 1e3), st.floats(-2, 2))
def test_values_have_the_same_place_on_an_axis(typescript, low, span, share):
    value, domain = low + share * span, (low, low + span)
    for there, box in ((chart(domain, domain).x, [40, 340]), (chart(domain, domain).y, [220, 20])):
        (ours,) = typescript("whole.mapped", [value], domain, box)
        assert ours == pytest.approx(there(value), rel=1e-9, abs=1e-9)


def test_a_domain_without_width_is_one_place(typescript):
    values = [3, 0, 1e9]
    theirs = list(map(chart((3, 3), (0, 1)).x, values))
    assert typescript("whole.mapped", values, (3, 3), (40, 340)) == theirs == [40, 40, 40]


@given(st.lists(st.floats(-1, 2) | st.sampled_from([math.nan, math.inf, -math.inf]), max_size=9))
@example([])
@example([math.nan, 0.5, 1.0, math.nan, 0.0])
def test_curves_are_the_same_paths(typescript, ys):
    xs = list(range(len(ys)))
    ours = typescript("whole.path", xs, ys, [[0, 10], [40, 340]], [[0, 1], [220, 20]])
    theirs = chart((0, 10), (0, 1)).path(xs, ys)
    assert numbers(ours)[0] == numbers(theirs)[0]
    assert numbers(ours)[1] == pytest.approx(numbers(theirs)[1], abs=0.056)


# Digits: the picture writes a hyphen for a minus


def plain(text):
    return text.replace("−", "-")


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
@example(0.0625, 3)
@example(2.5, 0)
@example(-0.5, 0)
@example(1.005, 2)
def test_numbers_are_rounded_to_the_same_digits(typescript, value, decimals):
    assert plain(typescript("format.fixed", value, decimals)) == f"{value:z.{decimals}f}"


@given(st.integers(-4096, 4096), st.integers(0, 12), st.integers(0, 6))
def test_ties_go_to_the_even_digit(typescript, mantissa, power, decimals):
    value = mantissa / 2**power
    assert plain(typescript("format.fixed", value, decimals)) == f"{value:z.{decimals}f}"


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@example((1, 16))
def test_shares_are_written_alike(typescript, part):
    value = part[0] / part[1]
    assert typescript("format.share", value) == written_share(value)


def test_a_share_without_meaning_is_said_alike(typescript):
    nothing = written_share(math.nan)
    assert nothing == "undefined"
    assert typescript("format.share", math.nan) == typescript("format.share", None) == nothing


@given(st.integers(-20_000, 20_000).map(lambda value: value / 100))
@example(100.5)
@example(0.0)
@example(-0.04)
def test_values_of_a_map_are_written_alike(typescript, value):
    assert plain(typescript("geometry.label", value)) == label(value)


# Curves of Monitor and of a race


@pytest.mark.parametrize("count", [0, 1, 2, 7, 14])
def test_loss_terms_have_the_same_styles(typescript, count):
    names = [f"term {i}" for i in range(count)] + ["total"]
    ink = SERIES[0][0]
    for i, one in enumerate(typescript("charts.lossSeries", names, [])):
        colour, dash = loss_style(i, names[i])
        total = one["colour"] == "var(--lv-text)"
        assert (ink if total else SERIES[series_number(one["colour"])][0]) == colour
        assert one["dash"] == dash


def test_figures_have_the_same_styles(typescript):
    rows = [{"step": 1, "figures": {f"figure {i}": None for i in range(9)}}]
    for i, one in enumerate(typescript("charts.figureSeries", rows)):
        assert (SERIES[series_number(one["colour"])][0], one["dash"]) == figure_style(i)


@given(st.integers(0, 60), st.integers(1, 4), st.randoms(use_true_random=False))
@example(0, 1, None)
def test_the_loss_chart_has_the_same_ceiling(typescript, steps, terms, random):
    rows = [[i, *(random.uniform(0, 9) for _ in range(terms))] for i in range(steps)]
    names = [f"term {i}" for i in range(terms)]
    series = typescript("charts.lossSeries", names, [value for row in rows for value in row])
    theirs = loss_ceiling(np.array(rows).reshape(-1, 1 + terms))
    assert typescript("charts.ceiling", series) == pytest.approx(theirs, rel=1e-12)


def test_a_loss_of_zero_has_a_chart(typescript):
    series = typescript("charts.lossSeries", ["total"], [1, 0, 2, 0])
    assert typescript("charts.ceiling", series) == loss_ceiling(np.array([[1.0, 0], [2, 0]])) == 1


@pytest.mark.parametrize(
    ("values", "high"),
    [([1, math.nan, 2], 2.1), ([math.inf, 1, -math.inf], 1.05), ([math.nan] * 3, 1)],
)
def test_a_loss_that_is_not_finite_does_not_set_the_ceiling(typescript, values, high):
    rows = [[step, value] for step, value in enumerate(values)]
    series = typescript("charts.lossSeries", ["total"], [value for row in rows for value in row])
    assert typescript("charts.ceiling", series) == loss_ceiling(np.array(rows)) == high


def test_losses_of_a_race_have_the_same_styles():
    sheet = (SOURCE / "boxlab" / "race.css").read_text()
    found = re.findall(
        r"\.lv-series-(\d) \{ color: (.+?);(?: stroke-dasharray: ([\d ]+);)? \}", sheet
    )
    assert [int(number) for number, _, _ in found] == list(range(len(RACE_STYLES)))
    for number, colour, dash in found:
        light = re.match(r"light-dark\((#\w{6})", colour)
        shown = light[1] if light else SERIES[series_number(colour)][0]
        assert (shown, dash or None) == RACE_STYLES[int(number)]
