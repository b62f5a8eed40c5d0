"""The mini sets that ship are what ``datasets/make.py`` makes, are small, and have cards."""

from pathlib import Path

import pytest
import torch

from locviz.data import Digits, Shapes, open_dataset
from locviz.data.catalog import shipped_folder

MAKERS = {
    "shapes_mini": lambda split, num: Shapes(level="crowded", split=split, num_scenes=num, seed=7),
    "digits_mini": lambda split, num: Digits(split=split, num_scenes=num, seed=7),
}


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(("split", "num"), [("train", 20), ("test", 10)])
def test_they_are_what_the_generators_draw(name, split, num):
    shipped, drawn = open_dataset(name, split=split), MAKERS[name](split, num)
    assert len(shipped) == num
    assert shipped.class_names == drawn.class_names
    assert shipped.report == ()
    for i in range(num):
        (image, targets), (again, same) = shipped[i], drawn[i]
        # A machine may round a pixel the other way, not more.
        assert (image - again).abs().max() <= 1.5 / 255
        torch.testing.assert_close(targets.boxes, same.boxes.double(), rtol=0, atol=1e-3)
        assert torch.equal(targets.labels, same.labels)
        assert targets.text == same.text


@pytest.mark.parametrize(("name", "limit"), [("bccd_photos", 1_000_000), (".", 2_500_000)])
def test_they_are_small(name, limit):
    files = [path for path in (shipped_folder() / name).rglob("*") if path.is_file()]
    assert files
    assert sum(path.stat().st_size for path in files) < limit


@pytest.mark.parametrize("name", MAKERS)
def test_each_has_a_card(name):
    card = (shipped_folder() / name / "README.md").read_text()
    for word in ("Licence", "python datasets/make.py", "train", "test"):
        assert word in card


def test_the_folder_is_no_package():
    assert not list(Path(shipped_folder()).rglob("__init__.py"))
