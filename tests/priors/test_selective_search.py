"""Two squares on a plain ground, by hand; laws on random images; recall on the generated scenes."""

import numpy as np
import pytest
import torch

from locviz.data import Shapes
from locviz.evaluate import proposal_recall
from locviz.priors import AnchorPriors, RegionGrouping, SlidingWindows
from locviz.priors.selective_search import group, segment


def two_squares() -> np.ndarray:
    """Grey ground, a red square at 4..12 x 4..12, a darker red one beside it at 12..20 x 4..12,
    blue at 20..28 down.
    """
    pixels = np.full((32, 32, 3), 0.5)
    pixels[4:12, 4:12] = (0.9, 0.1, 0.1)
    pixels[4:12, 12:20] = (0.7, 0.1, 0.1)
    pixels[20:28, 20:28] = (0.1, 0.1, 0.9)
    return pixels


def test_segments_are_the_flat_areas():
    labels = segment(two_squares(), scale=0.2)
    assert len(np.unique(labels)) == 4
    for part in (np.s_[4:12, 4:12], np.s_[4:12, 12:20], np.s_[20:28, 20:28]):
        assert len(np.unique(labels[part])) == 1
        assert (labels == labels[part][0, 0]).sum() == 64


def test_a_larger_scale_gives_fewer_segments_and_specks_join_their_neighbour():
    noise = np.random.default_rng(0).random((24, 24, 3)) * 0.2
    counts = [
        len(np.unique(segment(noise, scale=scale, min_region=1)))
        for scale in (0.01, 0.3, 1.0, 30.0)
    ]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] > 300
    assert counts[-1] == 1
    pixels = two_squares()
    pixels[30, 30] = (0.0, 1.0, 0.0)
    assert len(np.unique(segment(pixels, scale=0.2, min_region=1))) == 5
    assert len(np.unique(segment(pixels, scale=0.2, min_region=8))) == 4


def test_grouping_by_hand():
    """Three 8 x 8 tiles in a row, red red blue: the reds merge first, then everything; last merged
    comes first.
    """
    pixels = np.zeros((8, 24, 3))
    pixels[:, :16, 0] = 1.0
    pixels[:, 16:, 2] = 1.0
    labels = np.repeat(np.array([[0, 1, 2]]), 8, axis=1).repeat(8, axis=0)
    boxes = group(pixels, labels).tolist()
    assert boxes == [[0, 0, 24, 8], [0, 0, 16, 8], [16, 0, 24, 8], [8, 0, 16, 8], [0, 0, 8, 8]]


def test_of_equal_colours_the_small_and_the_well_fitting_merge_first():
    """Everything grey, so that colour ties all pairs: two specks side by side merge before either
    joins a half.
    """
    pixels = np.full((16, 16, 3), 0.5)
    labels = np.zeros((16, 16), dtype=int)
    labels[:, 8:] = 1  # two large halves
    labels[0:2, 6:8] = 2  # and two specks in the left one
    labels[2:4, 6:8] = 3
    boxes = group(pixels, labels)
    assert boxes[2].tolist() == [
        6,
        0,
        8,
        4,
    ]  # boxes[0] is everything; of the merges this one came first


def image_of(pixels: np.ndarray) -> torch.Tensor:
    return torch.as_tensor(pixels).permute(2, 0, 1).float()


def test_proposes_each_square_both_together_and_everything():
    (boxes,) = RegionGrouping(smoothing=0.0)([image_of(two_squares())])
    found = {tuple(box) for box in boxes.int().tolist()}
    assert {
        (4, 4, 12, 12),
        (12, 4, 20, 12),
        (4, 4, 20, 12),
        (20, 20, 28, 28),
        (0, 0, 32, 32),
    } <= found


@pytest.mark.parametrize("size", [(1, 1), (5, 9), (17, 6), (40, 40)])
def test_laws(size):
    images = [
        torch.rand(3, *size, generator=torch.Generator().manual_seed(seed)) for seed in range(3)
    ]
    images.append(torch.zeros(3, *size))
    proposer = RegionGrouping(min_side=1)
    found = proposer(images)
    for boxes, again in zip(found, proposer(images), strict=True):
        assert torch.equal(boxes, again)
        assert len(boxes.unique(dim=0)) == len(boxes)
        assert boxes.dtype == torch.float32
        assert (boxes[:, :2] >= 0).all()
        assert (boxes[:, 2:] <= torch.tensor(size[::-1])).all()
        assert (boxes[:, :2] < boxes[:, 2:]).all()
        assert [0, 0, size[1], size[0]] in boxes.tolist()
    assert len(found[-1]) == 1  # a plain image is one region


def test_does_not_change_with_the_other_images_of_the_batch():
    scenes = Shapes(num_scenes=2)
    both = RegionGrouping()([scenes[0][0], scenes[1][0]])
    assert torch.equal(both[1], RegionGrouping()([scenes[1][0]])[0])


def test_short_sides_and_surplus_are_left_out():
    image = image_of(two_squares())
    (boxes,) = RegionGrouping(min_side=9)([image])
    assert (boxes[:, 2:] - boxes[:, :2]).min() >= 9
    (few,) = RegionGrouping(max_proposals=2)([image])
    assert len(few) == 2
    assert few.tolist() == RegionGrouping()([image])[0][:2].tolist()
    assert RegionGrouping(min_side=99)([image])[0].shape == (0, 4)
    assert RegionGrouping()([]) == []


@pytest.mark.parametrize(("level", "bar"), [("first", 0.98), ("crowded", 0.95)])
def test_recalls_more_objects_than_sliding_windows_with_many_more(level, bar):
    scenes = Shapes(level=level, split="test", num_scenes=24)
    images, truth = zip(*(scenes[i] for i in range(24)), strict=True)
    grouped = RegionGrouping()(images)
    windows = SlidingWindows(AnchorPriors(sizes=((12, 20, 32),), strides=(8,), ratios=(1.0,)))(
        images
    )
    assert sum(map(len, grouped)) < sum(map(len, windows))
    recall = proposal_recall(grouped, truth, num=None).item()
    assert recall >= bar
    assert recall > proposal_recall(windows, truth, num=None).item() + 0.05


def test_bad_settings_are_named():
    for scales in ((), (0.0,), (1.0, float("nan"))):
        with pytest.raises(ValueError, match=r"RegionGrouping\.scales must be positive"):
            RegionGrouping(scales=scales)
