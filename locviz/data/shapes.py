"""``shapes``: synthetic scenes of simple shapes with boxes, masks, keypoints and referring
expressions.

Four levels. ``first`` is for live cells: 64 pixels, three classes, one to four objects that hardly
touch. ``crowded`` is a small hard problem: 96 pixels, six classes, three to eight objects of 8 to
48 pixels that overlap up to an IoU of 0.4, on textures, among distractors and noise. ``sparse`` is
nearly all background: 128 pixels and one or two objects of 8 to 12, so that more than a thousand of
RetinaNet's anchors have none for each that has one. ``packed`` is for looking at suppression: as
``crowded``, but all objects of a scene are of one class and overlap up to an IoU of 0.7.
"""

from dataclasses import dataclass

import numpy as np
from torch.utils.data import Dataset

from locviz.data import draw, scenes, textures
from locviz.data.dataset import Sample, checked_index, checked_split
from locviz.data.draw import CIRCLE, CROSS, RING, SQUARE, STAR, TRIANGLE, Shape
from locviz.data.placed import Placed, place_shape, visible_keypoints


@dataclass(frozen=True)
class Level:
    """What the scenes of one level are like. Lengths in pixels; an object's size is its longer
    side. With ``one_class`` all objects of a scene have the class of the first.
    """

    side: int
    shapes: tuple[Shape, ...]
    num_objects: tuple[int, int]
    object_size: tuple[float, float]
    max_iou: float
    max_angle: float
    crowding: float
    textured: bool
    num_distractors: tuple[int, int]
    noise: float
    one_class: bool = False


LEVELS = {
    "first": Level(
        side=64,
        shapes=(CIRCLE, SQUARE, TRIANGLE),
        num_objects=(1, 4),
        object_size=(12.0, 32.0),
        max_iou=0.05,
        max_angle=0.25,
        crowding=0.0,
        textured=False,
        num_distractors=(0, 0),
        noise=3.0,
    ),
    "crowded": Level(
        side=96,
        shapes=(CIRCLE, SQUARE, TRIANGLE, STAR, RING, CROSS),
        num_objects=(3, 8),
        object_size=(8.0, 48.0),
        max_iou=0.4,
        max_angle=0.35,
        crowding=0.4,
        textured=True,
        num_distractors=(1, 4),
        noise=8.0,
    ),
    "sparse": Level(
        side=128,
        shapes=(CIRCLE, SQUARE, TRIANGLE),
        num_objects=(1, 2),
        object_size=(8.0, 12.0),
        max_iou=0.0,
        max_angle=0.25,
        crowding=0.0,
        textured=False,
        num_distractors=(0, 2),
        noise=3.0,
    ),
    "packed": Level(
        side=96,
        shapes=(CIRCLE, SQUARE, TRIANGLE, STAR, RING, CROSS),
        num_objects=(2, 6),
        object_size=(16.0, 40.0),
        max_iou=0.7,
        max_angle=0.35,
        crowding=0.9,
        textured=True,
        num_distractors=(1, 4),
        noise=8.0,
        one_class=True,
    ),
}


class Shapes(Dataset):
    """Scenes of one level: ``dataset[i]`` is (image (3, h, w) in 0..1, Targets).

    Scene ``i`` depends on ``seed``, ``split`` and ``i`` only. Drawing a scene takes well under a
    millisecond; ``cached()`` keeps them all in memory.

    Args:
        level: "first", "crowded", "sparse" or "packed".
        split: "train" or "test": different random numbers, so no scene is in both.
        num_scenes: how many; 5,000 to train on and 500 held out unless said otherwise.
        seed: of the whole data set.
        masks: whether targets hold masks (g, h, w). They take most of the memory, and most
            detectors do not need them.

    Raises:
        ValueError: an unknown level or split, a negative number of scenes or seed.
    """

    def __init__(
        self,
        *,
        level: str = "first",
        split: str = "train",
        num_scenes: int | None = None,
        seed: int = 0,
        masks: bool = False,
    ):
        if level not in LEVELS:
            raise ValueError(f"level must be one of {', '.join(LEVELS)}, got {level!r}")
        self.level = LEVELS[level]
        self.split = checked_split(split, scenes.SPLITS)
        self.seed = scenes.checked_count(seed, "seed")
        self._length = scenes.checked_count(
            scenes.NUM_SCENES[split] if num_scenes is None else num_scenes, "num_scenes"
        )
        self._masks = masks

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the shapes, in the order of the labels."""
        return tuple(shape.name for shape in self.level.shapes)

    def scene(self, index: int) -> scenes.Scene:
        """Draw scene ``index``."""
        return _draw_scene(self.level, scenes.scene_rng(self.seed, self.split, index))

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: int) -> Sample:
        index = checked_index(index, len(self))
        return scenes.to_sample(self.scene(index), index, masks=self._masks)

    def cached(self) -> scenes.Cached:
        """Draw every scene once and keep them: 12 kB per scene of level first, 28 kB per crowded
        one, 49 kB per sparse one.
        """
        return scenes.Cached(self)


def _draw_scene(level: Level, rng: np.random.Generator) -> scenes.Scene:
    objects = _arrange(level, rng)
    names, colors = scenes.random_colors(rng, len(objects))
    image = (
        textures.textured(rng, level.side) if level.textured else textures.plain(rng, level.side)
    )
    _add_distractors(image, level, rng)
    masks = np.zeros((len(objects), level.side, level.side), dtype=bool)
    for thing, color, mask in zip(objects, colors, masks, strict=True):
        patch = thing.patch(level.side)
        patch.paint(image, color)
        mask[patch.window] = patch.inside
    textures.add_noise(image, rng, level.noise)
    boxes = [thing.box for thing in objects]
    return scenes.Scene(
        image=scenes.to_uint8(image),
        boxes=np.array(boxes, dtype=np.float32),
        labels=np.array([thing.label for thing in objects], dtype=np.int64),
        masks=masks,
        text=scenes.refer(boxes, [thing.shape.name for thing in objects], names),
        keypoints=visible_keypoints(objects, masks),
    )


def _arrange(level: Level, rng: np.random.Generator) -> list[Placed]:
    """Choose the objects of a scene, in the order of painting: largest first, so that a small
    object is never hidden by a large one.
    """
    low, high = level.num_objects
    objects: list[Placed] = []
    for _ in range(int(rng.integers(low, high + 1))):
        label = int(rng.random() * len(level.shapes))
        if level.one_class and objects:
            label = objects[0].label
        limit = level.object_size[1]
        for _ in range(scenes.MAX_TRIES):
            thing = _candidate(level, label, limit, objects, rng)
            if thing is not None:
                objects.append(thing)
                break
            # A full scene has room for small objects only, so the next try is smaller.
            limit = max(level.object_size[0], 0.93 * limit)
    return sorted(objects, key=lambda thing: thing.radius, reverse=True)


def _candidate(
    level: Level, label: int, limit: float, placed: list[Placed], rng: np.random.Generator
) -> Placed | None:
    shape = level.shapes[label]
    angle = 0.0 if shape.corners is None else level.max_angle * (2 * rng.random() - 1)
    low = level.object_size[0]
    return place_shape(
        rng,
        placed,
        label,
        shape,
        angle=angle,
        # Uniform in the logarithm: there are as many objects of 8 to 16 pixels as of 16 to 32.
        size=low * (limit / low) ** rng.random(),
        side=level.side,
        max_iou=level.max_iou,
        crowding=level.crowding,
    )


def _add_distractors(image, level: Level, rng: np.random.Generator) -> None:
    low, high = level.num_distractors
    for _ in range(int(rng.integers(low, high + 1))):
        shape = draw.DISTRACTORS[int(rng.random() * len(draw.DISTRACTORS))]
        x, y, radius = *(level.side * rng.random(2)), 4 + 8 * rng.random()
        reach = 1.5 * radius
        patch = draw.rasterise(
            shape,
            center=(x, y),
            radius=radius,
            angle=2 * np.pi * rng.random(),
            box=(max(0, x - reach), max(0, y - reach), x + reach, y + reach),
            side=level.side,
        )
        patch.paint(image, textures.muted_color(rng) * np.float32(0.8) + np.float32(20))
