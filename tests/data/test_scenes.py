import weakref

import numpy as np
import pytest
import torch

from locviz.data import Cached, Digits, Misaligned, Shapes
from locviz.data.scenes import COLORS, place, random_colors, refer, to_unit


@pytest.mark.parametrize(
    "dataset",
    [
        Shapes(level="crowded", num_scenes=6, masks=True),
        Shapes(num_scenes=6),
        Misaligned(num_scenes=6, masks=True, border_noise=0.1),
        Digits(num_scenes=6),
        Digits(split="test", num_scenes=6, masks=True),
    ],
)
def test_cached_samples_equal_fresh_ones(dataset):
    cached = dataset.cached()
    assert isinstance(cached, Cached)
    assert len(cached) == 6
    assert cached.class_names == dataset.class_names
    for i in range(6):
        (image, targets), (again, kept) = dataset[i], cached[i]
        assert torch.equal(image, again)
        assert torch.equal(targets.boxes, kept.boxes)
        assert torch.equal(targets.area, kept.area)
        assert (targets.masks is None) == (kept.masks is None)
        assert targets.masks is None or torch.equal(targets.masks, kept.masks)
        assert kept.text == targets.text


def test_cached_memory_is_one_byte_per_value():
    assert Shapes(num_scenes=4).cached().num_bytes == 4 * 3 * 64 * 64
    assert Digits(num_scenes=4).cached().num_bytes == 4 * 3 * 96 * 96


class _Watched:
    """A data set that counts how many of the images that it gave are still in memory."""

    @property
    def class_names(self):
        return self.scenes.class_names

    def __init__(self):
        self.scenes, self.given, self.most = Shapes(num_scenes=6), [], 0

    def __len__(self):
        return len(self.scenes)

    def __getitem__(self, index, /):
        image, targets = self.scenes[index]
        self.given.append(weakref.ref(image))
        self.most = max(self.most, sum(one() is not None for one in self.given))
        return image, targets


def test_caching_holds_one_float_image_at_a_time():
    watched = _Watched()
    cached = Cached(watched)
    assert watched.most == 1
    assert sum(one() is not None for one in watched.given) == 0
    assert {image.dtype for image in cached._images} == {np.dtype(np.uint8)}


def test_every_grey_level_comes_back_as_torch_has_it():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16)
    assert torch.equal(to_unit(levels), torch.from_numpy(levels).float() / 255)


def test_changing_a_cached_sample_does_not_change_the_cache():
    cached = Shapes(num_scenes=1).cached()
    image, _ = cached[0]
    image.zero_()
    assert cached[0][0].max() > 0


def _satisfying(text, boxes, kinds, colors):
    """Brute force: which objects does the expression fit? Written from the words, not from the
    generator's rule.
    """
    *words, kind = text.removeprefix("the ").split()
    members = [i for i in range(len(boxes)) if kinds[i] == kind]
    if not words:
        return members
    area = {i: (boxes[i][2] - boxes[i][0]) * (boxes[i][3] - boxes[i][1]) for i in members}
    middle = {
        i: ((boxes[i][0] + boxes[i][2]) / 2, (boxes[i][1] + boxes[i][3]) / 2) for i in members
    }
    best = {
        "largest": lambda: max(members, key=lambda i: area[i]),
        "smallest": lambda: min(members, key=lambda i: area[i]),
        "leftmost": lambda: min(members, key=lambda i: middle[i][0]),
        "rightmost": lambda: max(members, key=lambda i: middle[i][0]),
        "topmost": lambda: min(members, key=lambda i: middle[i][1]),
        "lowest": lambda: max(members, key=lambda i: middle[i][1]),
    }
    return [best[words[0]]()] if words[0] in best else [i for i in members if colors[i] == words[0]]


def test_every_expression_fits_its_object_and_no_other():
    rng = np.random.default_rng(0)
    seen = set()
    for _ in range(400):
        num = int(rng.integers(1, 9))
        corner, size = rng.random((num, 2)) * 40, 8 + rng.random((num, 2)) * 12
        boxes = [tuple(row) for row in np.concatenate([corner, corner + size], 1).tolist()]
        kinds = [str(kind) for kind in rng.choice(["star", "ring"], num)]
        colors, _ = random_colors(rng, num)
        texts = refer(boxes, kinds, colors)
        seen |= {text.split()[1] for text in texts}
        for i, text in enumerate(texts):
            assert _satisfying(text, boxes, kinds, colors) == [i]
    assert {"largest", "smallest", "leftmost", "rightmost", "topmost", "lowest", "star"} <= seen
    assert seen & set(COLORS)


def test_colours_of_a_scene_differ():
    names, values = random_colors(np.random.default_rng(1), 9)
    assert sorted(names) == sorted(COLORS)
    assert values.shape == (9, 3)


def test_place_refuses_what_does_not_fit():
    rng = np.random.default_rng(0)
    assert all(
        place(rng, [(0.0, 0.0, 20.0, 20.0)], 18.0, 18.0, side=20, max_iou=0.1) is None
        for _ in range(20)
    )


def test_digits_have_expressions_too():
    texts = [text for i in range(10) for text in Digits(num_scenes=10)[i][1].text]
    assert all(text.startswith("the ") and text[-1].isdigit() for text in texts)
