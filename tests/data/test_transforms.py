from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.transforms import v2

from locviz.data import Augmentation, Batches, CropAroundBox, Shapes, standard_augmentation
from locviz.data.draw import KEYPOINT_MIRROR
from locviz.types import Targets

MIRROR = Augmentation(v2.RandomHorizontalFlip(p=1.0), keypoint_mirror=KEYPOINT_MIRROR)
CROP = Augmentation(CropAroundBox(scale=(0.4, 0.9), p=1.0))
STEPS = {
    "mirror": MIRROR,
    "turn over": Augmentation(v2.RandomVerticalFlip(p=1.0)),
    "crop": CROP,
    "scale": Augmentation(
        v2.RandomAffine(degrees=(0.0, 0.0), scale=(0.7, 1.4), translate=(0.1, 0.1))
    ),
    "resize": Augmentation(v2.Resize((96, 48))),
    "standard": standard_augmentation(),
}


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


def _sample(index=0, **changes):
    image, targets = Shapes(level="crowded", num_scenes=20, masks=True)[index]
    return image, replace(targets, **changes)


@pytest.mark.parametrize("name", STEPS)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6), index=st.integers(0, 19))
def test_laws(name, seed, index):
    image, targets = _sample(index)
    result, moved = STEPS[name](image, targets, _generator(seed))
    moved.check(num_classes=6)
    height, width = result.shape[-2:]
    assert moved.size == (height, width)
    for values in (
        moved.labels,
        moved.area,
        moved.crowd,
        moved.ignore,
        moved.masks,
        moved.keypoints,
        moved.text,
    ):
        assert len(values) == len(moved)
    assert moved.masks.shape[1:] == (height, width)
    assert ((moved.boxes[:, 2:] - moved.boxes[:, :2]) >= 1).all()
    assert (moved.boxes >= 0).all()
    assert (moved.boxes <= torch.tensor([width, height, width, height])).all()
    assert result.dtype == torch.float32
    assert result.min() >= 0
    assert result.max() <= 1
    again, same = STEPS[name](image, targets, _generator(seed))
    assert torch.equal(result, again)
    assert torch.equal(moved.boxes, same.boxes)


@pytest.mark.parametrize("name", ["mirror", "turn over", "crop", "scale", "resize"])
def test_boxes_and_masks_move_together(name):
    """After any transform no pixel of a mask lies more than one pixel outside its box."""
    for seed in range(20):
        _, moved = STEPS[name](*_sample(seed % 20), _generator(seed))
        for box, mask in zip(moved.boxes, moved.masks, strict=True):
            if mask.any():
                rows, columns = torch.where(mask)
                assert columns.min() >= box[0] - 1
                assert rows.min() >= box[1] - 1
                assert columns.max() + 1 <= box[2] + 1
                assert rows.max() + 1 <= box[3] + 1


def test_mirror_by_hand():
    image = torch.zeros(3, 4, 10)
    image[:, 1:3, 2:5] = 1
    targets = Targets(
        boxes=torch.tensor([[2.0, 1.0, 5.0, 3.0]]),
        labels=torch.tensor([0]),
        size=(4, 10),
        keypoints=torch.tensor([[[2.0, 1.0, 2.0], [5.0, 3.0, 1.0]]]),
        text=("the leftmost square right of the door",),
    )
    result, moved = Augmentation(v2.RandomHorizontalFlip(p=1.0), keypoint_mirror=(1, 0))(
        image, targets, _generator()
    )
    assert moved.boxes.tolist() == [[5, 1, 8, 3]]
    assert torch.equal(
        result[0].nonzero(), torch.tensor([[r, c] for r in (1, 2) for c in (5, 6, 7)])
    )
    assert moved.keypoints.tolist() == [[[5, 3, 1], [8, 1, 2]]]
    assert moved.text == ("the rightmost square left of the door",)


def test_mirroring_twice_changes_nothing():
    image, targets = _sample()
    result, moved = MIRROR(*MIRROR(image, targets, _generator()), _generator())
    assert torch.equal(result, image)
    torch.testing.assert_close(moved.boxes, targets.boxes, rtol=0, atol=1e-4)
    torch.testing.assert_close(moved.keypoints, targets.keypoints, rtol=0, atol=1e-4)
    assert torch.equal(moved.masks, targets.masks)
    assert moved.text == targets.text


def test_the_mirrored_keypoints_are_those_of_the_mirrored_shape():
    """'right' is still the shape's own right: its x is larger than that of 'left' at every angle of
    this level.
    """
    _, moved = MIRROR(*_sample(), _generator())
    assert (moved.keypoints[:, 2, 0] > moved.keypoints[:, 4, 0]).all()


def test_no_steps_change_nothing():
    image, targets = _sample()
    result, same = Augmentation()(image, targets, _generator())
    assert torch.equal(result, image)
    assert torch.equal(same.boxes, targets.boxes)
    torch.testing.assert_close(same.area, targets.area)


class _CutLeftHalf(v2.Transform):
    def transform(self, inpt, params):
        height, width = v2.functional.get_size(inpt)
        return v2.functional.crop(inpt, 0, width // 2, height, width - width // 2)


def test_what_vanishes_is_dropped_and_counted():
    """Of the right half: one box is gone, one keeps a tenth (dropped), one keeps half, one stays
    whole.
    """
    boxes = torch.tensor([[0.0, 0, 8, 8], [1, 0, 11, 8], [8, 0, 12, 8], [12, 2, 18, 6]])
    targets = Targets(
        boxes=boxes,
        labels=torch.tensor([0, 1, 2, 3]),
        size=(10, 20),
        area=torch.tensor([50.0, 60.0, 16.0, 24.0]),
        crowd=torch.tensor([False, True, True, False]),
        ignore=torch.tensor([True, False, False, True]),
    )
    augmentation = Augmentation(_CutLeftHalf())
    _, moved = augmentation(torch.rand(3, 10, 20), targets, _generator())
    assert moved.boxes.tolist() == [[0, 0, 2, 8], [2, 2, 8, 6]]
    assert moved.labels.tolist() == [2, 3]
    assert moved.area.tolist() == [8, 24]
    assert moved.crowd.tolist() == [True, False]
    assert moved.ignore.tolist() == [False, True]
    assert augmentation.dropped == 2
    augmentation(torch.rand(3, 10, 20), targets, _generator())
    assert augmentation.dropped == 4


def test_keypoints_that_leave_become_zeros():
    targets = Targets(
        boxes=torch.tensor([[8.0, 0, 20, 8]]),
        labels=torch.tensor([0]),
        size=(10, 20),
        keypoints=torch.tensor([[[9.0, 4.0, 2.0], [15.0, 4.0, 2.0]]]),
    )
    _, moved = Augmentation(_CutLeftHalf())(torch.rand(3, 10, 20), targets, _generator())
    assert moved.keypoints.tolist() == [[[0, 0, 0], [5, 4, 2]]]


def test_a_crop_keeps_a_box_that_fits_whole():
    for seed in range(40):
        targets = Targets(
            boxes=torch.tensor([[3.0, 5.0, 9.0, 12.0]]), labels=torch.tensor([0]), size=(40, 30)
        )
        _, moved = CROP(torch.rand(3, 40, 30), targets, _generator(seed))
        assert (moved.boxes[0, 2:] - moved.boxes[0, :2]).tolist() == [6, 7]


@pytest.mark.parametrize("name", STEPS)
def test_no_boxes_are_fine(name):
    targets = Targets(
        boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(40, 30)
    )
    image, moved = STEPS[name](torch.rand(3, 40, 30), targets, _generator())
    assert moved.boxes.shape == (0, 4)
    assert moved.size == tuple(image.shape[1:])


def test_the_global_random_state_is_neither_read_nor_changed():
    image, targets = _sample()
    torch.manual_seed(1)
    before = torch.get_rng_state()
    first, _ = STEPS["standard"](image, targets, _generator(5))
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(2)
    second, _ = STEPS["standard"](image, targets, _generator(5))
    assert torch.equal(first, second)
    third, _ = STEPS["standard"](image, targets, _generator(6))
    assert not torch.equal(first, third)


def test_the_state_is_restored_when_a_step_fails():
    class Broken(v2.Transform):
        def transform(self, inpt, params):
            torch.rand(3)
            raise RuntimeError("no")

    before = torch.get_rng_state()
    with pytest.raises(RuntimeError, match="no"):
        Augmentation(Broken())(*_sample(), _generator())
    assert torch.equal(before, torch.get_rng_state())


def test_batches_with_augmentation_resume_exactly():
    batches = Batches(Shapes(num_scenes=8), batch_size=3, seed=1, transform=standard_augmentation())
    stream = iter(batches)
    straight = [next(stream) for _ in range(5)][4]
    images, targets = next(batches.starting_at(4))
    assert all(torch.equal(a, b) for a, b in zip(images, straight[0], strict=True))
    assert all(torch.equal(a.boxes, b.boxes) for a, b in zip(targets, straight[1], strict=True))


def test_bad_arguments():
    with pytest.raises(ValueError, match="min_visible"):
        Augmentation(min_visible=1.5)
    with pytest.raises(ValueError, match="scale must be a range"):
        CropAroundBox(scale=(0.8, 0.4))
    spans = Targets(boxes=torch.zeros(1, 2), labels=torch.tensor([0]), size=(10,))
    with pytest.raises(ValueError, match="spans"):
        MIRROR(torch.rand(3, 4, 10), spans, _generator())
    image, targets = _sample()
    with pytest.raises(ValueError, match="is not the size of the image"):
        MIRROR(image[:, :50], targets, _generator())


def test_the_limits_themselves_are_kept():
    """A side of exactly ``min_size`` and a share of exactly ``min_visible`` stay, in spite of
    rounding.
    """
    image = torch.zeros(3, 10, 10)

    def kept(box, **options):
        targets = Targets(
            boxes=torch.tensor([box]), labels=torch.zeros(1, dtype=torch.int64), size=(10, 10)
        )
        return len(Augmentation(**options)(image, targets, _generator())[1])

    assert kept([2.0, 2.0, 3.0, 3.0], min_size=1.0) == 1
    assert kept([2.0, 2.0, 2.9, 3.0], min_size=1.0) == 0
    assert kept([-1.0, 2.0, 1.0, 4.0], min_visible=0.5) == 1
    assert kept([-1.1, 2.0, 1.0, 4.0], min_visible=0.5) == 0
    # Exactly so much is visible, but in float32 the whole area times the share is a hair more than
    # what is.
    for visible, whole in ((1, 7), (4, 13), (9, 17)):
        box = [float(visible - whole), 1.0, float(visible), 8.0]
        assert kept(box, min_visible=visible / whole) == 1
