import io

import torch
from PIL import Image

from locviz.widgets.core.image import data_url, photo_message, png, shrunk


def opened(content):
    return Image.open(io.BytesIO(content))


def test_a_small_image_travels_pixel_for_pixel():
    image = torch.tensor([0.0, 1.0]).repeat(3, 4, 3)
    picture = opened(png(image))
    assert picture.size == (6, 4)
    assert picture.getpixel((0, 0)) == (0, 0, 0)
    assert picture.getpixel((1, 3)) == (255, 255, 255)
    assert shrunk(png(image), longest=6) == png(image)


def test_a_large_image_is_shrunk_to_what_is_shown():
    content = png(torch.zeros(3, 900, 1200))
    assert opened(content).size == (640, 480)
    assert opened(shrunk(content, longest=300)).size == (300, 225)
    assert shrunk(b"", longest=300) == b""


def test_photo_message_without_an_image_has_an_empty_file():
    message = photo_message(1, num=3, size=(20, 30), image=None)
    assert message == {"image": 1, "num": 3, "size": [20.0, 30.0], "png": b""}


def test_data_url():
    assert data_url(b"abc") == "data:image/png;base64,YWJj"
