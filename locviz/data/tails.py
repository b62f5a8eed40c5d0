"""Shapes with a tail: the head tells the class, the tail makes the box.

A head is one of the shapes of ``locviz.data.draw``, radius 1 around the origin. The tail hangs
below it and is made of convex polygons. Whatever its form and length, it says nothing about the
class.
"""

from collections.abc import Callable, Sequence

import numpy as np

from locviz.data.draw import Array, Shape

# Where a tail begins below the head's centre: every head reaches down to here, and the ring's hole
# ends above it.
START = 0.48
HALF_WIDTH = 0.3
# (length below the head's centre, in radii) to the convex polygons of a tail, corners (n, 2) each.
Tail = Callable[[float], Sequence[Array]]


def straight(length: float) -> Sequence[Array]:
    """A bar, as the shaft of an arrow."""
    return [_block(-HALF_WIDTH, START, HALF_WIDTH, length)]


def tapered(length: float) -> Sequence[Array]:
    """The tail of a comet: wide at the head, narrow at its end."""
    wide, narrow = 0.62, 0.14
    corners = ((-wide, START), (wide, START), (narrow, length), (-narrow, length))
    return [np.array(corners, dtype=np.float32)]


def bent(length: float, *, side: float = 1.0, share: float = 0.7) -> Sequence[Array]:
    """The shape of an L: down, then to one side.

    Args:
        length: below the head's centre, in radii.
        side: 1 for the right, -1 for the left.
        share: the foot's length as a share of ``length``.
    """
    end = side * max(share * length, 2 * HALF_WIDTH)
    low, high = sorted((-side * HALF_WIDTH, end))
    foot = _block(low, length - 2 * HALF_WIDTH, high, length)
    return [*straight(length), foot]


def with_tail(head: Shape, polygons: Sequence[Array]) -> Shape:
    """Return ``head`` and its tail as one shape, which has the name and the keypoints of the head.

    A round head counts as a polygon of 64 corners where the box is computed: it is then too small
    by at most a thousandth of the head's radius on each side.
    """
    hull = [_CIRCLE if head.corners is None else head.corners, *polygons]
    edges = [_edges(polygon) for polygon in polygons]

    def distance(u: Array, v: Array) -> Array:
        nearest = head.distance(u, v)
        for normals, offsets in edges:
            sides = normals[:, 0, None, None] * u + normals[:, 1, None, None] * v
            nearest = np.minimum(nearest, (sides - offsets[:, None, None]).max(0))
        return nearest

    return Shape(head.name, distance, np.concatenate(hull).astype(np.float32), head.keypoints)


_TURNS = 2 * np.pi * np.arange(64) / 64
_CIRCLE = np.stack([np.cos(_TURNS), np.sin(_TURNS)], -1).astype(np.float32)


def _block(x1: float, y1: float, x2: float, y2: float) -> Array:
    return np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], dtype=np.float32)


def _edges(polygon: Array) -> tuple[Array, Array]:
    """Outward normals (n, 2) and offsets (n,) of a convex polygon whose corners run clockwise on
    the screen.
    """
    along = np.roll(polygon, -1, axis=0) - polygon
    normals = np.stack([along[:, 1], -along[:, 0]], -1)
    normals = normals / np.sqrt((normals**2).sum(1, keepdims=True))
    return normals.astype(np.float32), (normals * polygon).sum(1).astype(np.float32)
