"""What the synthetic scenes share: their random numbers, colours, placement, wording, and the
cache.

Scene ``i`` is a pure function of (seed, split, i). So all processes and all orders of reading get
the same scenes, and scenes of different splits never share random numbers.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from locviz.data.dataset import DetectionSet, Sample, checked_index
from locviz.types import Targets

SPLITS = ("train", "test")
NUM_SCENES = {"train": 5000, "test": 500}
MAX_TRIES = 60

# Bright, and far from the muted backgrounds. Every object of a scene has a colour of its own, which
# is drawn without regard to its class.
COLORS = {
    "red": (226, 62, 68),
    "orange": (243, 130, 42),
    "yellow": (246, 196, 40),
    "green": (52, 164, 92),
    "cyan": (30, 178, 190),
    "blue": (54, 112, 238),
    "purple": (138, 82, 224),
    "pink": (240, 106, 178),
    "brown": (134, 84, 52),
}


@dataclass(frozen=True, eq=False)
class Scene:
    """One drawn scene: ``image`` (3, h, w) uint8 and its objects, in the order in which they were
    painted.

    ``boxes`` (g, 4) and ``keypoints`` (g, 5, 3), which are x, y and visibility as in COCO, are in
    pixels. ``masks`` (g, h, w) hold each whole shape, also where another one covers it, and the box
    is tight around the whole shape.
    """

    image: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    masks: NDArray[np.bool_]
    text: tuple[str, ...]
    keypoints: NDArray[np.float32] | None = None


def checked_count(value: int, name: str) -> int:
    """Return ``value`` if it is a whole number that is not negative; the error names the argument."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{name} must be a whole number, zero or more, got {value!r}")
    return value


def scene_rng(seed: int, split: str, index: int) -> np.random.Generator:
    """Return the random numbers of one scene, independent of those of every other (seed, split,
    index).
    """
    return np.random.default_rng([seed, SPLITS.index(split), index])


def random_colors(rng: np.random.Generator, num: int) -> tuple[list[str], NDArray[np.floating]]:
    """Return ``num`` (at most nine) different colour names and their values (num, 3), each a little
    varied.
    """
    names = [list(COLORS)[i] for i in rng.permutation(len(COLORS))[:num]]
    values = np.array([COLORS[name] for name in names]) + 24 * (rng.random((num, 3)) - 0.5)
    return names, np.clip(values, 0, 255).astype(np.float32)


def place(
    rng,
    placed: list[tuple],
    width: float,
    height: float,
    *,
    side: int,
    max_iou: float,
    crowding: float = 0.0,
):
    """Return a box ``x1 y1 x2 y2`` of this size at a random place inside the image, or None if it
    overlaps a placed box by more than ``max_iou``.

    With probability ``crowding`` the random place is near one of the placed boxes.
    """
    x1, y1 = 1 + (side - 2 - width) * rng.random(), 1 + (side - 2 - height) * rng.random()
    # A place anywhere is drawn first, and a crowded one may replace it.
    if placed and rng.random() < crowding:
        near = placed[int(rng.random() * len(placed))]
        x1 = near[0] + (near[2] - near[0] + width) * rng.random() - width
        y1 = near[1] + (near[3] - near[1] + height) * rng.random() - height
    box = (x1, y1, x1 + width, y1 + height)
    inside = min(x1, y1) >= 0 and max(box[2:]) <= side
    return box if inside and all(_iou(box, other) <= max_iou for other in placed) else None


def _iou(a, b) -> float:
    # Plain floats: for a handful of boxes this is ten times faster than any array.
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    common = width * height
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def refer(boxes: list[tuple], kinds: list[str], colors: list[str]) -> tuple[str, ...]:
    """Return one expression per object that fits it and no other object of the scene.

    It is the first of these that is true beyond doubt: the class alone ("the star"), the size or
    place among the objects of its class ("the largest star", by a factor of 1.5 in area; "the
    leftmost star", by 8 pixels), and otherwise the colour ("the red star").
    """
    return tuple(_refer_to(i, boxes, kinds, colors) for i in range(len(boxes)))


def _refer_to(i: int, boxes, kinds, colors) -> str:
    rivals = [boxes[j] for j in range(len(boxes)) if j != i and kinds[j] == kinds[i]]
    if not rivals:
        return f"the {kinds[i]}"
    mine, others = _facts(boxes[i]), [_facts(box) for box in rivals]
    clear = {
        "largest": mine[0] > 1.5 * max(o[0] for o in others),
        "smallest": 1.5 * mine[0] < min(o[0] for o in others),
        "leftmost": mine[1] + 8 < min(o[1] for o in others),
        "rightmost": mine[1] - 8 > max(o[1] for o in others),
        "topmost": mine[2] + 8 < min(o[2] for o in others),
        "lowest": mine[2] - 8 > max(o[2] for o in others),
    }
    word = next((word for word, holds in clear.items() if holds), colors[i])
    return f"the {word} {kinds[i]}"


def _facts(box) -> tuple[float, float, float]:
    """Return area, centre x and centre y."""
    return (box[2] - box[0]) * (box[3] - box[1]), (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def to_uint8(image: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Round an image in 0..255 to the eight bits it would have in a file."""
    return (np.clip(image, 0, 255) + 0.5).astype(np.uint8)


def to_sample(scene: Scene, index: int, *, masks: bool) -> Sample:
    """Return the image (3, h, w) in 0..1 and the Targets of a scene; ``area`` is the area of the
    shape in pixels, as in COCO, and not that of the box.
    """
    targets = Targets(
        boxes=torch.from_numpy(scene.boxes),
        labels=torch.from_numpy(scene.labels),
        size=tuple(scene.image.shape[1:]),
        image_id=index,
        area=torch.from_numpy(scene.masks.sum((1, 2), dtype=np.float32)),
        masks=torch.from_numpy(scene.masks) if masks else None,
        keypoints=None if scene.keypoints is None else torch.from_numpy(scene.keypoints),
        text=scene.text,
    )
    return to_unit(scene.image), targets


def to_unit(image: NDArray[np.uint8]) -> Tensor:
    """Return an image of eight bits per channel, (3, h, w), as float32 in 0..1.

    NumPy computes it, because its memory comes from plain ``malloc``: where small tensors are kept
    while many images come and go, torch's aligned blocks leave holes that glibc before 2.38 does
    not fill again (2 GB for 5,000 scenes).
    """
    return torch.from_numpy(image.astype(np.float32) / np.float32(255))


class Cached(Dataset):
    """A data set kept in memory: images as uint8, masks as single bits. Reading a sample then needs
    a copy and no drawing.

    Samples equal those of the original, bit for bit, where its images have eight bits per channel
    (as all of locviz's own have). ``num_bytes`` is the memory that it takes: 5,000 images of 96 x
    96 pixels are 138 MB. No more than one sample at a time is in memory as float32.
    """

    def __init__(self, dataset: DetectionSet):
        self.class_names = dataset.class_names
        self._images: list[NDArray[np.uint8]] = []
        self._masks: list[NDArray[np.uint8] | None] = []
        self._targets: list[Targets] = []
        # One sample at a time: all of them as float32 would need four times the memory first.
        for index in range(len(dataset)):
            self._keep(*dataset[index])

    def _keep(self, image: Tensor, targets: Targets) -> None:
        masks = targets.masks
        self._images.append(_image_to_uint8(image))
        self._masks.append(None if masks is None else np.packbits(masks.numpy()))
        self._targets.append(_without_masks(targets))

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int) -> Sample:
        index = checked_index(index, len(self))
        image, targets, bits = self._images[index], self._targets[index], self._masks[index]
        return to_unit(image), targets if bits is None else _with_masks(targets, bits)

    @property
    def num_bytes(self) -> int:
        """How much memory images and masks take."""
        return sum(image.size for image in self._images) + sum(
            len(bits) for bits in self._masks if bits is not None
        )


def _image_to_uint8(image: Tensor) -> NDArray[np.uint8]:
    return np.rint(image.numpy() * np.float32(255)).astype(np.uint8)


def _without_masks(targets: Targets) -> Targets:
    return replace(targets, masks=None)


def _with_masks(targets: Targets, bits: NDArray[np.uint8]) -> Targets:
    shape = (len(targets), *(int(extent) for extent in targets.size))
    masks = np.unpackbits(bits, count=int(np.prod(shape))).reshape(shape).astype(bool)
    return replace(targets, masks=torch.from_numpy(masks))
