import pytest

from locviz.data import (
    CocoDetection,
    Digits,
    Misaligned,
    Shapes,
    VocDetection,
    data_home,
    open_dataset,
    write_coco,
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("LOCVIZ_DATA", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("name", "kind", "num_classes"),
    [
        ("shapes", Shapes, 3),
        ("shapes-crowded", Shapes, 6),
        ("misaligned", Misaligned, 4),
        ("digits", Digits, 10),
    ],
)
def test_names_of_drawn_sets(name, kind, num_classes):
    dataset = open_dataset(name, split="test")
    assert isinstance(dataset, kind)
    assert len(dataset) == 500
    assert len(dataset.class_names) == num_classes


def test_a_coco_folder_and_a_coco_file(tmp_path):
    path = write_coco(Shapes(num_scenes=2), tmp_path, split="val")
    assert isinstance(open_dataset(tmp_path, split="val"), CocoDetection)
    assert isinstance(open_dataset(str(path)), CocoDetection)
    with pytest.raises(FileNotFoundError, match=r"the JSON files there are annotations/val\.json"):
        open_dataset(tmp_path, split="test")


def test_a_voc_folder(bccd):
    assert isinstance(open_dataset(bccd, split="val"), VocDetection)


def test_the_mini_sets_have_names():
    for name, classes in (("shapes_mini", 6), ("digits_mini", 10)):
        dataset = open_dataset(name, split="test")
        assert isinstance(dataset, CocoDetection)
        assert len(dataset.class_names) == classes


def test_a_catalogue_name(home):
    with pytest.raises(
        FileNotFoundError, match=r"bccd is not on this machine .*run `locviz data fetch bccd`"
    ):
        open_dataset("bccd")
    write_coco(Shapes(num_scenes=2), home / "coco-val2017", split="val")
    assert len(open_dataset("coco-val2017", split="val")) == 2
    assert data_home() == home


def test_what_is_no_data_set(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"neither a folder nor a known data set: names are shapes, .*bccd"
    ):
        open_dataset("no-such-thing")
    (tmp_path / "photo.jpg").touch()
    with pytest.raises(
        FileNotFoundError, match=r"is no data set: looked for Pascal VOC .*; it holds photo\.jpg"
    ):
        open_dataset(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(FileNotFoundError, match="it holds nothing"):
        open_dataset(tmp_path / "empty")
    with pytest.raises(ValueError, match="split must be one of train, test"):
        open_dataset("shapes", split="val")


def test_names_that_no_folder_can_have():
    with pytest.raises(FileNotFoundError, match="the name of the data set is empty"):
        open_dataset("")
    with pytest.raises(FileNotFoundError, match=r"'xxx.* cannot be opened"):
        open_dataset("x" * 5000)
