import numpy as np
import pytest

from locviz.widgets.core.chart import Chart, Photo, round_ticks
from locviz.widgets.core.picture import Canvas, number


def chart(**change):
    canvas = Canvas(100, 100, text="a chart")
    where = {"box": (10, 10, 90, 50), "x": (0, 8), "y": (0, 1)} | change
    return Chart(canvas, **where, title="loss", x_title="step")


def test_axes_map_data_to_pixels_upwards():
    one = chart()
    assert (one.x(0), one.x(8), one.x(2)) == (10, 90, 30)
    assert (one.y(0), one.y(1), one.y(0.25)) == (50, 10, 40)


@pytest.mark.parametrize("value", [3, -1e9, 4.5])
def test_a_range_without_length_is_one_place_for_whatever_value(value):
    assert chart(x=(3, 3)).x(value) == 10


def test_zero_has_no_sign():
    """0.04 px left of the edge of the canvas, and exactly there."""
    one = chart(box=(0, 0, 80, 40))
    assert one.path([-0.004, 0], [1, 1.001]) == "M0.0 0.0L0.0 0.0"
    assert number(-0.001) == "0"


def test_a_path_has_gaps_where_a_value_is_not_finite():
    values = np.array([0, 0.5, np.nan, 1], dtype=np.float32)
    assert chart().path([0, 2, 4, 8], values) == "M10.0 50.0L30.0 30.0M90.0 10.0"


@pytest.mark.parametrize(
    ("low", "high", "count", "ticks"),
    [
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 300, 5, [0, 100, 200, 300]),
        (0.3, 0.95, 5, [0.4, 0.6, 0.8]),
        (0, 3e-12, 3, [0, 1e-12, 2e-12, 3e-12]),
        (-2e-20, 2e-20, 2, [-2e-20, 0, 2e-20]),
        (2, 2, 5, [2]),
        (0, 1, 0, [0]),
    ],
)
def test_ticks_are_round(low, high, count, ticks):
    assert round_ticks(low, high, count) == ticks


def test_boxes_go_on_a_photo_in_its_own_pixels():
    """An image of 20 x 10 pixels in a square of 100: five px per pixel, in the middle."""
    canvas = Canvas(200, 200, text="a photo")
    photo = Photo(canvas, left=50, top=20, side=100, size=(20, 10), content=b"")
    assert (photo.zoom, photo.left, photo.top, photo.width, photo.height) == (5, 75, 20, 50, 100)
    box = photo.box([1, 2, 4, 6], colour="#000", dash=None)
    assert [box.get(name) for name in ("x", "y", "width", "height")] == ["80", "30", "15", "20"]
