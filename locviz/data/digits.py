"""``digits``: real handwritten digits scattered over textures, ten classes.

The digits are scikit-learn's bundled set, 1,797 images of 8 x 8 pixels by 43 writers (UCI "Optical
Recognition of Handwritten Digits", CC BY 4.0). They are split by *original image*: an image that a
model is tested on is never part of a training scene, at any size or colour.

The sixteen grey levels of an 8 x 8 image tell where the edge of the stroke ran inside a pixel, so a
smooth enlargement gives a smooth stroke. A digit is then drawn onto the scene by integrating its
ink exactly over every pixel.
"""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn.functional import interpolate
from torch.utils.data import Dataset

from locviz.data import scenes, textures
from locviz.data.dataset import Sample, checked_index, checked_split

# Lengths in pixels; the noise in grey levels of 255.
SIDE = 96
NUM_DIGITS = (2, 6)
HEIGHT = (16.0, 40.0)
MAX_IOU = 0.1
NOISE = 5.0
MASTER_SIDE = 64
TEST_SHARE = 0.25
# Enlarged ink above this share counts as stroke. The wide soft band around it keeps faint ink
# faint, so that the hole of an 8 stays open.
INK, SOFTNESS = 0.46, 0.44

Ink = NDArray[np.floating]


class Digits(Dataset):
    """Scenes of handwritten digits: ``dataset[i]`` is (image (3, 96, 96) in 0..1, Targets), label =
    the digit.

    Scene ``i`` depends on ``seed``, ``split`` and ``i`` only. Needs scikit-learn, for its bundled
    digits.

    Args:
        split: "train" or "test": scenes *and* digit images are disjoint.
        num_scenes: how many; 5,000 to train on and 500 held out unless said otherwise.
        seed: of the whole data set; which digit image is in which split does not depend on it.
        masks: whether targets hold the digits' masks (g, h, w).

    Raises:
        ValueError: an unknown split, a negative number of scenes or seed.
        ModuleNotFoundError: scikit-learn is missing; the message says how to install it.
    """

    class_names = tuple("0123456789")

    def __init__(
        self,
        *,
        split: str = "train",
        num_scenes: int | None = None,
        seed: int = 0,
        masks: bool = False,
    ):
        self.split = checked_split(split, scenes.SPLITS)
        self.seed = scenes.checked_count(seed, "seed")
        self._length = scenes.checked_count(
            scenes.NUM_SCENES[split] if num_scenes is None else num_scenes, "num_scenes"
        )
        self._masks = masks
        # The originals of this split, class by class: a scene draws the class of a digit first, so
        # that all ten occur equally often.
        _, labels = masters()
        originals = split_originals(split)
        self._by_class = [originals[labels[originals] == label] for label in range(10)]

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Sample:
        index = checked_index(index, len(self))
        return scenes.to_sample(self.scene(index), index, masks=self._masks)

    def scene(self, index: int) -> scenes.Scene:
        """Draw scene ``index``."""
        return _draw_scene(self._by_class, scenes.scene_rng(self.seed, self.split, index))

    def originals(self, index: int) -> list[int]:
        """Return which of scikit-learn's 1,797 images scene ``index`` shows, in the order of its
        targets.
        """
        chosen, _ = _arrange(self._by_class, scenes.scene_rng(self.seed, self.split, index))
        return chosen

    def cached(self) -> scenes.Cached:
        """Draw every scene once and keep them: 28 kB per scene."""
        return scenes.Cached(self)


@lru_cache(maxsize=1)
def masters() -> tuple[list[Ink], NDArray[np.int64]]:
    """Return each original as smooth ink (h, w) in 0..1, cut tightly around its strokes, and the
    labels (1797,).

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "the digits come with scikit-learn, which is not installed: pip install scikit-learn, "
            "or use locviz.data.Shapes"
        ) from error
    pixels, labels = (np.asarray(part) for part in load_digits(return_X_y=True))
    # With a border of empty pixels, the enlargement also rounds off strokes that touch the edge of
    # the 8 x 8 image.
    padded = np.pad(pixels.reshape(-1, 8, 8).astype(np.float32) / 16, ((0, 0), (1, 1), (1, 1)))
    large = interpolate(
        torch.from_numpy(padded)[:, None], size=(MASTER_SIDE, MASTER_SIDE), mode="bicubic"
    )[:, 0]
    ink = np.clip((large.numpy() - INK) / SOFTNESS + 0.5, 0, 1)
    return [_tight(image) for image in ink * ink * (3 - 2 * ink)], labels.astype(np.int64)


def _tight(ink: Ink) -> Ink:
    rows, columns = np.flatnonzero(ink.max(1) > 0.5), np.flatnonzero(ink.max(0) > 0.5)
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].copy()


@lru_cache(maxsize=2)
def split_originals(split: str) -> NDArray[np.int64]:
    """Return the indices of the originals of one split: a quarter of every class is held out for
    the test.
    """
    _, labels = masters()
    rng = np.random.default_rng(8)
    parts = []
    for label in range(10):
        members = rng.permutation(np.flatnonzero(labels == label))
        held_out = round(TEST_SHARE * len(members))
        parts.append(members[:held_out] if split == "test" else members[held_out:])
    return np.sort(np.concatenate(parts))


def lay(ink: Ink, box: tuple[float, float, float, float]) -> tuple[tuple[slice, slice], Ink]:
    """Stretch ``ink`` onto ``box`` (pixels); return the window of pixels that it touches and the
    share of ink in each.

    The value of a pixel is the exact integral of the stretched ink over it. So the total is
    mean(ink) times the area of the box, and no ink lies outside the box.
    """
    x1, y1, x2, y2 = box
    columns, rows = slice(int(x1), int(np.ceil(x2))), slice(int(y1), int(np.ceil(y2)))
    across, down = _shares(x1, x2, columns, ink.shape[1]), _shares(y1, y2, rows, ink.shape[0])
    return (rows, columns), down @ ink @ across.T


def _shares(low: float, high: float, pixels: slice, num_cells: int) -> Ink:
    """Return (pixels, cells): the length that each pixel shares with each of ``num_cells`` equal
    cells of low..high.
    """
    edges = np.linspace(low, high, num_cells + 1, dtype=np.float32)
    starts = np.arange(pixels.start, pixels.stop, dtype=np.float32)[:, None]
    return np.maximum(np.minimum(starts + 1, edges[1:]) - np.maximum(starts, edges[:-1]), 0)


def _arrange(by_class, rng: np.random.Generator) -> tuple[list[int], list[tuple]]:
    """Choose the originals of a scene and where they stand."""
    images, _ = masters()
    chosen: list[int] = []
    boxes: list[tuple] = []
    for _ in range(int(rng.integers(NUM_DIGITS[0], NUM_DIGITS[1] + 1))):
        members = by_class[int(rng.random() * 10)]
        original = int(members[int(rng.random() * len(members))])
        rows, columns = images[original].shape
        limit = HEIGHT[1]
        for _ in range(scenes.MAX_TRIES):
            height = HEIGHT[0] * (limit / HEIGHT[0]) ** rng.random()
            # Digits are written wider or narrower by up to 15 %.
            width = height * columns / rows * (0.85 + 0.3 * rng.random())
            box = scenes.place(rng, boxes, width, height, side=SIDE, max_iou=MAX_IOU)
            if box is not None:
                chosen.append(original)
                boxes.append(box)
                break
            # A full scene has room for small digits only, so the next try is smaller.
            limit = max(HEIGHT[0], 0.93 * limit)
    return chosen, boxes


def _draw_scene(by_class, rng: np.random.Generator) -> scenes.Scene:
    images, labels = masters()
    chosen, boxes = _arrange(by_class, rng)
    names, colors = scenes.random_colors(rng, len(chosen))
    image = textures.textured(rng, SIDE)
    masks = np.zeros((len(chosen), SIDE, SIDE), dtype=bool)
    for original, box, color, mask in zip(chosen, boxes, colors, masks, strict=True):
        window, ink = lay(images[original], box)
        view = image[(slice(None), *window)]
        view += ink * (_against(color, view)[:, None, None] - view)
        mask[window] = ink >= 0.5
    textures.add_noise(image, rng, NOISE)
    kinds = [str(labels[original]) for original in chosen]
    return scenes.Scene(
        image=scenes.to_uint8(image),
        boxes=np.array(boxes, dtype=np.float32),
        labels=labels[chosen],
        masks=masks,
        text=scenes.refer(boxes, kinds, names),
    )


def _against(color: NDArray[np.floating], ground) -> NDArray[np.float32]:
    """Darken the ink on a light background and lighten it on a dark one: without this contrast a
    thin stroke could not be read.
    """
    light = float(ground.mean()) > 128
    return color * np.float32(0.72) if light else color * np.float32(0.7) + np.float32(76)
