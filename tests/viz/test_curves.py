import pytest
import torch

from locviz.viz import show_curves


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
