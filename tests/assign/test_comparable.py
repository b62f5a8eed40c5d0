import pytest
import torch

from locviz.assign.comparable import comparable
from locviz.types import Targets

BOXES = torch.tensor([[0.1, 0.2, 4.3, 4.4]], dtype=torch.float64)


def targets(boxes):
    return Targets(boxes=boxes, labels=torch.tensor([0]), size=(9, 9), image_id=3)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(5, 4), (2, 5, 4)])
def test_boxes_take_the_type_of_the_regions(dtype, shape):
    found = comparable(targets(BOXES), torch.zeros(shape, dtype=dtype), "regions")
    assert found.boxes.dtype == found.area.dtype == dtype
    assert torch.equal(found.boxes, BOXES.to(dtype))
    assert found.image_id == 3


def test_targets_that_fit_come_back_as_they_are():
    given = targets(BOXES)
    assert comparable(given, torch.zeros(0, 4, dtype=torch.float64), "regions") is given


def test_spans_and_boxes_do_not_mix():
    with pytest.raises(
        ValueError, match=r"priors\.regions \(5, 2\) and targets\.boxes \(1, 4\) mix"
    ):
        comparable(targets(BOXES), torch.zeros(5, 2), "priors.regions")
