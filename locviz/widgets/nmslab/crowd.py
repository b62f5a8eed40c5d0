"""The crowd that NMSLab opens with: two objects of one class that hide each other, and two others.

Two rings overlap so much that the best candidates of the two have an IoU of 0.53: greedy NMS at
0.5 takes one for a duplicate of the other. A star lies in front of a square; only a suppression
over all classes confuses these two. Scores and boxes are made up, and do not agree: the surest
candidate of an object is not the one that lies best.
"""

import numpy as np
import torch

from locviz.data import draw
from locviz.data.scenes import to_uint8, to_unit
from locviz.types import Detections, Targets
from locviz.widgets.nmslab.scene import Scene

SIDE = 128
NAMES = ("ring", "square", "star")
_SHAPES = (draw.RING, draw.SQUARE, draw.STAR)
_GROUND = (214.0, 219.0, 226.0)
# Label, box, colour; painted in this order.
_OBJECTS = (
    (0, (12.0, 16.0, 62.0, 66.0), (70, 128, 196)),
    (0, (27.0, 16.0, 77.0, 66.0), (222, 120, 62)),
    (1, (70.0, 70.0, 120.0, 120.0), (96, 148, 104)),
    (2, (72.0, 71.0, 118.0, 114.75), (238, 200, 84)),
)
# Label, score, box.
_CANDIDATES = (
    (0, 0.92, (11.0, 18.0, 61.0, 68.0)),
    (0, 0.85, (24.5, 16.5, 74.5, 66.5)),
    (1, 0.84, (67.0, 74.0, 118.0, 122.0)),
    (2, 0.80, (71.0, 72.0, 119.0, 117.0)),
    (0, 0.76, (12.0, 15.0, 62.0, 65.0)),
    (0, 0.70, (26.5, 18.5, 76.5, 68.5)),
    (1, 0.66, (70.0, 70.0, 121.0, 120.0)),
    (0, 0.58, (5.0, 21.0, 56.0, 71.0)),
    (2, 0.55, (66.0, 74.0, 112.0, 118.0)),
    (0, 0.51, (23.0, 14.0, 72.0, 64.0)),
    (1, 0.47, (77.0, 63.0, 124.0, 111.0)),
    (0, 0.44, (88.0, 12.0, 120.0, 44.0)),
    (0, 0.36, (17.0, 10.0, 69.0, 61.0)),
    (1, 0.33, (10.0, 84.0, 44.0, 116.0)),
)


def crowd() -> Scene:
    """Return the scene with its picture."""
    labels, boxes, _ = zip(*_OBJECTS, strict=True)
    found_labels, scores, found = zip(*_CANDIDATES, strict=True)
    return Scene(
        found=Detections(torch.tensor(found), torch.tensor(scores), torch.tensor(found_labels)),
        truth=Targets(torch.tensor(boxes), torch.tensor(labels), (SIDE, SIDE)),
        class_names=NAMES,
        source="a crowd made for this widget",
        image=to_unit(to_uint8(_painted())),
    )


def _painted() -> np.ndarray:
    image = np.broadcast_to(
        np.array(_GROUND, dtype=np.float32)[:, None, None], (3, SIDE, SIDE)
    ).copy()
    for label, box, colour in _OBJECTS:
        _patch(_SHAPES[label], box).paint(image, np.array(colour, dtype=np.float32))
    return image


def _patch(shape: draw.Shape, box: tuple[float, ...]) -> draw.Patch:
    """Draw a shape so that it fills its box as far as its own form allows."""
    x1, y1, x2, _ = shape.extent(0.0)
    radius = (box[2] - box[0]) / (x2 - x1)
    center = (box[0] - radius * x1, box[1] - radius * y1)
    return draw.rasterise(shape, center=center, radius=radius, angle=0.0, box=box, side=SIDE)
