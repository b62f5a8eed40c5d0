"""The set of boxes for which AnchorLab designs anchors.

It holds the boxes of many images, the sizes of the images and, if they are given, the images.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.types import Targets
from locviz.widgets.anchorlab.reading import Design
from locviz.widgets.core.picture import Number

# Faster R-CNN on a pyramid (arXiv:1612.03144, section 4.1): one size per level, 32 to 512 pixels.
STANDARD = Design(scales=(8.0,), ratios=(0.5, 1.0, 2.0), strides=(4, 8, 16, 32, 64))
_NUM_SCENES = 24


@dataclass(frozen=True, eq=False)
class BoxSet:
    """Boxes of several images.

    ``regions`` one (n, 4) per image in pixels, ``sizes`` (h, w) of each, ``images`` (3, h, w) of
    each, or None.
    """

    regions: list[Float[Tensor, "_ 4"]]
    sizes: list[tuple[int, int]]
    images: Sequence[Tensor] | None

    @property
    def all(self) -> Float[Tensor, "m 4"]:
        """Every box of the set, image after image."""
        return torch.cat([torch.zeros(0, 4), *self.regions])

    @property
    def owner(self) -> Int64[Tensor, "m"]:
        """Which image each box of ``all`` is in."""
        return torch.arange(len(self.regions)).repeat_interleave(
            torch.tensor([len(region) for region in self.regions])
        )


def default_set() -> BoxSet:
    """Return 24 scenes of ``Shapes(level="crowded")``."""
    from locviz.data import Shapes

    data = Shapes(level="crowded", split="train", num_scenes=_NUM_SCENES)
    images, targets = zip(*(data[i] for i in range(_NUM_SCENES)), strict=True)
    return box_set_of(targets, images, None)


def box_set_of(
    boxes: Sequence[Tensor | Targets], images: Sequence[Tensor] | None, size: Any
) -> BoxSet:
    """Return what AnchorLab was given, checked.

    Args:
        boxes: one (n, 4) tensor in pixels, or one ``Targets``, per image.
        images: (3, h, w) each, or None.
        size: one (h, w) in pixels, one per image, or None where images or targets have it.

    Raises:
        ValueError: the lists differ in length, boxes are not valid, or no size is known.
    """
    if not len(boxes):
        raise ValueError(
            "boxes is empty: AnchorLab needs at least one image (its own boxes may be none)"
        )
    if images is not None and len(images) != len(boxes):
        raise ValueError(
            f"images has {len(images)} entries and boxes {len(boxes)}: give one image per entry"
        )
    sizes = _sizes(boxes, images, size)
    regions = [
        _region(i, item, size_) for i, (item, size_) in enumerate(zip(boxes, sizes, strict=True))
    ]
    return BoxSet(regions, sizes, images)


def _sizes(
    boxes: Sequence[Tensor | Targets], images: Sequence[Tensor] | None, size: Any
) -> list[tuple[int, int]]:
    if images is not None:
        pairs = [tuple(image.shape[-2:]) for image in images]
    elif size is not None:
        one = len(size) == 2 and all(isinstance(side, int | float) for side in size)
        pairs = [tuple(size)] * len(boxes) if one else [tuple(pair) for pair in size]
    elif all(isinstance(item, Targets) for item in boxes):
        pairs = [item.size for item in boxes if isinstance(item, Targets)]
    else:
        raise ValueError(
            "boxes are tensors and no size is known: give size=(h, w) in pixels, or images"
        )
    if len(pairs) != len(boxes) or any(len(pair) != 2 or min(pair) < 1 for pair in pairs):
        raise ValueError(
            f"size must be one (h, w) in pixels, or {len(boxes)} of them, one per image, got "
            f"{size!r}"
        )
    return [(int(pair[0]), int(pair[1])) for pair in pairs]


def _region(index: int, item: Tensor | Targets, size: tuple[int, int]) -> Tensor:
    region = item.boxes if isinstance(item, Targets) else torch.as_tensor(item)
    region = region.detach().cpu().float()
    if region.ndim != 2 or region.shape[-1] != 4:
        raise ValueError(
            f"boxes[{index}] must be (n, 4), x1 y1 x2 y2 in pixels, got {tuple(region.shape)}"
        )
    labels = torch.zeros(len(region), dtype=torch.int64)
    return Targets(boxes=region, labels=labels, size=size, image_id=index).check().boxes


def design_of(changes: Mapping[str, Sequence[Number]] | None) -> Design:
    """Return the default design: the standard one with some of its parts replaced.

    Raises:
        ValueError: an unknown part.
    """
    parts = {"scales": STANDARD.scales, "ratios": STANDARD.ratios, "strides": STANDARD.strides}
    for name, values in (changes or {}).items():
        if name not in parts:
            raise ValueError(f"default has no part {name!r}: it takes scales, ratios and strides")
        parts[name] = tuple(values)
    scales, ratios = ([float(value) for value in parts[name]] for name in ("scales", "ratios"))
    return Design.of(scales, ratios, [int(stride) for stride in parts["strides"]])
