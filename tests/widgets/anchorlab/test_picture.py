"""AnchorLab's saved picture: what is written at its boxes can be read."""

from xml.etree import ElementTree as ET

import pytest
import torch

from locviz.data import bccd_boxes, bccd_photos
from locviz.widgets import AnchorLab

SVG = "{http://www.w3.org/2000/svg}"


def pills(lab):
    """x y width height of every note's own ground."""
    rects = ET.fromstring(lab.snapshot().svg).iter(f"{SVG}rect")
    kept = [rect for rect in rects if rect.get("rx") == "3"]
    return [[float(rect.get(k, "nan")) for k in ("x", "y", "width", "height")] for rect in kept]


@pytest.mark.parametrize("image", range(6))
def test_notes_do_not_lie_on_each_other(image):
    lab = AnchorLab(
        boxes=bccd_boxes("train")[:6], images=bccd_photos()[:6], positive=0.7, negative=0.3
    )
    lab.step(image)
    found = pills(lab)
    assert len(found) >= 0.8 * len(lab.gt)  # few have to give way
    for i, (x, y, wide, high) in enumerate(found):
        assert x >= 20
        assert x + wide <= 20 + 340
        assert y >= 44
        for a, b, w, h in found[i + 1 :]:
            assert x + wide <= a or a + w <= x or y + high <= b or b + h <= y


def test_the_targets_note_is_the_first_to_get_a_place():
    """Of three boxes in one place the target's is written above it, whichever it is."""
    box = [[100.0, 100, 140, 140]] * 3

    for selected in range(3):
        lab = AnchorLab(boxes=[torch.tensor(box)], size=(300, 300), selected=selected)
        zoom = 340 / 300
        x, y, _, high = pills(lab)[0]
        assert x == pytest.approx(20 + 100 * zoom + 4, abs=0.01)
        assert y + high == pytest.approx(44 + 100 * zoom - 1, abs=0.01)
