import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from locviz.data.images import open_pixels, read_image, write_image


@settings(max_examples=20, deadline=None)
@given(height=st.integers(1, 9), width=st.integers(1, 9), seed=st.integers(0, 99))
def test_eight_bit_images_survive_a_png(tmp_path_factory, height, width, seed):
    levels = torch.randint(
        0, 256, (3, height, width), generator=torch.Generator().manual_seed(seed)
    )
    path = tmp_path_factory.mktemp("images") / "deep" / "a.png"
    write_image(path, levels / 255)
    assert torch.equal((read_image(path) * 255).round().long(), levels)
    assert read_image(path, size=(height, width)).shape == (3, height, width)


def test_values_outside_the_range_are_clamped(tmp_path):
    write_image(tmp_path / "a.png", torch.tensor([-1.0, 0.5, 2.0]).view(3, 1, 1))
    assert (read_image(tmp_path / "a.png") * 255).flatten().tolist() == [0, 128, 255]


def test_errors_name_the_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.png does not exist"):
        read_image(tmp_path / "none.png")
    with pytest.raises(FileNotFoundError, match="does not exist"):
        read_image(tmp_path)
    (tmp_path / "a.png").write_text("no")
    with pytest.raises(ValueError, match=r"a\.png is corrupt, truncated or no image"):
        read_image(tmp_path / "a.png")


def test_the_numbers_of_a_palette(tmp_path):
    picture = Image.new("P", (2, 1))
    picture.putpalette([0, 0, 0, 200, 100, 50])
    picture.putpixel((1, 0), 1)
    picture.save(tmp_path / "p.png")
    assert open_pixels(tmp_path / "p.png", mode="L").tolist() == [[0, 1]]
    assert open_pixels(tmp_path / "p.png", mode="RGB").tolist() == [[[0, 0, 0], [200, 100, 50]]]


def test_sixteen_bits_keep_the_upper_eight(tmp_path):
    levels = np.array([[0, 255, 256, 32768, 65535]], dtype=np.uint16)
    Image.fromarray(levels).save(tmp_path / "a.png")
    assert (read_image(tmp_path / "a.png")[0] * 255).round().tolist() == [[0, 0, 1, 128, 255]]


@pytest.mark.parametrize("kind", [np.int32, np.float32])
def test_pixels_without_a_range_are_refused(tmp_path, kind):
    Image.fromarray(np.ones((2, 2), dtype=kind)).save(tmp_path / "a.tif")
    with pytest.raises(ValueError, match=r"a\.tif .*32 bits and no known range"):
        read_image(tmp_path / "a.tif")


def test_an_orientation_tag_is_named_where_it_explains_the_size(tmp_path):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    picture = Image.new("RGB", (4, 6))
    picture.save(tmp_path / "turned.jpg", exif=exif)
    picture.save(tmp_path / "plain.jpg")
    with pytest.raises(
        ValueError, match=r"4 x 6 pixels, but its annotation says 6 x 4: .*orientation tag"
    ):
        read_image(tmp_path / "turned.jpg", size=(4, 6))
    for name, size in (("plain", (4, 6)), ("turned", (5, 5))):
        with pytest.raises(ValueError, match=r"would not fit$"):
            read_image(tmp_path / f"{name}.jpg", size=size)
