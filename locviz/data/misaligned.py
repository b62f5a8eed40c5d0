"""``misaligned``: synthetic scenes in which the place that tells the class is not the place that
tells the box.

Every object is a head with a tail (``locviz.data.tails``): an arrow, a comet, an L. The head sits at
one end and tells the class; the tail is up to five times as long as the head is wide, straight,
tapered or bent, and decides the box. Boards without a class lie across the objects and hide a part of
them; the box stays that of the whole object. The boxes of training scenes can be made inaccurate, as
those of hasty annotators are.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from locviz.data import draw, scenes, tails, textures
from locviz.data.dataset import Sample, checked_index, checked_split
from locviz.data.draw import CIRCLE, CROSS, RING, SQUARE, TRIANGLE, Shape
from locviz.data.placed import Placed, place_shape, visible_keypoints

HEADS = (SQUARE, TRIANGLE, RING, CROSS)
# Lengths in pixels; an object's size is its longer side. The noise is in grey levels of 255.
SIDE = 96
NUM_OBJECTS = (1, 3)
OBJECT_SIZE = (32.0, 76.0)
MIN_HEAD = 13.0
# The length of an object along its tail, in widths of its head.
STRETCH = (1.8, 5.0)
MAX_ANGLE = 0.1
MAX_IOU = 0.15
NUM_BOARDS = (0, 3)
NOISE = 4.0
# What must be left to see: of an object beneath all boards, and of a head beneath all that covers it.
VISIBLE, VISIBLE_HEAD = 0.5, 0.85

Mask = NDArray[np.bool_]


class Misaligned(Dataset):
    """Scenes of heads with tails: ``dataset[i]`` is (image (3, 96, 96) in 0..1, Targets), and the
    label is the head's.

    Scene ``i`` depends on ``seed``, ``split`` and ``i`` only. The five keypoints are those of the
    head.

    Laws: ``border_noise`` changes training boxes and nothing else, so images, labels, areas, masks
    and keypoints are the same, bit for bit, with any noise; test boxes are always exact.

    Args:
        split: "train" or "test": different random numbers, so no scene is in both.
        num_scenes: how many; 5,000 to train on and 500 held out unless said otherwise.
        seed: of the whole data set.
        masks: whether targets hold masks (g, h, w).
        border_noise: how inaccurate the boxes are: each side of a box is moved in or out by a
            uniform share, of at most this, of the box's extent on that axis; what then leaves the
            image is clipped. Below 0.5, so that no box turns inside out.

    Raises:
        ValueError: an unknown split, a negative number of scenes or seed, ``border_noise`` outside
            0..0.5, or ``border_noise`` for test scenes.
    """

    class_names = tuple(head.name for head in HEADS)

    def __init__(
        self,
        *,
        split: str = "train",
        num_scenes: int | None = None,
        seed: int = 0,
        masks: bool = False,
        border_noise: float = 0.0,
    ):
        self.split = checked_split(split, scenes.SPLITS)
        self.seed = scenes.checked_count(seed, "seed")
        self._length = scenes.checked_count(
            scenes.NUM_SCENES[split] if num_scenes is None else num_scenes, "num_scenes"
        )
        self._masks = masks
        self.border_noise = _checked_noise(border_noise, split)

    def scene(self, index: int) -> scenes.Scene:
        """Draw scene ``index``, with exact boxes."""
        return _draw_scene(scenes.scene_rng(self.seed, self.split, index))

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Sample:
        index = checked_index(index, len(self))
        image, targets = scenes.to_sample(self.scene(index), index, masks=self._masks)
        if not self.border_noise:
            return image, targets
        # A stream of its own: the scene's is used up by drawing.
        rng = np.random.default_rng([self.seed, scenes.SPLITS.index(self.split), index, 1])
        return image, replace(targets, boxes=_shaken(targets.boxes, self.border_noise, rng))

    def cached(self) -> scenes.Cached:
        """Draw every scene once and keep them: 28 kB per scene."""
        return scenes.Cached(self)


def _checked_noise(share: float, split: str) -> float:
    if not 0 <= share < 0.5:
        raise ValueError(
            f"border_noise must be in 0..0.5 (a share of the side, below 0.5), got {share}"
        )
    if share and split == "test":
        raise ValueError("border_noise is for training: test boxes stay exact, leave it at 0")
    return share


def _shaken(boxes: Tensor, share: float, rng: np.random.Generator) -> Tensor:
    extent = (boxes[:, 2:] - boxes[:, :2]).repeat(1, 2)
    moves = torch.from_numpy(2 * rng.random(tuple(boxes.shape), dtype=np.float32) - 1)
    return (boxes + share * moves * extent).clamp(0, SIDE)


@dataclass(frozen=True, eq=False)
class _Object:
    """One object, and which pixels (h, w) lie in the ``whole`` of it and in its ``head``."""

    placed: Placed
    whole: Mask
    head: Mask


def _draw_scene(rng: np.random.Generator) -> scenes.Scene:
    objects = _arrange(rng)
    placed = [thing.placed for thing in objects]
    names, colors = scenes.random_colors(rng, len(objects))
    image = textures.textured(rng, SIDE)
    for thing, color in zip(placed, colors, strict=True):
        thing.patch(SIDE).paint(image, color)
    cover = _add_boards(image, objects, rng)
    textures.add_noise(image, rng, NOISE)
    boxes, masks = [thing.box for thing in placed], np.stack([thing.whole for thing in objects])
    return scenes.Scene(
        image=scenes.to_uint8(image),
        boxes=np.array(boxes, dtype=np.float32),
        labels=np.array([thing.label for thing in placed], dtype=np.int64),
        masks=masks,
        text=scenes.refer(boxes, [thing.shape.name for thing in placed], names),
        keypoints=visible_keypoints(placed, masks, cover),
    )


def _arrange(rng: np.random.Generator) -> list[_Object]:
    """Choose the objects of a scene, in the order of painting: largest head first."""
    low, high = NUM_OBJECTS
    objects: list[_Object] = []
    for _ in range(int(rng.integers(low, high + 1))):
        label = int(rng.random() * len(HEADS))
        limit = OBJECT_SIZE[1]
        for _ in range(scenes.MAX_TRIES):
            placed = _candidate(label, limit, [other.placed for other in objects], rng)
            thing = placed and _Object(
                placed, _pixels(placed, placed.shape), _pixels(placed, HEADS[label])
            )
            if thing and all(_heads_stay_free(thing, other) for other in objects):
                objects.append(thing)
                break
            # A full scene has room for small objects only, so the next try is smaller.
            limit = max(OBJECT_SIZE[0], 0.95 * limit)
    return sorted(objects, key=lambda thing: thing.placed.radius, reverse=True)


def _candidate(
    label: int, limit: float, placed: list[Placed], rng: np.random.Generator
) -> Placed | None:
    low = OBJECT_SIZE[0]
    # Uniform in the logarithm, as in ``shapes``.
    size = low * (limit / low) ** rng.random()
    shortest, longest = STRETCH
    stretch = shortest + (min(longest, size / MIN_HEAD) - shortest) * rng.random()
    # A quarter turn keeps the long side along an axis, where a box can be long and thin.
    angle = np.pi / 2 * rng.integers(4) + MAX_ANGLE * (2 * rng.random() - 1)
    return place_shape(
        rng,
        placed,
        label,
        tails.with_tail(HEADS[label], _random_tail(2 * stretch - 1, rng)),
        angle=float(angle),
        size=size,
        side=SIDE,
        max_iou=MAX_IOU,
    )


def _random_tail(length: float, rng: np.random.Generator):
    kind, side, share = (
        rng.integers(3),
        1.0 if rng.random() < 0.5 else -1.0,
        0.4 + 0.6 * rng.random(),
    )
    if kind == 0:
        return tails.straight(length)
    return tails.tapered(length) if kind == 1 else tails.bent(length, side=side, share=share)


def _pixels(thing: Placed, shape: Shape) -> Mask:
    """Which pixels (h, w) lie in ``shape`` where ``thing`` is."""
    mask = np.zeros((SIDE, SIDE), dtype=bool)
    patch = thing.patch(SIDE, shape)
    mask[patch.window] = patch.inside
    return mask


def _heads_stay_free(a: _Object, b: _Object) -> bool:
    """Whether neither head would lie under the other object, whichever is painted last."""
    return all(
        _share(head, ~whole) >= VISIBLE_HEAD
        for head, whole in ((a.head, b.whole), (b.head, a.whole))
    )


def _share(mask: Mask, seen: Mask) -> float:
    return (mask & seen).sum() / max(1, mask.sum())


def _add_boards(image, objects: list[_Object], rng: np.random.Generator) -> Mask:
    """Lay boards across objects, each where all heads stay free and half of every object can be
    seen; return which pixels (h, w) they cover.
    """
    cover = np.zeros((SIDE, SIDE), dtype=bool)
    for _ in range(int(rng.integers(NUM_BOARDS[0], NUM_BOARDS[1] + 1))):
        for _ in range(8):
            patch = _board([thing.placed for thing in objects], rng)
            seen = ~cover
            seen[patch.window] &= ~patch.inside
            if all(
                _share(thing.whole, seen) >= VISIBLE and _share(thing.head, seen) >= VISIBLE_HEAD
                for thing in objects
            ):
                patch.paint(image, textures.muted_color(rng) * np.float32(0.8) + np.float32(20))
                cover = ~seen
                break
    return cover


def _board(objects: list[Placed], rng: np.random.Generator) -> draw.Patch:
    """A block of 6 to 12 by 16 to 36 pixels over a random point of a random object's box."""
    x1, y1, x2, y2 = objects[int(rng.random() * len(objects))].box
    center = (x1 + (x2 - x1) * rng.random(), y1 + (y2 - y1) * rng.random())
    half_width, half_length = 3 + 3 * rng.random(), 8 + 10 * rng.random()
    reach = float(np.hypot(half_width, half_length))
    (x, y), aspect = center, np.float32(half_width / half_length)
    return draw.rasterise(
        Shape(
            "board",
            lambda u, v: np.maximum(np.abs(u) - aspect, np.abs(v) - 1),
            None,
            CIRCLE.keypoints,
        ),
        center=center,
        radius=half_length,
        angle=np.pi * rng.random(),
        box=(max(0, x - reach), max(0, y - reach), x + reach, y + reach),
        side=SIDE,
    )
