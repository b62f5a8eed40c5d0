import json

import pytest
import torch

from locviz.data import VocDetection, bccd_boxes
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
