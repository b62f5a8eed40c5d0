import math

import pytest
import torch
import traitlets

from locviz.types import Targets
from locviz.widgets import AssignLab


def truth(*rows, size=(64, 64), labels=None):
    boxes = torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)
    named = torch.tensor(labels or [0] * len(boxes), dtype=torch.int64)
    return Targets(boxes=boxes, labels=named, size=size)


@pytest.fixture
def two():
    """Two objects side by side, two classes."""
    return truth([8, 8, 24, 24], [36, 8, 60, 40], labels=[0, 1])


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"asigner": "ota"}, TypeError, "did you mean 'assigner'"),
        ({"assigner": "otaa"}, traitlets.TraitError, "one of 'max_iou'"),
        ({"second": "none"}, traitlets.TraitError, "one of 'max_iou'"),
        ({"settings": {"atss": {"topk": 3}}}, traitlets.TraitError, "did you mean 'top_k'"),
        ({"settings": {"atss": {"top_k": 99}}}, traitlets.TraitError, r"1\.\.30"),
        ({"settings": {"top_k": 3}}, traitlets.TraitError, "turned by assigner"),
        ({"image": 1}, traitlets.TraitError, r"0\.\.0"),
        ({"training_step": 7}, traitlets.TraitError, "one of 0, 1, 2, 3"),
        ({"against": "yesterday"}, traitlets.TraitError, "'previous'"),
        ({"boxes": [[1, 2, 3, 4]]}, traitlets.TraitError, "2 rows"),
        ({"boxes": [[9, 2, 3, 4], [1, 2, 3, 4]]}, traitlets.TraitError, "low <= high"),
        ({"boxes": [[math.nan, 2, 3, 4], [1, 2, 3, 4]]}, traitlets.TraitError, "finite"),
        ({"targets": []}, ValueError, "at least one image"),
        ({"images": [torch.rand(3, 64, 64)] * 2}, ValueError, "one each"),
        ({"predictions": "fcos"}, TypeError, "Replay"),
    ],
)
def test_bad_input_names_the_fix(two, change, error, words):
    with pytest.raises(error, match=words):
        AssignLab(**{"targets": two, **change})
