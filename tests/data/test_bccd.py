import json

import pytest
import torch

from locviz.data import VocDetection, bccd_boxes, bccd_photos
from locviz.data.bccd import CLASS_NAMES
from locviz.data.catalog import shipped_folder

SPLITS = ("train", "val", "test")


def test_every_box_is_valid_and_inside_its_picture():
    pictures = [
        targets.check(num_classes=len(CLASS_NAMES))
        for split in SPLITS
        for targets in bccd_boxes(split)
    ]
    assert len(pictures) == 364
    # 4,888 are annotated; the two of zero area are left out.
    assert sum(map(len, pictures)) == 4886
    for targets in pictures:
        height, width = targets.size
        low, high = targets.boxes.chunk(2, -1)
        assert (low >= 0).all()
        assert (high <= torch.tensor([width, height])).all()
        assert (high > low).all()


def test_the_labels_count_the_names_of_the_file():
    content = json.loads((shipped_folder() / "bccd_boxes" / "boxes.json").read_text())
    assert tuple(content["class_names"]) == CLASS_NAMES


def test_an_unknown_split_is_named():
    with pytest.raises(ValueError, match="split must be one of train, val, test, got 'trainval'"):
        bccd_boxes("trainval")


@pytest.mark.parametrize("split", SPLITS)
def test_they_are_what_the_reader_reads(bccd, split):
    photographs = VocDetection(bccd, split=split)
    ours = bccd_boxes(split)
    assert len(ours) == len(photographs)
    for number, targets in enumerate(ours):
        theirs = photographs.targets(number)
        assert torch.equal(targets.boxes, theirs.boxes)
        assert torch.equal(targets.labels, theirs.labels)
        assert targets.size == theirs.size


def test_the_photographs_have_the_size_that_their_boxes_are_for():
    photographs, boxes = bccd_photos(), bccd_boxes("train")
    assert len(photographs) == 40
    assert len({image.mean().item() for image in photographs}) == 40
    for image, targets in zip(photographs, boxes, strict=False):
        assert image.shape == (3, *targets.size)
        assert image.amin() >= 0
        assert image.amax() <= 1


def test_white_cells_are_darker_than_what_surrounds_them():
    """Their nuclei are stained: another order of the photographs would not have this."""
    white = CLASS_NAMES.index("WBC")
    pairs = list(zip(bccd_photos(), bccd_boxes("train"), strict=False))
    darker = [
        image[1, int(y1) : int(y2), int(x1) : int(x2)].mean() < image[1].mean()
        for image, targets in pairs
        for x1, y1, x2, y2 in targets.boxes[targets.labels == white].tolist()
    ]
    assert len(darker) >= 30
    assert all(darker)


def test_a_slice_of_photographs_is_photographs():
    photographs = bccd_photos()
    assert torch.equal(photographs[3:9][-1], photographs[8])
    assert len(photographs[3:9]) == 6
    assert repr(photographs[:24]) == "24 photographs"
    with pytest.raises(IndexError):
        photographs[40]


def test_every_installation_has_them():
    """With their licence, and under 1 MB."""
    folder = shipped_folder() / "bccd_photos"
    assert sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) < 1_000_000
    assert "Copyright (c) 2017 shenggan" in (folder / "LICENSE").read_text()


def test_photographs_are_what_the_reader_reads(bccd):
    theirs = VocDetection(bccd, split="train")
    for number, image in enumerate(bccd_photos()):
        assert torch.equal(image, theirs[number][0])
