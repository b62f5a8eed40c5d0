from dataclasses import fields

import pytest
import torch

from locviz.boxes import as_float32, check_batch, check_pictures
from locviz.types import Targets

H, W = 64, 96
GOOD = [4.0, 4, 20, 30]


def image(value=0.5):
    return torch.full((3, H, W), value)


def one(*boxes, labels=None, size=(H, W), dtype=torch.float32, **more):
    boxes = torch.tensor(boxes, dtype=dtype).reshape(len(boxes), -1 if boxes else 4)
    labels = torch.zeros(len(boxes), dtype=torch.int64) if labels is None else torch.tensor(labels)
    return Targets(boxes=boxes, labels=labels, size=size, **more)


def check(*targets, num_classes=3, images=None):
    images = [image() for _ in targets] if images is None else images
    return check_batch(images, list(targets), num_classes=num_classes)


def test_what_can_be_learned_from_comes_back_as_it_is():
    batch = [one(GOOD), one(), one([0.0, 0, W, H], [1, 1, 2.5, 2], labels=[2, 0])]
    assert all(a is b for a, b in zip(check(*batch), batch, strict=True))
    assert check_batch([], [], num_classes=3) == []


@pytest.mark.parametrize("dtype", [torch.float64, torch.float16])
def test_boxes_enter_in_float32(dtype):
    given = one(GOOD, dtype=dtype, labels=[1], image_id=7, crowd=torch.tensor([False]))
    (target,) = check(given)
    assert target.boxes.dtype == target.area.dtype == torch.float32
    assert target.boxes.tolist() == [GOOD]
    assert target.area.tolist() == [16 * 26]
    unchanged = {field.name for field in fields(Targets)} - {"boxes", "area"}
    assert all(getattr(target, name) is getattr(given, name) for name in unchanged)
    assert as_float32(given).boxes.dtype == torch.float32


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ([4, 4, float("nan"), 30], "NaN or infinity"),
        ([4, 4, float("inf"), 30], "NaN or infinity"),
        ([20, 30, 4, 4], r"high < low: it looks like x, y, w, h"),
        ([50, 40, 30, 20], r"high < low: it looks like x, y, w, h"),
        ([80, 20, 30, 10], r"high < low: it looks like cx, cy, w, h"),
        ([90, 60, 10, 30], r"high < low: boxes are low corner, then high corner"),
        ([5, 5, 5, 9], "without width or height: drop it"),
        ([5, 5, 9, 5], "without width or height: drop it"),
        ([60, 20, 140, 40], "outside its image of 96 x 64: .* resize its boxes too"),
        ([100, 4, 104, 30], "outside its image of 96 x 64"),
        ([-30, 4, 20, 30], "outside its image of 96 x 64"),
    ],
)
def test_a_box_that_nothing_can_be_learned_from_is_named(box, message):
    with pytest.raises(
        ValueError, match=rf"^targets\[1\] \(image_id 12\): boxes\[2\] is .*{message}"
    ):
        check(one(GOOD), one(GOOD, GOOD, box, image_id=12), one())


def test_a_box_may_reach_out_a_little():
    """A tenth of 96 is 9.6 pixels, of 64 it is 6.4."""
    check(one([-9.0, -6, 105, 70]))
    with pytest.raises(ValueError, match="outside its image"):
        check(one([-9.0, -7, 105, 70]))


def test_boxes_in_shares_of_the_image():
    with pytest.raises(ValueError, match=r"lie within 0\.\.1: they look like shares of the image"):
        check(one([0.1, 0.2, 0.5, 1.0]), one([0.3, 0.2, 0.9, 0.8]))
    check(one([0.1, 0.2, 0.5, 1.0]), one(GOOD))  # a speck in a corner, among others


@pytest.mark.parametrize("label", [-1, 3])
def test_a_label_that_is_no_class_is_named(label):
    with pytest.raises(
        ValueError, match=rf"labels\[1\] is {label}, but the model has classes 0\.\.2"
    ):
        check(one(GOOD, GOOD, labels=[0, label]))
    check(one(GOOD, labels=[label]), num_classes=None)


@pytest.mark.parametrize("aside", ["crowd", "ignore"])
def test_what_is_set_aside_need_only_be_finite(aside):
    odd = [[20.0, 30, 4, 4], [5, 5, 5, 9], [200, 0, 300, 10]]
    check(one(*odd, labels=[9, 9, 9], **{aside: torch.ones(3, dtype=torch.bool)}))
    with pytest.raises(ValueError, match="NaN or infinity"):
        check(one([0.0, 0, float("nan"), 1], **{aside: torch.ones(1, dtype=torch.bool)}))


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (
            torch.linspace(0, 255, 3 * H * W).view(3, H, W),
            "look like 0..255: divide the image by 255",
        ),
        ((torch.rand(3, H, W) - 0.45) / 0.225, "look normalised already"),
        (image(float("nan")), "has values from nan"),
        (image(3.0), "give floats in 0..1"),
    ],
)
def test_pictures_in_another_range_are_noticed(picture, message):
    with pytest.raises(ValueError, match=rf"^images\[1\] .*{message}"):
        check(one(GOOD), one(GOOD), images=[image(), picture])
    with pytest.raises(ValueError, match=rf"^images\[1\] .*{message}"):
        check_pictures([torch.full((4, 9), 99.0), picture])  # the first is no picture
    check(one(GOOD), one(GOOD), images=[image(-0.1), image(1.2)])  # what a cubic resize adds


def test_what_are_no_targets_is_named_with_the_cure():
    with pytest.raises(
        TypeError, match=r"got dict: from torchvision's dictionaries write Targets\("
    ):
        check({"boxes": torch.zeros(0, 4), "labels": torch.zeros(0)})
    with pytest.raises(TypeError, match=r"targets\[1\] must be Targets, got tuple"):
        check(one(), (1, 2))
    with pytest.raises(TypeError, match="a list with one Targets per image"):
        check_batch([image()], one(), num_classes=3)
    with pytest.raises(ValueError, match="got 1 images and 2 targets"):
        check(one(), one(), images=[image()])
    with pytest.raises(ValueError, match=r"mix boxes \(g, 4\) and spans"):
        check(one(), one([1.0, 2], size=(9,)))


@pytest.fixture(autouse=True)
def _as_for_users(unchecked):
    """Without the run-time checks of shapes: ours are to be seen."""


def test_the_size_is_that_of_the_image():
    with pytest.raises(
        ValueError, match=r"targets\[0\].size is \(96, 64\).* it looks like \(w, h\)"
    ):
        check(one(GOOD, size=(W, H)))
    with pytest.raises(
        ValueError, match=r"targets\[0\].size is \(32, 48\), but images\[0\] has height 64"
    ):
        check(one(GOOD, size=(32, 48)))


def test_a_size_has_one_number_per_axis():
    with pytest.raises(ValueError, match=r"targets\[0\].size is \(9,\): give \(h, w\) for boxes"):
        check(one(GOOD, size=(9,)))
    with pytest.raises(ValueError, match=r"targets\[1\].size is \(64, 96\): give"):
        check(one([1.0, 2], size=(9,)), one([1.0, 2]), images=[torch.zeros(9, 5)] * 2)


def test_spans_of_features():
    features = torch.randn(75, 512) * 100
    spans = one([0.0, 0.5], [10, 150], size=(150,))
    assert check(spans, images=[features]) == [spans]
    with pytest.raises(ValueError, match="high < low: it looks like start, length"):
        check(one([100.0, 20], size=(150,)), images=[features])
    with pytest.raises(ValueError, match="without length"):
        check(one([20.0, 20], size=(150,)), images=[features])
    with pytest.raises(ValueError, match="outside its image of 150"):
        check(one([140.0, 170], size=(150,)), images=[features])


def test_one_look_at_the_values(monkeypatch):
    """On a GPU every ``item``, ``bool`` or ``tolist`` waits for the device."""
    looks = []
    for name in ("item", "__bool__", "tolist", "__int__", "nonzero"):
        original = getattr(torch.Tensor, name)
        monkeypatch.setattr(
            torch.Tensor,
            name,
            lambda self, *a, f=original, n=name: (looks.append(n), f(self, *a))[1],
        )
    check(*[one(GOOD, GOOD) for _ in range(8)])
    assert looks == ["item"]
