import numpy as np
import pytest

from locviz.data import draw, tails
from locviz.data.misaligned import HEADS

KINDS = {
    "straight": tails.straight(5.0),
    "tapered": tails.tapered(5.0),
    "bent right": tails.bent(5.0, side=1.0, share=0.6),
    "bent left": tails.bent(5.0, side=-1.0, share=0.6),
}
# Area below v = 1, where every head has ended, by hand: bars are 0.6 wide. The comet narrows from
# 1.24 at v = 0.48 to 0.28 at v = 5. The foot of the L is 3 + 0.3 long, of which the bar has 0.6.
AREAS = {
    "straight": 4 * 0.6,
    "tapered": 4 * (1.24 - 0.96 * 0.52 / 4.52 + 0.28) / 2,
    "bent right": 4 * 0.6 + (3.3 - 0.6) * 0.6,
    "bent left": 4 * 0.6 + (3.3 - 0.6) * 0.6,
}
GRID = np.linspace(-6, 6, 1201, dtype=np.float32)
U, V = np.meshgrid(GRID, GRID)


@pytest.mark.parametrize("kind", KINDS)
def test_area_below_the_head(kind):
    shape = tails.with_tail(draw.CIRCLE, KINDS[kind])
    inside = (shape.distance(U, V) <= 0) & (V > 1)
    assert inside.sum() * 0.01**2 == pytest.approx(AREAS[kind], rel=0.03)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.name)
@pytest.mark.parametrize("angle", [0.0, -0.1, np.pi / 2 + 0.05, 3.0])
def test_extent_is_the_box_of_the_shape(kind, head, angle):
    """Against brute force: the box of a fine grid's points inside the shape."""
    shape = tails.with_tail(head, KINDS[kind])
    inside = np.stack([U, V], -1)[shape.distance(U, V) <= 0] @ draw.rotation(angle).T
    expected = np.concatenate([inside.min(0), inside.max(0)])
    np.testing.assert_allclose(shape.extent(angle), expected, atol=0.03)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("head", HEADS, ids=lambda head: head.name)
def test_head_and_tail_are_one_piece_and_the_head_stays_as_it_is(kind, head):
    """Above the tail nothing changes, not even in the hole of the ring; below it there is no gap."""
    shape = tails.with_tail(head, KINDS[kind])
    above = tails.START - 0.01 > V
    inside, own = shape.distance(U, V) <= 0, head.distance(U, V) <= 0
    np.testing.assert_array_equal(inside[above], own[above])
    middle = inside[:, 600][(GRID > tails.START) & (GRID < 4.9)]
    assert middle.all()
    assert shape.name == head.name
    np.testing.assert_array_equal(shape.keypoints, head.keypoints)


def test_left_is_the_mirror_of_right():
    right, left = (tails.with_tail(draw.SQUARE, tails.bent(4.0, side=side)) for side in (1.0, -1.0))
    np.testing.assert_allclose(right.distance(U, V), left.distance(-U, V), atol=1e-5)


def test_distances_are_those_of_the_outline():
    """By hand, beside a bar of half width 0.3 from 0.48 to 5: 0.7 from its side, 1 below its end,
    inside -0.3.
    """
    shape = tails.with_tail(draw.CIRCLE, tails.straight(5.0))
    u, v = np.array([[1.0, 0.0, 0.0]], np.float32), np.array([[3.0, 6.0, 3.0]], np.float32)
    np.testing.assert_allclose(shape.distance(u, v), [[0.7, 1.0, -0.3]], atol=1e-6)
