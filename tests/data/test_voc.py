import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from locviz.data import VocDetection, summary

NASTY = "<img src=x onerror=alert(1)>"


def _object(name="cat", corners=(11, 21, 30, 40), difficult="0"):
    tags = "".join(
        f"<{k}>{v}</{k}>" for k, v in zip(("xmin", "ymin", "xmax", "ymax"), corners, strict=True)
    )
    name = name.replace("<", "&lt;").replace(">", "&gt;")
    return f"<object><name>{name}</name><difficult>{difficult}</difficult><bndbox>{tags}</bndbox></object>"


def _annotation(
    *objects, size="<size><width>100</width><height>80</height><depth>3</depth></size>"
):
    return f"<annotation><filename>x</filename>{size}{''.join(objects)}</annotation>"


@pytest.fixture
def folder(tmp_path):
    """Two images: one with a cat, one with nothing."""
    for part in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (tmp_path / part).mkdir(parents=True)
    for name, objects in (("one", [_object()]), ("two", [])):
        Image.new("RGB", (100, 80), (10, 20, 30)).save(tmp_path / "JPEGImages" / f"{name}.jpg")
        (tmp_path / "Annotations" / f"{name}.xml").write_text(_annotation(*objects))
    (tmp_path / "ImageSets/Main/train.txt").write_text("one\ntwo\n")
    (tmp_path / "ImageSets/Main/cat_train.txt").write_text("one 1\ntwo -1\n")
    return tmp_path


def _rewrite(folder, *objects, **keywords):
    (folder / "Annotations" / "one.xml").write_text(_annotation(*objects, **keywords))
    return folder


def test_corners_become_continuous_coordinates(folder):
    """VOC's 1-based inclusive corners 11 21 30 40 are 20 x 20 pixels that start 10 and 20 pixels
    from the border.
    """
    image, targets = VocDetection(folder)[0]
    assert image.shape == (3, 80, 100)
    assert targets.boxes.tolist() == [[10, 20, 30, 40]]
    assert targets.area.tolist() == [400]
    assert targets.size == (80, 100)


def test_an_image_with_no_objects_is_valid(folder):
    _, targets = VocDetection(folder)[1]
    assert targets.boxes.shape == (0, 4)
    assert targets.image_id == 1


def test_difficult_is_ignored_and_not_a_crowd(folder):
    targets = VocDetection(_rewrite(folder, _object(), _object(difficult="1"))).targets(0)
    assert targets.ignore.tolist() == [False, True]
    assert not targets.crowd.any()


def test_class_names_are_those_of_all_splits_sorted(folder):
    _rewrite(folder, _object("dog"), _object("ant"))
    (folder / "Annotations" / "other.xml").write_text(_annotation(_object("bee")))
    dataset = VocDetection(folder)
    assert dataset.class_names == ("ant", "bee", "dog")
    assert dataset.targets(0).labels.tolist() == [2, 0]


def test_given_class_names_fix_the_labels(folder):
    assert VocDetection(folder, class_names=["dog", "cat"]).targets(0).labels.tolist() == [1]
    with pytest.raises(ValueError, match=r"one: class 'cat' is not in class_names \(dog\)"):
        VocDetection(folder, class_names=["dog"])


def test_a_class_name_stays_plain_text(folder):
    assert VocDetection(_rewrite(folder, _object(NASTY))).class_names == (NASTY,)


def test_bad_boxes_are_reported_and_skipped_or_clipped(folder):
    bad = [
        (50, 50, 50, 50),
        (60, 20, 40, 30),
        ("nan", 1, 5, 5),
        (200, 10, 220, 30),
        (91, 71, 120, 90),
        (1, 1, 100, 80),
    ]
    dataset = VocDetection(_rewrite(folder, *[_object(corners=corners) for corners in bad]))
    assert dataset.targets(0).boxes.tolist() == [[90, 70, 100, 80], [0, 0, 100, 80]]
    assert [(problem.reason, problem.skipped) for problem in dataset.report] == [
        ("has no area", True),
        ("has no area", True),
        ("holds NaN or infinity", True),
        ("lies outside the 100 x 80 image", True),
        ("reaches outside the 100 x 80 image", False),
    ]
    assert str(dataset.report[0]) == "one: box (50, 50, 50, 50) has no area: skipped"
    assert summary(dataset.report).startswith("boxes skipped: 4, clipped: 1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<annotation>", "one.xml is not valid XML"),
        (_annotation(size=""), "<annotation> lacks <size><height>"),
        (
            _annotation(size="<size><width>0</width><height>80</height></size>"),
            "it must be positive",
        ),
        (_annotation("<object><bndbox/></object>"), "<object> lacks <name>"),
        (_annotation("<object><name>cat</name></object>"), "<object> lacks <bndbox><xmin>"),
        (_annotation(_object(corners=("a", 1, 2, 3))), "bndbox/xmin must be a number, got 'a'"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><annotation/>', "declares a document type"),
    ],
)
def test_bad_annotations(folder, text, message):
    (folder / "Annotations" / "one.xml").write_text(text)
    with pytest.raises(ValueError, match=message):
        VocDetection(folder)


def test_missing_files(folder, tmp_path):
    with pytest.raises(FileNotFoundError, match="has no split 'val': its lists are train"):
        VocDetection(folder, split="val")
    with pytest.raises(FileNotFoundError, match="is no Pascal VOC data set: it lacks JPEGImages"):
        VocDetection(tmp_path / "nowhere")
    (folder / "JPEGImages" / "one.jpg").unlink()
    with pytest.raises(FileNotFoundError, match=r"one\.jpg does not exist"):
        VocDetection(folder)[0]
    (folder / "Annotations" / "one.xml").unlink()
    with pytest.raises(FileNotFoundError, match=r"one\.xml does not exist"):
        VocDetection(folder)


def test_broken_images_are_named(folder):
    path = folder / "JPEGImages" / "one.jpg"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"one\.jpg is corrupt"):
        VocDetection(folder)[0]
    path.write_bytes(b"not an image")
    with pytest.raises(ValueError, match=r"one\.jpg is corrupt"):
        VocDetection(folder)[0]
    path.write_bytes(b"")
    with pytest.raises(ValueError, match=r"one\.jpg is corrupt"):
        VocDetection(folder)[0]
    Image.new("RGB", (50, 40)).save(path)
    with pytest.raises(ValueError, match="is 50 x 40 pixels, but its annotation says 100 x 80"):
        VocDetection(folder)[0]


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1"])
def test_images_of_any_mode_become_rgb(folder, mode):
    Image.new(mode, (100, 80)).save(
        folder / "JPEGImages" / "one.png"
        if mode in ("P", "RGBA", "1")
        else folder / "JPEGImages" / "one.jpg"
    )
    if mode in ("P", "RGBA", "1"):
        (folder / "JPEGImages" / "one.jpg").unlink()
    image, _ = VocDetection(folder)[0]
    assert image.shape == (3, 80, 100)
    assert image.dtype == torch.float32


def test_bccd(bccd):
    """Counts by hand from the annotations: 4,888 boxes on 364 photographs, two of them without
    area.
    """
    parts = {split: VocDetection(bccd, split=split) for split in ("train", "val", "test")}
    assert {split: len(part) for split, part in parts.items()} == {
        "train": 205,
        "val": 87,
        "test": 72,
    }
    assert all(part.class_names == ("Platelets", "RBC", "WBC") for part in parts.values())
    problems = [problem for part in parts.values() for problem in part.report]
    assert sorted((problem.image, problem.box) for problem in problems) == [
        ("BloodImage_00338", (504.0, 337.0, 504.0, 337.0)),
        ("BloodImage_00343", (181.0, 329.0, 181.0, 329.0)),
    ]
    assert all(problem.skipped for problem in problems)
    boxes = sum(len(part.targets(i)) for part in parts.values() for i in range(len(part)))
    assert boxes == 4888 - 2
    image, targets = parts["train"][0]
    assert image.shape == (3, 480, 640)
    targets.check(num_classes=3)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    boxes=st.lists(
        st.tuples(
            st.integers(0, 90),
            st.integers(0, 70),
            st.integers(2, 10),
            st.integers(2, 10),
            st.booleans(),
        ),
        max_size=5,
    )
)
def test_round_trip(folder, boxes):
    """Whole-pixel boxes, written as VOC has them, come back as they were."""
    corners = [(x + 1, y + 1, x + width, y + height) for x, y, width, height, _ in boxes]
    difficult = [flag for *_, flag in boxes]
    _rewrite(
        folder,
        *[
            _object(corners=c, difficult=str(int(d)))
            for c, d in zip(corners, difficult, strict=True)
        ],
    )
    dataset = VocDetection(folder, class_names=["cat"])
    targets = dataset.targets(0)
    assert targets.boxes.tolist() == [
        [x, y, x + width, y + height] for x, y, width, height, _ in boxes
    ]
    assert targets.ignore.tolist() == difficult
    assert dataset.report == ()


@pytest.mark.parametrize("number", ["inf", "nan", "0", "-3", "99.5"])
def test_sizes_that_are_none(folder, number):
    size = f"<size><width>{number}</width><height>80</height></size>"
    with pytest.raises(
        ValueError, match=r"one\.xml: size is .* x 80, it must be positive whole numbers"
    ):
        VocDetection(_rewrite(folder, size=size))


@pytest.mark.parametrize(
    ("declared", "written", "message"),
    [
        ("utf-16", "utf-16", "is not written in UTF-8"),
        ("nonsense", "utf-8", "is not valid XML"),
        ("gb2312", "utf-8", "is not valid XML"),
    ],
)
def test_other_encodings(folder, declared, written, message):
    """In UTF-16 a document type would pass unseen."""
    text = (
        f'<?xml version="1.0" encoding="{declared}"?><!DOCTYPE a [<!ENTITY b "cat">]>'
        + _annotation(_object("&b;"))
    )
    if written == "utf-8":
        text = f'<?xml version="1.0" encoding="{declared}"?>' + _annotation()
    (folder / "Annotations/one.xml").write_bytes(text.encode(written))
    with pytest.raises(ValueError, match=rf"one\.xml {message}"):
        VocDetection(folder)


def test_names_as_people_write_them(folder):
    """Spaces, other scripts, capitals in the suffix, a byte order mark, the flag of a class list."""
    for old, new in (("one", "my photo 2"), ("two", "grün 片")):
        (folder / f"Annotations/{old}.xml").rename(folder / f"Annotations/{new}.xml")
        (folder / f"JPEGImages/{old}.jpg").rename(folder / f"JPEGImages/{new}.JPG")
    (folder / "ImageSets/Main/train.txt").write_bytes("\ufeffmy photo 2  1\r\ngrün 片\r\n".encode())
    dataset = VocDetection(folder)
    assert dataset.image_ids == ("my photo 2", "grün 片")
    assert [len(targets) for _, targets in dataset] == [1, 0]
    (folder / "ImageSets/Main/train.txt").write_bytes(b"\xe9\n")
    with pytest.raises(ValueError, match=r"train\.txt is not text in UTF-8"):
        VocDetection(folder)


def test_corners_are_the_numbers_of_the_file(folder):
    """Some tools write decimals; float32 would move them, and an overlap at a threshold with them."""
    targets = VocDetection(_rewrite(folder, _object(corners=(3.1, 5.2, 10.3, 9.4)))).targets(0)
    assert targets.boxes.tolist() == [[3.1 - 1, 5.2 - 1, 10.3, 9.4]]
