import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from locviz.boxes import iou
from locviz.priors import (
    AnchorPriors,
    PointPriors,
    anchor_recall,
    best_iou,
    best_shape_iou,
    coverage,
)


def boxes_of(draw_rows, dim=2):
    rows = torch.tensor(draw_rows, dtype=torch.float32).reshape(-1, 2, dim)
    return torch.cat([rows.amin(1), rows.amax(1)], -1)


corner = st.integers(0, 32).map(float)


@settings(max_examples=60)
@given(st.lists(st.tuples(corner, corner, corner, corner), max_size=5), st.sampled_from([7, 2**20]))
def test_best_iou_is_the_double_loop(rows, block):
    boxes = boxes_of(rows)
    priors = AnchorPriors(sizes=((6, 11),), strides=(8,), ratios=(0.5, 2))(
        [(4, 4)], input_size=(32, 32)
    )
    before, coverage.BLOCK = coverage.BLOCK, block
    try:
        found = best_iou(priors, boxes)
    finally:
        coverage.BLOCK = before
    by_hand = [max(float(iou(region, box)) for region in priors.regions) for box in boxes]
    assert found.tolist() == pytest.approx(by_hand)


def test_recall_by_hand():
    """Two 8-pixel cells: one box is a cell, one is half of it, one lies on both, a third of its
    union with either.
    """
    priors = PointPriors(strides=(8,))([(1, 2)], input_size=(8, 16))
    images = [
        torch.tensor([[0.0, 0, 8, 8], [0, 0, 8, 4]]),
        torch.zeros(0, 4),
        torch.tensor([[4.0, 0, 12, 8]]),
    ]
    assert best_iou(priors, images[0]).tolist() == [1, 0.5]
    torch.testing.assert_close(
        anchor_recall(priors, images, (0.3, 0.5, 0.75, 1.0)), torch.tensor([1, 2 / 3, 1 / 3, 1 / 3])
    )


def test_recall_of_nothing_is_not_a_number():
    priors = PointPriors(strides=(8,))([(1, 2)], input_size=(8, 16))
    assert anchor_recall(priors, []).isnan().all()
    assert anchor_recall(priors, [torch.zeros(0, 4)]).isnan().all()


def test_shape_is_an_upper_bound():
    generator = torch.Generator().manual_seed(0)
    low = torch.rand(50, 2, generator=generator) * 60
    boxes = torch.cat([low, low + 2 + torch.rand(50, 2, generator=generator) * 40], -1)
    anchors = AnchorPriors(sizes=((8, 20),), strides=(4,), ratios=(0.5, 1, 2))
    placed = best_iou(anchors([(25, 25)], input_size=(100, 100)), boxes)
    shapes = best_shape_iou(anchors.sides(0), boxes)
    assert (shapes >= placed - 1e-6).all()
    assert best_shape_iou(torch.tensor([[4.0, 8]]), torch.tensor([[3.0, 3, 7, 7]])).tolist() == [
        0.5
    ]


def test_spans():
    priors = PointPriors(strides=(2,))([(4,)], input_size=(8,))
    assert best_iou(priors, torch.tensor([[2.0, 4], [2, 8]])).tolist() == pytest.approx([1, 1 / 3])
    assert best_shape_iou(torch.tensor([[2.0]]), torch.tensor([[5.0, 6]])).tolist() == [0.5]
