import pytest
import torch
import traitlets

from locviz.widgets import AnchorLab
from locviz.widgets.anchorlab.box_set import STANDARD

SIZE = (64, 96)


def box(*rows):
    return torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)


def some_boxes(num, seed=0, size=SIZE):
    generator = torch.Generator().manual_seed(seed)
    height, width = size
    corner = torch.rand(num, 2, generator=generator) * torch.tensor([width, height]) * 0.7
    side = 4 + torch.rand(num, 2, generator=generator) * torch.tensor([width, height]) * 0.28
    return torch.cat([corner, corner + side], 1)


@pytest.fixture
def data():
    """Three images of one size, with 5, 0 and 3 boxes."""
    return {"boxes": [some_boxes(5), box(), some_boxes(3, 1)], "size": SIZE}


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"scalles": [1]}, TypeError, "did you mean 'scales'"),
        ({"scales": []}, traitlets.TraitError, "1 to 6 sides in strides"),
        ({"ratios": [1, 0]}, traitlets.TraitError, "from 0.05 to 20"),
        ({"ratios": 1.0}, traitlets.TraitError, "heights over widths"),
        ({"strides": [8.5]}, traitlets.TraitError, "whole pixels per cell"),
        ({"scales": [float("nan")]}, traitlets.TraitError, "sides in strides"),
        ({"positive": 0.0}, traitlets.TraitError, "more than 0"),
        ({"positive": 0.3}, traitlets.TraitError, "must not be above positive"),
        ({"image": 3}, traitlets.TraitError, r"0\.\.2"),
        ({"selected": -1}, traitlets.TraitError, "a whole number, at least 0"),
        ({"cell": (1.0,)}, traitlets.TraitError, "two finite numbers"),
        ({"target": (5, 5, 1, 9)}, traitlets.TraitError, "high < low"),
        ({"boxes": []}, ValueError, "at least one image"),
        ({"boxes": [torch.rand(3, 2)]}, ValueError, r"must be \(n, 4\)"),
        ({"boxes": [box([9, 9, 3, 3])]}, ValueError, "high < low"),
        ({"size": None}, ValueError, "no size is known"),
        ({"size": [(4, 4)]}, ValueError, "one per image"),
        ({"images": []}, ValueError, "one image per entry"),
        ({"default": {"strids": [4]}}, ValueError, "scales, ratios and strides"),
    ],
)
def test_bad_input_names_the_fix(data, change, error, words):
    with pytest.raises(error, match=words):
        AnchorLab(**{**data, **change})


def test_too_many_anchors_and_bad_gestures():
    lab = AnchorLab(boxes=[some_boxes(2, size=(900, 1200))], size=(900, 1200))
    with pytest.raises(traitlets.TraitError, match="leave out the finest stride"):
        lab.strides = [2, 4]
    assert lab.strides == list(STANDARD.strides)
    with pytest.raises(ValueError, match="'target' or 'cell'"):
        lab.drag("box", 1, 1)
    with pytest.raises(ValueError, match="part must be one of"):
        lab.drag("target", 1, 1, part="middle")
    with pytest.raises(ValueError, match=r"0\.\.1"):
        lab.select(2)
