"""The boxes of real blood-cell photographs and forty of the photographs: 950 kB that every
installation has.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import overload

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.data.catalog import shipped_folder
from locviz.data.images import read_image
from locviz.types import Targets

CLASS_NAMES = ("Platelets", "RBC", "WBC")


def bccd_boxes(split: str = "train") -> list[Targets]:
    """Return the ground truths of BCCD's photographs, one ``Targets`` per picture, in pixels.

    A label is an index into ``CLASS_NAMES``. ``datasets/bccd_boxes/README.md`` describes the data.
    They are for questions that need real *sizes and shapes* only, such as which anchors fit
    (chapter 04). ``bccd_photos()`` are the photographs of the first forty of ``"train"``.

    Args:
        split: one of the data set's own: ``"train"``, ``"val"`` or ``"test"``.

    Raises:
        ValueError: another split.
    """
    content = json.loads(
        (shipped_folder() / "bccd_boxes" / "boxes.json").read_text(encoding="utf-8")
    )
    if split not in content["splits"]:
        raise ValueError(f"split must be one of {', '.join(content['splits'])}, got {split!r}")
    return [
        Targets(
            boxes=torch.tensor(picture["boxes"], dtype=torch.float32).reshape(-1, 4),
            labels=torch.tensor(picture["labels"], dtype=torch.int64),
            size=tuple(picture["size"]),
            image_id=number,
        )
        for number, picture in enumerate(content["splits"][split])
    ]


class Photographs(Sequence[Tensor]):
    """Images on disk, (3, h, w) with values in 0..1 each, read when they are asked for.

    A slice is another ``Photographs``: forty of them as tensors would take 150 MB.
    """

    def __init__(self, paths: Sequence[Path]):
        self.paths = tuple(paths)

    def __len__(self) -> int:
        return len(self.paths)

    @overload
    def __getitem__(self, index: int) -> Float[Tensor, "3 h w"]: ...
    @overload
    def __getitem__(self, index: slice) -> "Photographs": ...
    def __getitem__(self, index):
        found = self.paths[index]
        return Photographs(found) if isinstance(index, slice) else read_image(found)

    def __repr__(self) -> str:
        return f"{len(self)} photographs"


def bccd_photos() -> Photographs:
    """Return forty of BCCD's photographs, 640 x 480 pixels: those of ``bccd_boxes("train")[:40]``.

    ``datasets/bccd_photos/README.md`` describes them.
    """
    return Photographs(sorted((shipped_folder() / "bccd_photos" / "images").glob("*.jpg")))
