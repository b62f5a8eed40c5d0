"""The dynamic assigners in a detector, each by one keyword."""

from functools import partial

import pytest
import torch
from torch.nn import functional as F

from locviz.models import (
    detr_costs,
    fcos_tiny,
    hungarian,
    ota,
    sim_ota,
    task_aligned,
    task_aligned_tood,
)
from locviz.models.assigners import binary_cross_entropy
from locviz.types import Targets

BUILDERS = [
    ota,
    sim_ota,
    task_aligned,
    task_aligned_tood,
    hungarian,
    partial(hungarian, costs=detr_costs()),
]


def targets_of(rows) -> Targets:
    boxes = torch.tensor(rows, dtype=torch.float32).reshape(-1, 4)
    return Targets(boxes=boxes, labels=torch.arange(len(boxes)) % 6, size=(64, 64))


@pytest.mark.parametrize("builder", BUILDERS)
def test_a_detector_learns_under_it(builder):
    """Losses are finite, an image without objects is valid, and ten steps on one batch make the
    loss smaller.
    """
    torch.manual_seed(0)
    detector = fcos_tiny(6, assigner=builder())
    images = list(torch.rand(3, 3, 64, 64))
    targets = [
        targets_of([[4, 4, 30, 28], [20, 24, 60, 50]]),
        targets_of([]),
        targets_of([[10, 30, 22, 60]]),
    ]
    optimizer = torch.optim.AdamW(detector.parameters(), lr=2e-3)
    totals = []
    for _ in range(10):
        total = detector.loss(images, targets).total
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(total.item())
    assert all(torch.isfinite(torch.tensor(totals)))
    assert totals[-1] < 0.9 * totals[0]


@pytest.mark.parametrize("builder", BUILDERS)
def test_every_object_has_a_prior(builder):
    torch.manual_seed(1)
    detector = fcos_tiny(6, assigner=builder())
    targets = [targets_of([[4, 4, 30, 28], [34, 34, 60, 58], [36, 4, 58, 30]])]
    predictions = detector([torch.rand(3, 64, 64)])
    (assignment,) = detector.assign(predictions, detector.regions(predictions), targets)
    assert assignment.gt_index[assignment.positive].unique().tolist() == [0, 1, 2]
    assert not assignment.cost.requires_grad


def test_options_reach_the_assigner():
    assert sim_ota(center_offset=0.5).center_offset == 0.5
    assert ota(num_iou=7).num_iou == 7
    assert task_aligned(top_k=1).top_k == 1
    assert (task_aligned_tood().alpha, task_aligned_tood().top_k) == (1.0, 13)
    assert [cost.weight for cost in hungarian().costs] == [2.0, 5.0, 2.0]
    assert [cost.weight for cost in hungarian(costs=detr_costs()).costs] == [1.0, 5.0, 2.0]
    with pytest.raises(TypeError, match="no_such_option"):
        ota(no_such_option=1)


def test_binary_cross_entropy_is_torchs():
    generator = torch.Generator().manual_seed(0)
    chance = torch.rand(50, 4, generator=generator)
    chance[0], chance[1], chance[2] = 0.0, 1.0, 1e-30
    for targets in (
        torch.zeros_like(chance),
        torch.ones_like(chance),
        torch.rand(50, 4, generator=generator),
    ):
        expected = F.binary_cross_entropy(chance, targets, reduction="none")
        torch.testing.assert_close(binary_cross_entropy(chance, targets), expected)
