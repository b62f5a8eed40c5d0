import pytest
import torch

from locviz.layers import BGR, Prepare


def test_constant_image_is_normalised_and_padding_is_zero():
    batch = Prepare(mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25), divisor=8)([torch.ones(3, 5, 9)])
    assert batch.values.shape == (1, 3, 8, 16)
    assert (batch.values[..., :5, :9] == 2).all()
    assert batch.values.sum() == 2 * 3 * 5 * 9
    assert batch.sizes == ((5, 9),)
    assert batch.scales.tolist() == [[1, 1]]


@pytest.mark.parametrize(
    ("size", "resized"),
    [((100, 140), (128, 179)), ((180, 110), (200, 122)), ((400, 100), (200, 50))],
)
def test_shorter_side_unless_the_longer_grows_too_long(size, resized):
    batch = Prepare(shorter=128, longer=200, divisor=1)([torch.rand(3, *size)])
    assert batch.values.shape[-2:] == resized
    torch.testing.assert_close(
        batch.scales[0], torch.tensor([resized[1] / size[1], resized[0] / size[0]])
    )


def test_mixed_sizes_share_one_canvas():
    batch = Prepare(divisor=32)([torch.rand(3, 40, 20), torch.rand(3, 10, 70)])
    assert batch.values.shape == (2, 3, 64, 96)
    assert batch.sizes == ((40, 20), (10, 70))


def test_bad_images_are_named():
    prepare = Prepare()
    with pytest.raises(ValueError, match="images is empty"):
        prepare([])
    with pytest.raises(ValueError, match=r"images\[1\].*\(3, h, w\)"):
        prepare([torch.rand(3, 4, 4), torch.rand(1, 4, 4)])
    with pytest.raises(ValueError, match="non-empty"):
        prepare([torch.rand(3, 0, 4)])
    with pytest.raises(TypeError, match="divide by 255"):
        prepare([torch.zeros(3, 4, 4, dtype=torch.uint8)])


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_tensor_is_named():
    with pytest.raises(TypeError, match=r"images\[0\] must be a tensor \(3, h, w\), got list"):
        Prepare()([[[0.0]]])


def test_constants_are_not_in_the_checkpoint():
    assert not Prepare().state_dict()


def test_letterbox_of_another_convention():
    """A 10 x 20 image into a 16-pixel square: 8 x 16, blue first, 0..255, grey 114 below."""
    prepare = Prepare(
        mean=(0.0, 0.0, 0.0),
        std=(1 / 255,) * 3,
        shorter=16,
        longer=16,
        divisor=8,
        least=16,
        padding=114.0,
        channels=BGR,
    )
    image = torch.tensor([1.0, 0.4, 0.2])[:, None, None].expand(3, 10, 20)
    batch = prepare([image])
    assert batch.values.shape == (1, 3, 16, 16)
    torch.testing.assert_close(batch.values[0, :, 3, 5], torch.tensor([51.0, 102.0, 255.0]))
    assert (batch.values[0, :, 8:] == 114).all()
    assert (batch.values[0, :, :8] != 114).all()
    torch.testing.assert_close(batch.scales, torch.tensor([[0.8, 0.8]]))


def test_channels_must_be_an_order():
    with pytest.raises(ValueError, match=r"channels must be an order of 0, 1, 2.*\(0, 1, 1\)"):
        Prepare(channels=(0, 1, 1))


def test_the_far_side_maps_back_onto_the_far_side():
    """1024 x 683 in a square of 640: 426.875 rows become 426. The release divides by .625 on both
    axes and puts the bottom side at 681.6, 1.4 pixels off.
    """
    prepare = Prepare(shorter=640, longer=640, least=640)
    batch = prepare([torch.zeros(3, 683, 1024)])
    assert batch.scales.tolist()[0] == pytest.approx([640 / 1024, 426 / 683])
    bottom = 426 / float(batch.scales[0, 1])
    assert bottom == pytest.approx(683)
