import itertools

import numpy as np
import pytest
import torch

from locviz.data import LEVELS, Shapes
from locviz.data.draw import KEYPOINT_NAMES

SAMPLE = 300


@pytest.fixture(scope="module", params=list(LEVELS))
def scenes(request):
    return Shapes(level=request.param, num_scenes=SAMPLE, masks=True)


def _iou_by_hand(a, b):
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return width * height / union


# What each level promises, in numbers of its own: side, classes, objects per scene, object size,
# largest IoU.
PROMISES = {
    "first": (64, 3, (1, 4), (12, 32), 0.05),
    "crowded": (96, 6, (3, 8), (8, 48), 0.4),
    "sparse": (128, 3, (1, 2), (8, 12), 0.0),
    "packed": (96, 6, (2, 6), (16, 40), 0.7),
}


@pytest.mark.parametrize("level", PROMISES)
def test_statistics_of_each_level(level):
    side, num_classes, num_objects, object_size, max_iou = PROMISES[level]
    dataset = Shapes(level=level, num_scenes=SAMPLE)
    samples = [dataset[i] for i in range(SAMPLE)]
    assert all(
        image.shape == (3, side, side) and targets.size == (side, side)
        for image, targets in samples
    )
    counts = [len(targets) for _, targets in samples]
    assert (min(counts), max(counts)) == num_objects
    assert abs(np.mean(counts) - sum(num_objects) / 2) < 0.4
    boxes = torch.cat([targets.boxes for _, targets in samples])
    longest = (boxes[:, 2:] - boxes[:, :2]).amax(1)
    assert longest.min() >= object_size[0] - 1e-3
    assert longest.max() <= object_size[1] + 1e-3
    assert longest.max() > 0.9 * object_size[1]
    assert longest.min() < 1.1 * object_size[0]
    assert boxes.min() >= 0
    assert boxes.max() <= side
    overlaps = [
        _iou_by_hand(a, b)
        for _, targets in samples
        for a, b in itertools.combinations(targets.boxes.tolist(), 2)
    ]
    assert max(overlaps) <= max_iou + 1e-4
    assert max(overlaps) >= 0.8 * max_iou, "the level should reach the overlaps it allows"
    labels = torch.cat([targets.labels for _, targets in samples])
    share = torch.bincount(labels, minlength=num_classes) / len(labels)
    assert len(share) == num_classes == len(dataset.class_names)
    assert (share - 1 / num_classes).abs().max() < 0.25 / num_classes


@pytest.mark.parametrize(("level", "share"), [("crowded", 0.0), ("packed", 1.0)])
def test_scenes_of_one_class(level, share):
    dataset = Shapes(level=level, num_scenes=100)
    alike = [len(dataset[i][1].labels.unique()) == 1 for i in range(100)]
    assert np.mean(alike) == pytest.approx(share, abs=0.1)


def test_boxes_are_tight_around_masks(scenes):
    """Pixel centres inside a shape lie inside its box, and reach each side of it to within the
    width of a thin tip.
    """
    for i in range(80):
        _, targets = scenes[i]
        for box, mask in zip(targets.boxes, targets.masks, strict=True):
            rows, columns = torch.where(mask)
            low = torch.stack([columns.min(), rows.min()]) + 0.5
            high = torch.stack([columns.max(), rows.max()]) + 0.5
            assert (low >= box[:2]).all()
            assert (high <= box[2:]).all()
            assert (low - box[:2]).max() < 2.5
            assert (box[2:] - high).max() < 2.5


def test_paint_stays_inside_the_boxes():
    """Without noise or texture, only pixels that a box touches differ from the smooth background."""
    from dataclasses import replace

    from locviz.data import scenes as shared
    from locviz.data.shapes import _draw_scene

    for i in range(20):
        scene = _draw_scene(replace(LEVELS["first"], noise=0.0), shared.scene_rng(0, "train", i))
        outside = np.ones(scene.image.shape[1:], bool)
        for x1, y1, x2, y2 in scene.boxes:
            outside[
                int(y1 - 0.5) : int(np.ceil(y2 + 0.5)), int(x1 - 0.5) : int(np.ceil(x2 + 0.5))
            ] = False
        step = np.abs(np.diff(scene.image.astype(int), axis=2)).max(0)
        assert step[outside[:, 1:] & outside[:, :-1]].max() <= 2
        assert step.max() > 20


def test_area_is_the_masks(scenes):
    _, targets = scenes[0]
    assert torch.equal(targets.area, targets.masks.flatten(1).sum(1).float())


def test_every_object_can_be_seen(scenes):
    """Small objects are painted last: none is hidden, whatever its level."""
    least = 0.05 if scenes.level.one_class else 0.1
    for i in range(SAMPLE):
        masks = scenes[i][1].masks.numpy()
        for k in range(len(masks)):
            covered = masks[k + 1 :].any(0)
            assert (masks[k] & ~covered).sum() >= least * masks[k].sum()


def test_keypoints_lie_in_their_box_and_know_when_they_are_covered(scenes):
    for i in range(60):
        _, targets = scenes[i]
        assert targets.keypoints.shape == (len(targets), len(KEYPOINT_NAMES), 3)
        x, y, seen = targets.keypoints.unbind(-1)
        x1, y1, x2, y2 = (side[:, None] for side in targets.boxes.unbind(1))
        assert ((x >= x1 - 1e-3) & (x <= x2 + 1e-3) & (y >= y1 - 1e-3) & (y <= y2 + 1e-3)).all()
        for k in range(len(targets)):
            for px, py, flag in zip(x[k], y[k], seen[k], strict=True):
                row, column = min(int(py), targets.size[0] - 1), min(int(px), targets.size[1] - 1)
                assert flag == (1 if targets.masks[k + 1 :, row, column].any() else 2)


def test_a_scene_is_a_function_of_seed_split_and_index():
    whole, few = Shapes(seed=3), Shapes(seed=3, num_scenes=5)
    image, targets = few[4]
    again, same = whole[4]
    assert torch.equal(image, again)
    assert torch.equal(targets.boxes, same.boxes)
    assert targets.text == same.text
    others = [Shapes(seed=4)[4], whole[5], Shapes(seed=3, split="test")[4]]
    assert not any(torch.equal(image, other) for other, _ in others)


def test_splits_are_disjoint():
    train, test = Shapes(num_scenes=200), Shapes(split="test", num_scenes=200)
    assert not {train[i][0].numpy().tobytes() for i in range(200)} & {
        test[i][0].numpy().tobytes() for i in range(200)
    }


def test_lengths():
    assert len(Shapes()) == 5000
    assert len(Shapes(split="test")) == 500
    assert len(Shapes(num_scenes=0)) == 0


def test_images_are_eight_bit_values_in_0_to_1(scenes):
    image, _ = scenes[0]
    assert image.dtype == torch.float32
    levels = image * 255
    assert torch.equal(levels, levels.round())
    assert image.min() >= 0
    assert image.max() <= 1


def test_indexing():
    dataset = Shapes(num_scenes=3)
    assert torch.equal(dataset[-1][0], dataset[2][0])
    assert len(list(dataset)) == 3  # type: ignore[arg-type]
    with pytest.raises(IndexError, match="3 samples"):
        dataset[3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"level": "hard"}, "level must be one of first, crowded, sparse, packed"),
        ({"split": "val"}, "split must be one of train, test"),
        ({"num_scenes": -1}, "num_scenes must be"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Shapes(**arguments)


def test_a_detector_that_knows_nothing_but_colour_cannot_tell_classes():
    """The mean colour of an object's middle does not depend on its class (the ring's middle is
    empty: leave it out).
    """
    dataset = Shapes(num_scenes=SAMPLE)
    by_class = [[], [], []]
    for image, targets in dataset:  # type: ignore[attr-defined]
        for box, label in zip(targets.boxes, targets.labels, strict=True):
            column, row = ((box[:2] + box[2:]) / 2).long()
            by_class[int(label)].append(image[:, row, column])
    means = torch.stack([torch.stack(colors).mean(0) for colors in by_class])
    assert (means - means.mean(0)).abs().max() < 0.1
