"""Anti-aliased drawing of simple shapes in numpy.

A shape is a signed distance: negative inside, zero on the outline, positive outside. A pixel's
share of the colour is ``clip(0.5 - distance in pixels, 0, 1)``, which makes an edge one pixel wide.
The box of a shape is computed from its corners and not from its pixels, so it is exact.

Each shape is defined upright, with radius 1 around the origin and y pointing down.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]

KEYPOINT_NAMES = ("centre", "top", "right", "bottom", "left")
# What a left-right mirror does to the five keypoints: right and left change places.
KEYPOINT_MIRROR = (0, 1, 4, 3, 2)


@dataclass(frozen=True, eq=False)
class Shape:
    """One class of object.

    ``distance(u, v)`` is the signed distance (in radii) in the shape's own frame. ``corners`` (n,
    2) span its convex hull, or are None for a round shape, which looks the same at every angle.
    ``keypoints`` (5, 2) follow ``KEYPOINT_NAMES``, with top, right, bottom and left as the shape
    itself is turned.
    """

    name: str
    distance: Callable[[Array, Array], Array]
    corners: Array | None
    keypoints: Array

    def extent(self, angle: float) -> tuple[float, float, float, float]:
        """Return the box ``x1 y1 x2 y2`` of the shape of radius 1 turned clockwise by ``angle``
        radians.
        """
        if self.corners is None:
            return -1.0, -1.0, 1.0, 1.0
        turned = self.corners @ rotation(angle).T
        (x1, y1), (x2, y2) = turned.min(0), turned.max(0)
        return float(x1), float(y1), float(x2), float(y2)


@dataclass(frozen=True)
class Patch:
    """Part of an image: ``distance`` (h, w) in pixels of the shape's outline from the pixel centres
    of ``window``.
    """

    window: tuple[slice, slice]
    distance: Array

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which pixel centres lie inside the shape."""
        return self.distance <= 0

    def paint(self, image: Array, color: Array, *, rim: float = 1.0) -> None:
        """Blend ``color`` (3,) into ``image`` (3, h, w) in place, with a slightly darker rim
        ``rim`` pixels wide.
        """
        view = image[(slice(None), *self.window)]
        cover = np.clip(0.5 - self.distance, 0, 1)
        shade = 1 - 0.22 * np.clip(self.distance + rim + 0.5, 0, 1)
        view += cover * (color[:, None, None] * shade - view)


def rotation(angle: float) -> Array:
    """Return the (2, 2) matrix that turns column vectors clockwise (y points down) by ``angle``
    radians.
    """
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]], dtype=np.float32)


def rasterise(
    shape: Shape, *, center: tuple[float, float], radius: float, angle: float, box, side: int
) -> Patch:
    """Return the distances of a shape around its ``box`` (x1 y1 x2 y2 in pixels), cut to a square
    image of ``side``.
    """
    x1, y1 = max(0, int(box[0]) - 1), max(0, int(box[1]) - 1)
    x2, y2 = min(side, int(box[2]) + 2), min(side, int(box[3]) + 2)
    x = (np.arange(x1, x2, dtype=np.float32) + np.float32(0.5 - center[0])) / np.float32(radius)
    y = (np.arange(y1, y2, dtype=np.float32) + np.float32(0.5 - center[1])) / np.float32(radius)
    cos, sin = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    # The inverse rotation: from the image into the shape's frame.
    u = (cos * x)[None, :] + (sin * y)[:, None]
    v = (cos * y)[:, None] - (sin * x)[None, :]
    return Patch((slice(y1, y2), slice(x1, x2)), shape.distance(u, v) * np.float32(radius))


def _points(*pairs) -> Array:
    return np.array(pairs, dtype=np.float32)


def _circle(u, v):
    return np.sqrt(u * u + v * v) - 1


def _ring(u, v):
    return np.abs(np.sqrt(u * u + v * v) - np.float32(0.74)) - np.float32(0.26)


def _square(u, v):
    return np.maximum(np.abs(u), np.abs(v)) - 1


_SIN_60 = float(np.sin(np.pi / 3))


def _triangle(u, v):
    return np.maximum(v, np.float32(_SIN_60) * np.abs(u) - np.float32(0.5) * v) - np.float32(0.5)


_STAR_INNER = 0.5
_TIPS = np.stack(
    [np.sin(2 * np.pi * np.arange(5) / 5), -np.cos(2 * np.pi * np.arange(5) / 5)], -1
).astype(np.float32)
_INNER_X, _INNER_Y = _STAR_INNER * np.cos(np.pi / 5), _STAR_INNER * np.sin(np.pi / 5)
_EDGE = np.array([_INNER_Y, 1 - _INNER_X]) / np.hypot(_INNER_Y, 1 - _INNER_X)


def _star(u, v):
    # The nearest tip decides; seen from it the star is one straight edge and its mirror image.
    along = np.max(np.tensordot(_TIPS, np.stack([u, v]), 1), axis=0)
    across = np.sqrt(np.maximum(u * u + v * v - along * along, 0))
    return np.float32(_EDGE[0]) * (along - 1) + np.float32(_EDGE[1]) * across


_ARM = 0.36


def _cross(u, v):
    a, b = np.abs(u), np.abs(v)
    arm = np.float32(_ARM)
    return np.minimum(np.maximum(a - 1, b - arm), np.maximum(a - arm, b - 1))


_AXES = _points((0, 0), (0, -1), (1, 0), (0, 1), (-1, 0))

CIRCLE = Shape("circle", _circle, None, _AXES)
SQUARE = Shape("square", _square, _points((-1, -1), (1, -1), (1, 1), (-1, 1)), _AXES)
TRIANGLE = Shape(
    "triangle",
    _triangle,
    _points((0, -1), (_SIN_60, 0.5), (-_SIN_60, 0.5)),
    _points((0, 0), (0, -1), (_SIN_60, 0.5), (0, 0.5), (-_SIN_60, 0.5)),
)
STAR = Shape(
    "star",
    _star,
    _TIPS,
    np.stack([np.zeros(2), _TIPS[0], _TIPS[1], [0, _STAR_INNER], _TIPS[4]]).astype(np.float32),
)
RING = Shape("ring", _ring, None, _AXES)
CROSS = Shape(
    "cross",
    _cross,
    _points(
        (-_ARM, -1),
        (_ARM, -1),
        (1, -_ARM),
        (1, _ARM),
        (_ARM, 1),
        (-_ARM, 1),
        (-1, _ARM),
        (-1, -_ARM),
    ),
    _AXES,
)


def _half_disc(u, v):
    return np.maximum(np.sqrt(u * u + v * v) - 1, v)


def _stroke(u, v):
    return np.sqrt(np.square(np.maximum(np.abs(u) - np.float32(0.88), 0)) + v * v) - np.float32(
        0.12
    )


def _corner(u, v):
    return np.maximum(np.maximum(np.abs(u), np.abs(v)) - 1, np.float32(0.5) - np.maximum(u, v))


# Things that are in a scene and are not objects: no class looks like them.
DISTRACTORS = (
    Shape("half disc", _half_disc, None, _AXES),
    Shape("stroke", _stroke, None, _AXES),
    Shape("corner", _corner, _points((-1, -1), (1, -1), (1, 1), (-1, 1)), _AXES),
)
