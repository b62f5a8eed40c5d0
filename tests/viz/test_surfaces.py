import pytest
import torch

from locviz.viz import show_surfaces


def test_row_zero_is_at_the_top_and_keeps_its_place():
    picture = show_surfaces({"s": torch.tensor([[0.0, 1.0], [2.0, 3.0]])}, extent=(0, 10, 0, 20))
    ax = picture.figure.axes[0]
    assert ax.images[0].get_array().tolist() == [[0, 1], [2, 3]]
    assert ax.images[0].get_extent() == [0, 10, 20, 0]
    assert ax.get_ylim() == (20, 0)
    assert picture.alt == "Values over a plane. s from 0 to 3."


@pytest.mark.parametrize(
    "values", [torch.zeros(4, 4), torch.full((4, 4), float("nan")), torch.ones(1, 1)]
)
def test_flat_and_undefined_surfaces_are_drawn(values):
    picture = show_surfaces({"s": values}, extent=(0, 1, 0, 1))
    assert "<svg" in picture.svg()
    assert ("undefined" in picture.alt) == bool(values.isnan().any())


def test_bad_input_names_the_argument():
    with pytest.raises(ValueError, match="surfaces is empty"):
        show_surfaces({}, extent=(0, 1, 0, 1))
    with pytest.raises(ValueError, match=r"surface 's' must be \(h, w\), got \(3,\)"):
        show_surfaces({"s": torch.zeros(3)}, extent=(0, 1, 0, 1))
