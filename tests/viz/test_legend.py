"""A legend covers no curve, no title and no neighbour, and stays in the figure."""

import pytest

from locviz import viz


def laid_out(picture):
    """The extents of title, legend and axes, once the figure is written."""
    picture.svg()
    for ax in picture.figure.axes:
        title = ax.title.get_window_extent() if ax.get_title() else None
        yield title, ax.get_legend().get_window_extent(), ax.get_window_extent()


def check(picture):
    figure = picture.figure.bbox
    for title, legend, axes in laid_out(picture):
        assert legend.y0 >= axes.y1
        assert figure.x0 <= legend.x0
        assert legend.x1 <= figure.x1
        assert legend.y1 <= figure.y1
        if title is not None:
            assert title.y0 >= legend.y1 - 1
            assert title.y1 <= figure.y1 + 1


@pytest.mark.parametrize("num", [2, 3, 5, 8])
@pytest.mark.parametrize("name", ["IoU", "the best 100 proposals of two"])
def test_one_figure(num, name):
    curves = {f"{name} {i}": [0, i, 2 * i] for i in range(num)}
    check(viz.show_curves(curves, title="losses"))
    check(viz.show_curves(curves, width=5.0))


@pytest.mark.parametrize("num", [2, 4, 6])
def test_panels_side_by_side(num):
    curves = {f"loss number {i}": [0, i, 2 * i] for i in range(num)}
    picture = viz.show_panels({"released": curves, "exact": curves})
    check(picture)
    (_, left, _), (_, right, _) = laid_out(picture)
    assert left.x1 <= right.x0


def test_axes_without_a_name_have_no_legend():
    _, ((ax,),) = viz.new_figure()
    ax.plot([0, 1])
    viz.legend_above(ax)
    assert ax.get_legend() is None
