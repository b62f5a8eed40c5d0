import pytest
import torch

from locviz.viz import show_points

POINTS = torch.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])


def test_each_point_keeps_its_place_and_value():
    values = {"iou": torch.tensor([1.0, 2.0, 3.0]), "giou": torch.tensor([0.0, 0.0, 9.0])}
    picture = show_points(POINTS, values, xlabel="x", ylabel="y", alt="three points")
    panels = [ax for ax in picture.figure.axes if ax.get_title()]
    assert [ax.get_title() for ax in panels] == ["iou", "giou"]
    assert [ax.get_ylabel() for ax in panels] == ["y", ""]
    for ax, shown in zip(panels, values.values(), strict=True):
        assert ax.collections[0].get_offsets().tolist() == POINTS.tolist()
        assert ax.collections[0].get_array().tolist() == shown.tolist()


def test_bad_input_names_the_argument():
    with pytest.raises(ValueError, match="values is empty"):
        show_points(POINTS, {}, alt="nothing")
    with pytest.raises(ValueError, match=r"values 'a' must be \(3,\), one per point, got \(2,\)"):
        show_points(POINTS, {"a": torch.zeros(2)}, alt="two values")
