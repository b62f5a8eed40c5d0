from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.evaluate import proposal_recall
from locviz.types import Detections, Targets


def found(*boxes) -> Detections:
    boxes = torch.tensor(boxes).float().reshape(-1, 4)
    return Detections(
        boxes, torch.linspace(1, 0.5, len(boxes)), torch.zeros(len(boxes), dtype=torch.int64)
    )


def truth(*boxes, **more) -> Targets:
    boxes = torch.tensor(boxes).float().reshape(-1, 4)
    return Targets(boxes=boxes, labels=torch.arange(len(boxes)), size=(64, 64), **more)


def test_by_hand():
    """IoUs with the best proposal: 1, 0.5 (exactly), 0. One proposal may find two objects, and
    labels do not matter.
    """
    objects = truth((0, 0, 10, 10), (0, 0, 10, 20), (40, 40, 50, 50))
    shares = proposal_recall([found((0, 0, 10, 10))], [objects], thresholds=(0.4, 0.5, 0.6))
    torch.testing.assert_close(shares, torch.tensor([2 / 3, 2 / 3, 1 / 3]))


def test_all_objects_of_all_images_weigh_the_same():
    images = [
        truth((0, 0, 10, 10)),
        truth((0, 0, 10, 10), (20, 20, 30, 30), (40, 40, 50, 50)),
        truth(),
    ]
    proposals = [found((0, 0, 10, 10)), found(), found((5, 5, 9, 9))]
    assert float(proposal_recall(proposals, images)) == pytest.approx(1 / 4)


def test_only_the_first_proposals_count():
    proposals = [found((20, 20, 30, 30), (0, 0, 10, 10))]
    assert float(proposal_recall(proposals, [truth((0, 0, 10, 10))], num=1)) == 0
    assert float(proposal_recall(proposals, [truth((0, 0, 10, 10))], num=2)) == 1


def test_what_is_set_apart_need_not_be_found():
    objects = truth((0, 0, 10, 10), (40, 40, 50, 50), crowd=torch.tensor([False, True]))
    assert float(proposal_recall([found((0, 0, 10, 10))], [objects])) == 1
    nobody = truth((40, 40, 50, 50), ignore=torch.tensor([True]))
    assert proposal_recall([found()], [nobody]).isnan().all()


@given(st.integers(0, 10_000))
def test_it_grows_with_the_number_and_falls_with_the_threshold(seed):
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(12, 2, generator=generator) * 20
    boxes = torch.cat([low, low + 5 + torch.rand(12, 2, generator=generator) * 20], 1)
    proposals, targets = [found(*boxes[:8].tolist())], [truth(*boxes[8:].tolist())]
    shares = [
        proposal_recall(proposals, targets, num=num, thresholds=(0.3, 0.5, 0.7))
        for num in (1, 3, 8)
    ]
    assert all((a <= b).all() for a, b in pairwise(shares))
    assert (shares[-1].diff() <= 0).all()


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="proposals of 0 images for 1 targets"):
        proposal_recall([], [truth()])
    with pytest.raises(ValueError, match="num must be at least 1"):
        proposal_recall([found()], [truth()], num=0)


def test_plain_regions_count_as_detections_do():
    objects = truth((0, 0, 4, 4), (8, 0, 12, 4))
    regions = torch.tensor([[8.0, 0, 12, 2], [0, 0, 4, 4]])
    assert proposal_recall([regions], [objects], thresholds=(0.5, 0.51)).tolist() == [1.0, 0.5]
    assert proposal_recall([regions], [objects], num=1, thresholds=(0.5, 0.51)).tolist() == [
        0.5,
        0.0,
    ]
    assert proposal_recall([torch.zeros(0, 4)], [objects], num=None).item() == 0


def test_none_counts_all_of_them():
    far = torch.tensor([[90.0, 90, 99, 99]]).repeat(150, 1)
    regions = torch.cat([far, torch.tensor([[0.0, 0, 4, 4]])])
    assert proposal_recall([regions], [truth((0, 0, 4, 4))]).item() == 0
    assert proposal_recall([regions], [truth((0, 0, 4, 4))], num=None).item() == 1


@pytest.mark.usefixtures("unchecked")
def test_one_pair_in_place_of_lists_is_named():
    with pytest.raises(TypeError, match=r"proposals must be a list .* a single Tensor"):
        proposal_recall(torch.zeros(1, 4), [truth()])
    with pytest.raises(TypeError, match=r"targets must be a list .* a single Targets"):
        proposal_recall([torch.zeros(1, 4)], truth())
