"""Make voc_mini anew: ``python datasets/make_voc_mini.py``. Three scenes in Pascal VOC format, one
box spoilt.
"""

import math
import shutil
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from locviz.data import Shapes

HERE = Path(__file__).parent / "voc_mini"
SCENES = Shapes(level="crowded", split="test", num_scenes=3, seed=11)
# A click that marked nothing, as two boxes of BCCD are: equal corners. The reader must report it.
SPOILT = ("scene_02", "star", (40, 40, 40, 40))


def main() -> None:
    """Write images, annotations and the list of the split, the card excepted."""
    for part in ("JPEGImages", "Annotations", "ImageSets"):
        shutil.rmtree(HERE / part, ignore_errors=True)
    for part in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (HERE / part).mkdir(parents=True)
    names = [f"scene_{number:02d}" for number in range(len(SCENES))]
    for name, (image, targets) in zip(names, SCENES, strict=True):
        pixels = (image.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8)
        Image.fromarray(pixels).save(HERE / "JPEGImages" / f"{name}.jpg", quality=90)
        things = [
            (SCENES.class_names[k], _voc(box))
            for k, box in zip(targets.labels, targets.boxes.tolist(), strict=True)
        ]
        if name == SPOILT[0]:
            things.append(SPOILT[1:])
        _write(name, targets.size, things)
    (HERE / "ImageSets/Main/test.txt").write_text("\n".join(names) + "\n")


def _voc(box: list[float]) -> tuple[int, ...]:
    """Continuous corners to VOC's: numbers of the first and of the last pixel that the box touches,
    from 1.
    """
    x1, y1, x2, y2 = box
    return math.floor(x1) + 1, math.floor(y1) + 1, math.ceil(x2), math.ceil(y2)


def _write(name: str, size: tuple[int, ...], things: list) -> None:
    root = ElementTree.Element("annotation")
    ElementTree.SubElement(root, "filename").text = f"{name}.jpg"
    extent = ElementTree.SubElement(root, "size")
    for key, value in zip(("width", "height", "depth"), (size[1], size[0], 3), strict=True):
        ElementTree.SubElement(extent, key).text = str(value)
    for label, corners in things:
        thing = ElementTree.SubElement(root, "object")
        ElementTree.SubElement(thing, "name").text = label
        ElementTree.SubElement(thing, "difficult").text = "0"
        box = ElementTree.SubElement(thing, "bndbox")
        for key, value in zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=True):
            ElementTree.SubElement(box, key).text = str(value)
    ElementTree.indent(root)
    (HERE / "Annotations" / f"{name}.xml").write_text(
        ElementTree.tostring(root, encoding="unicode") + "\n"
    )


if __name__ == "__main__":
    main()
