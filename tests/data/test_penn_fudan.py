import numpy as np
import pytest
import torch
from PIL import Image

from locviz.data import PennFudan, open_dataset


@pytest.fixture
def folder(tmp_path):
    """Eight images of 12 x 10 pixels; the first has two people, the others one, the last none."""
    for part in ("PNGImages", "PedMasks"):
        (tmp_path / part).mkdir()
    for i in range(8):
        mask = np.zeros((10, 12), np.uint8)
        if i < 7:
            mask[2:6, 3:5] = 1
        if i == 0:
            mask[0, 11] = 2
        Image.new("RGB", (12, 10)).save(tmp_path / "PNGImages" / f"p{i}.png")
        Image.fromarray(mask).save(tmp_path / "PedMasks" / f"p{i}_mask.png")
    return tmp_path


def test_boxes_begin_and_end_with_their_pixels(folder):
    image, targets = PennFudan(folder, masks=True)[0]
    assert image.shape == (3, 10, 12)
    assert targets.boxes.tolist() == [[3, 2, 5, 6], [11, 0, 12, 1]]
    assert targets.area.tolist() == [8, 1]
    assert torch.equal(targets.masks.flatten(1).sum(1), torch.tensor([8, 1]))
    assert targets.labels.tolist() == [0, 0]


def test_palette_masks_are_read_by_their_numbers(folder):
    path = folder / "PedMasks" / "p0_mask.png"
    numbers = Image.fromarray(np.array(Image.open(path)))
    numbers.putpalette([0, 0, 0, 9, 9, 9, 9, 9, 9])
    numbers.save(path)
    assert len(PennFudan(folder)[0][1]) == 2


def test_the_split(folder):
    train, test = PennFudan(folder), open_dataset(folder, split="test")
    assert train.image_ids == ("p0", "p1", "p2", "p4", "p5", "p6")
    assert test.image_ids == ("p3", "p7")
    assert test[1][1].boxes.shape == (0, 4)


def test_bad_folders_and_files(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match="it lacks PNGImages, PedMasks"):
        PennFudan(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="split must be one of train, test"):
        PennFudan(folder, split="val")
    Image.new("L", (5, 5)).save(folder / "PedMasks" / "p1_mask.png")
    with pytest.raises(
        ValueError, match=r"p1_mask\.png is \(5, 5\) pixels, but its image is \(12, 10\)"
    ):
        PennFudan(folder)[1]
    (folder / "PedMasks" / "p2_mask.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"p2_mask\.png does not exist"):
        PennFudan(folder)[2]
