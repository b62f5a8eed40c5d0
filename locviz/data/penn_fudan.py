"""Read the Penn-Fudan pedestrians: photographs, and beside each a picture whose pixel values number
the people.
"""

from pathlib import Path

import numpy as np
import torch
from jaxtyping import Bool
from torch import Tensor
from torch.utils.data import Dataset

from locviz.data.dataset import Sample, checked_index, checked_split
from locviz.data.images import open_pixels, read_image
from locviz.types import Targets

FOLDERS = ("PNGImages", "PedMasks")
SPLITS = ("train", "test")


class PennFudan(Dataset):
    """Images with boxes and masks of pedestrians, one class.

    ``dataset[i]`` is (image, Targets). Boxes are the tight boxes of the masks: they begin at the
    edge of the first pixel and end at the far edge of the last one. The authors give no split; here
    every fourth image, in the order of the names, is held out for ``test``.

    Args:
        folder: ``PennFudanPed`` of the official archive.
        split: "train" or "test".
        masks: whether targets hold the masks (g, h, w).

    Raises:
        FileNotFoundError: a folder or a mask that is not there.
        ValueError: an unknown split; on reading, a corrupt image or a mask of another size.
    """

    class_names = ("pedestrian",)
    report = ()

    def __init__(self, folder: str | Path, *, split: str = "train", masks: bool = False):
        self.folder = Path(folder)
        checked_split(split, SPLITS)
        missing = [name for name in FOLDERS if not (self.folder / name).is_dir()]
        if missing:
            raise FileNotFoundError(
                f"{folder} is no Penn-Fudan data set, it lacks {', '.join(missing)}: "
                "give the folder PennFudanPed of the archive"
            )
        names = sorted(path.stem for path in (self.folder / "PNGImages").glob("*.png"))
        self.image_ids = tuple(
            name for i, name in enumerate(names) if (i % 4 == 3) == (split == "test")
        )
        self._masks = masks

    def __len__(self) -> int:
        return len(self.image_ids)

    def __getitem__(self, index: int) -> Sample:
        index = checked_index(index, len(self))
        name = self.image_ids[index]
        image = read_image(self.folder / "PNGImages" / f"{name}.png")
        height, width = image.shape[-2:]
        masks = _read_masks(self.folder / "PedMasks" / f"{name}_mask.png", (height, width))
        return image, Targets(
            boxes=tight_boxes(masks),
            labels=torch.zeros(len(masks), dtype=torch.int64),
            size=(height, width),
            image_id=index,
            area=masks.flatten(1).sum(1).float(),
            masks=masks if self._masks else None,
        )


def tight_boxes(masks: Bool[Tensor, "g h w"]) -> Tensor:
    """Return the tight boxes (g, 4) of masks (g, h, w), each of which must have at least one pixel."""
    boxes = torch.zeros(len(masks), 4)
    for box, mask in zip(boxes, masks, strict=True):
        rows, columns = torch.where(mask)
        box[:2] = torch.stack([columns.min(), rows.min()])
        # The far edge of the last pixel, not its index.
        box[2:] = torch.stack([columns.max(), rows.max()]) + 1
    return boxes


def _read_masks(path: Path, size: tuple[int, int]) -> Bool[Tensor, "g h w"]:
    numbers = open_pixels(path, mode="L")
    if numbers.shape != size:
        raise ValueError(
            f"mask {path} is {numbers.shape[::-1]} pixels, but its image is {size[::-1]}"
        )
    people = [number for number in np.unique(numbers) if number != 0]
    return torch.from_numpy(
        np.stack([numbers == number for number in people]) if people else np.zeros((0, *size), bool)
    )
