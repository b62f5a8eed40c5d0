"""A shape that has its place in a scene: what the drawn data sets have in common."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from locviz.data import draw, scenes
from locviz.data.draw import Array, Shape

Box = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class Placed:
    """A shape of one class with its place in the image, lengths in pixels.

    ``box`` is tight around the whole shape, whose origin lies at ``center``, whose unit is
    ``radius`` and which is turned clockwise by ``angle`` radians.
    """

    label: int
    shape: Shape
    box: Box
    center: tuple[float, float]
    radius: float
    angle: float

    def patch(self, side: int, shape: Shape | None = None) -> draw.Patch:
        """Rasterise the shape, or another ``shape`` in its place, on an image of ``side``."""
        return draw.rasterise(
            shape or self.shape,
            center=self.center,
            radius=self.radius,
            angle=self.angle,
            box=self.box,
            side=side,
        )

    def keypoints(self) -> Array:
        """The five keypoints (5, 2) in pixels."""
        turned = self.shape.keypoints @ draw.rotation(self.angle).T
        return turned * self.radius + np.array(self.center)


def place_shape(
    rng: np.random.Generator,
    placed: Sequence[Placed],
    label: int,
    shape: Shape,
    *,
    angle: float,
    size: float,
    side: int,
    max_iou: float,
    crowding: float = 0.0,
) -> Placed | None:
    """Put a shape whose box has a longer side of ``size`` pixels at a random place, or return None
    where ``scenes.place`` finds none.
    """
    x1, y1, x2, y2 = shape.extent(angle)
    radius = size / max(x2 - x1, y2 - y1)
    width, height = radius * (x2 - x1), radius * (y2 - y1)
    boxes = [other.box for other in placed]
    box = scenes.place(rng, boxes, width, height, side=side, max_iou=max_iou, crowding=crowding)
    if box is None:
        return None
    return Placed(label, shape, box, (box[0] - radius * x1, box[1] - radius * y1), radius, angle)


def visible_keypoints(
    objects: Sequence[Placed], masks: NDArray[np.bool_], cover: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Return keypoints (g, 5, 3): x, y and COCO's visibility, which is 2 for visible and 1 for
    covered by an object that is painted later, or by ``cover`` (h, w), which is painted last.
    """
    points = np.array([thing.keypoints() for thing in objects], dtype=np.float32).reshape(-1, 5, 2)
    column, row = np.minimum(points.astype(int), masks.shape[-1] - 1).transpose(2, 0, 1)
    later = np.arange(len(objects))[:, None, None] > np.arange(len(objects))[None, :, None]
    covered = (masks[:, row, column] & later).any(0)
    if cover is not None:
        covered |= cover[row, column]
    return np.concatenate([points, np.where(covered, 1, 2)[..., None]], -1).astype(np.float32)
