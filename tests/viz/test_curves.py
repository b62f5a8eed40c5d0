import pytest
import torch
from matplotlib.colors import to_hex

from locviz.viz import show_curves, show_panels


def test_curves_keep_their_values_and_names():
    picture = show_curves(
        {"a": torch.tensor([3.0, 1.0]), "b": [1, 2]},
        [10, 20],
        xlabel="step",
        ylabel="loss",
        log="y",
    )
    ax = picture.figure.axes[0]
    assert [line.get_label() for line in ax.lines] == ["a", "b"]
    assert ax.lines[0].get_xydata().tolist() == [[10, 3], [20, 1]]
    assert ax.get_yscale() == "log"
    assert picture.alt == "loss over step. a from 3 to 1; b from 1 to 2."


def test_values_that_need_a_gradient_are_shown():
    assert show_curves({"a": torch.ones(3, requires_grad=True)}).figure.axes[0].lines[
        0
    ].get_ydata().tolist() == [
        1,
        1,
        1,
    ]


def test_bad_input_names_the_argument():
    with pytest.raises(ValueError, match="curves is empty"):
        show_curves({})
    with pytest.raises(ValueError, match="curve 'a' has 2 values, but x has 3"):
        show_curves({"a": [1, 2]}, [1, 2, 3])


def test_dots_have_the_colour_of_their_curve():
    curves = {"a": [3, 1], "b": [1, 2]}
    ax = show_curves(curves, [10, 20], dots={"b": ([10, 20], [1.5, 2.5])}).figure.axes[0]
    assert ax.collections[0].get_offsets().tolist() == [[10, 1.5], [20, 2.5]]
    assert to_hex(ax.collections[0].get_edgecolor()[0]) == ax.lines[1].get_color()
    with pytest.raises(ValueError, match="dots has 'c', but the curves are a, b"):
        show_curves(curves, dots={"c": ([0], [1])})


def test_panels_stand_side_by_side():
    panels = {"left": {"a": [1, 2]}, "right": {"a": [5, 4]}}
    picture = show_panels(panels, xlabel="step", ylabel="loss", ylims=[(0, 3), None])
    left, right = picture.figure.axes
    assert [ax.get_title() for ax in (left, right)] == ["left", "right"]
    assert [ax.lines[0].get_ydata().tolist() for ax in (left, right)] == [[1, 2], [5, 4]]
    assert [ax.get_ylabel() for ax in (left, right)] == ["loss", ""]
    assert left.get_ylim() == (0, 3)
    assert right.get_ylim()[1] > 5
    assert (
        picture.alt == "left: loss over step. a from 1 to 2. right: loss over step. a from 5 to 4."
    )


def test_panels_that_share_an_axis_show_the_same_range_and_their_dots():
    panels = {"left": {"a": [1, 2]}, "right": {"a": [5, 4]}}
    picture = show_panels(panels, sharey=True, dots={"a": ([1], [3])})
    left, right = picture.figure.axes
    assert left.get_ylim() == right.get_ylim()
    for ax in (left, right):
        assert ax.collections[0].get_offsets().tolist() == [[1, 3]]


def test_bad_panels_name_the_argument():
    with pytest.raises(ValueError, match="panels is empty"):
        show_panels({})
    with pytest.raises(ValueError, match="ylims has 1 entries for 2 panels"):
        show_panels({"a": {"a": [1]}, "b": {"a": [1]}}, ylims=[(0, 1)])
