"""The boxes of real blood-cell photographs, without the photographs: 110 kB that every installation
has.
"""

import json

import torch

from locviz.data.catalog import shipped_folder
from locviz.types import Targets

CLASS_NAMES = ("Platelets", "RBC", "WBC")


def bccd_boxes(split: str = "train") -> list[Targets]:
    """Return the ground truths of BCCD's photographs, one ``Targets`` per picture, in pixels.

    A label is an index into ``CLASS_NAMES``. ``datasets/bccd_boxes/README.md`` describes the data.
    They are for questions that need real *sizes and shapes* only, such as which anchors fit
    (chapter 04).

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
