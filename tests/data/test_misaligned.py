import itertools

import numpy as np
import pytest
import torch

from locviz.boxes import pairwise_iou
from locviz.data import Misaligned, misaligned, scenes

SAMPLE = 300


@pytest.fixture(scope="module")
def samples():
    dataset = Misaligned(num_scenes=SAMPLE, masks=True)
    return [dataset[i] for i in range(SAMPLE)]


def boxes_of(samples):
    return torch.cat([targets.boxes for _, targets in samples])


def test_statistics(samples):
    assert all(image.shape == (3, 96, 96) and t.size == (96, 96) for image, t in samples)
    counts = [len(targets) for _, targets in samples]
    assert (min(counts), max(counts)) == (1, 3)
    assert abs(np.mean(counts) - 2) < 0.3
    boxes = boxes_of(samples)
    sides = boxes[:, 2:] - boxes[:, :2]
    longest = sides.amax(1)
    assert 32 - 1e-3 <= longest.min() < 34
    assert 72 < longest.max() <= 76 + 1e-3
    assert boxes.min() >= 0
    assert boxes.max() <= 96
    overlaps = [
        pairwise_iou(a[None], b[None]).item()
        for _, targets in samples
        for a, b in itertools.combinations(targets.boxes, 2)
    ]
    assert 0.12 < max(overlaps) <= 0.15 + 1e-4
    share = torch.bincount(torch.cat([t.labels for _, t in samples]), minlength=4) / len(boxes)
    assert len(share) == 4 == len(Misaligned.class_names)
    assert (share - 1 / 4).abs().max() < 0.25 / 4


def test_objects_are_long_and_odd(samples):
    """A quarter is longer than 3 to 1, some reach 5 to 1, and most boxes are half empty."""
    boxes = boxes_of(samples)
    sides = boxes[:, 2:] - boxes[:, :2]
    ratio = sides.amax(1) / sides.amin(1)
    assert (ratio > 3).float().mean() > 0.2
    assert (ratio > 3.9).float().mean() > 0.05
    assert ratio.max() > 5
    area = torch.cat([targets.area for _, targets in samples])
    assert (area / sides.prod(1)).median() < 0.45


def test_the_head_is_off_centre(samples):
    """The middle of the head is at least a fifth of the box from the box's middle, on some axis."""
    boxes, heads = boxes_of(samples), torch.cat([t.keypoints[:, 0, :2] for _, t in samples])
    away = ((heads - (boxes[:, :2] + boxes[:, 2:]) / 2) / (boxes[:, 2:] - boxes[:, :2])).abs()
    assert away.amax(1).min() > 0.2
    assert away.amax(1).median() > 0.28


def test_the_tail_says_nothing_about_the_class(samples):
    """The classes' boxes have about the same mean ratio, up to the triangle's shorter head."""
    boxes, labels = boxes_of(samples), torch.cat([t.labels for _, t in samples])
    sides = boxes[:, 2:] - boxes[:, :2]
    ratio = sides.amax(1) / sides.amin(1)
    means = torch.stack([ratio[labels == label].mean() for label in range(4)])
    assert (means - means.mean()).abs().max() < 0.25 * means.mean()


def test_boxes_are_tight_around_masks(samples):
    for _, targets in samples[:80]:
        for box, mask in zip(targets.boxes, targets.masks, strict=True):
            rows, columns = torch.where(mask)
            low = torch.stack([columns.min(), rows.min()]) + 0.5
            high = torch.stack([columns.max(), rows.max()]) + 0.5
            assert (low >= box[:2] - 0.01).all()
            assert (high <= box[2:] + 0.01).all()
            assert (low - box[:2]).max() < 2.5
            assert (box[2:] - high).max() < 2.5


def test_boards_hide_a_part_of_the_objects_and_no_head(monkeypatch):
    """What changes where the boards are left out is what they cover."""
    monkeypatch.setattr(misaligned, "NOISE", 0.0)
    whole = Misaligned(num_scenes=100)
    covered = [whole.scene(i) for i in range(100)]
    monkeypatch.setattr(misaligned, "NUM_BOARDS", (0, 0))
    hidden = []
    for i, scene in enumerate(covered):
        bare = whole.scene(i)
        np.testing.assert_array_equal(bare.boxes, scene.boxes)
        np.testing.assert_array_equal(bare.masks, scene.masks)
        board = (bare.image != scene.image).any(0)
        hidden += [(mask & board).sum() / mask.sum() for mask in scene.masks]
    hidden = np.array(hidden)
    # The edge of a board is one pixel wide, and counts here as covered.
    assert hidden.max() < 0.65
    assert 0.25 < (hidden > 0.1).mean() < 0.75


def test_every_head_can_be_told(samples):
    """Heads stay free of other objects, so that at most a few of their keypoints are covered."""
    seen = torch.cat([targets.keypoints[..., 2] for _, targets in samples]) == 2
    assert seen.float().mean() > 0.95
    assert (seen.sum(1) >= 2).all()


def test_border_noise_moves_training_boxes_and_nothing_else():
    exact = Misaligned(num_scenes=60, masks=True)
    noisy = Misaligned(num_scenes=60, masks=True, border_noise=0.15)
    moves = []
    for i in range(60):
        (image, true), (again, shaken) = exact[i], noisy[i]
        assert torch.equal(image, again)
        for name in ("labels", "area", "masks", "keypoints"):
            assert torch.equal(getattr(true, name), getattr(shaken, name)), name
        assert true.text == shaken.text
        shaken.check(4)
        assert shaken.boxes.min() >= 0
        assert shaken.boxes.max() <= 96
        assert torch.equal(shaken.boxes, noisy[i][1].boxes)
        inside = (shaken.boxes > 0) & (shaken.boxes < 96)
        extent = (true.boxes[:, 2:] - true.boxes[:, :2]).repeat(1, 2)
        moves.append(((shaken.boxes - true.boxes) / extent)[inside])
    moves = torch.cat(moves)
    assert moves.abs().max() <= 0.15 + 1e-5
    assert moves.abs().max() > 0.14
    # Uniform: no bias, and a standard deviation of share / sqrt(3).
    assert abs(moves.mean()) < 0.02
    assert moves.std() == pytest.approx(0.15 / 3**0.5, rel=0.1)


def test_noise_grows_from_the_same_moves():
    """Half the share moves each side half as far, where nothing is clipped."""
    a, b = (Misaligned(num_scenes=1, border_noise=share)[0][1].boxes for share in (0.05, 0.1))
    true = Misaligned(num_scenes=1)[0][1].boxes
    inside = (b > 0) & (b < 96)
    assert inside.any()
    torch.testing.assert_close(2 * (a - true)[inside], (b - true)[inside], atol=1e-4, rtol=1e-4)


def test_a_scene_is_a_function_of_seed_split_and_index():
    image, targets = Misaligned(seed=3)[4]
    again, same = Misaligned(seed=3, num_scenes=5)[4]
    assert torch.equal(image, again)
    assert torch.equal(targets.boxes, same.boxes)
    others = [Misaligned(seed=4)[4], Misaligned(seed=3)[5], Misaligned(seed=3, split="test")[4]]
    assert not any(torch.equal(image, other) for other, _ in others)


def test_lengths_and_names():
    assert len(Misaligned()) == scenes.NUM_SCENES["train"]
    assert len(Misaligned(split="test")) == scenes.NUM_SCENES["test"]
    assert Misaligned.class_names == ("square", "triangle", "ring", "cross")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"split": "val"}, "split must be one of train, test"),
        ({"num_scenes": -1}, "num_scenes must be"),
        ({"border_noise": -0.1}, r"border_noise must be in 0..0.5 .* got -0.1"),
        ({"border_noise": 0.5}, "border_noise must be in"),
        ({"border_noise": float("nan")}, "border_noise must be in"),
        ({"border_noise": 0.1, "split": "test"}, "test boxes stay exact"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        Misaligned(**arguments)
