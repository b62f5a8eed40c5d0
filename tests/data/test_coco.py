import json

import pytest
import torch
from PIL import Image

from locviz.data import CocoDetection, Digits, Shapes, write_coco
from locviz.data.coco import find_annotations
from locviz.evaluate import evaluate
from locviz.types import Detections

NASTY = "<img src=x onerror=alert(1)>"


def _content():
    return {
        "images": [{"id": 7, "file_name": "a.png", "width": 30, "height": 20}],
        "annotations": [
            {
                "id": 1,
                "image_id": 7,
                "category_id": 18,
                "bbox": [2, 3, 10, 8],
                "area": 55.5,
                "iscrowd": 0,
            },
            {
                "id": 2,
                "image_id": 7,
                "category_id": 3,
                "bbox": [0, 0, 30, 20],
                "iscrowd": 1,
                "segmentation": {"size": [20, 30], "counts": [100, 400, 100]},
            },
        ],
        "categories": [{"id": 18, "name": "dog"}, {"id": 3, "name": NASTY}],
    }


def _write(folder, content):
    (folder / "a.json").write_text(content if isinstance(content, str) else json.dumps(content))
    Image.new("RGB", (30, 20), (255, 0, 0)).save(folder / "a.png")
    return folder / "a.json"


def test_what_is_read(tmp_path):
    dataset = CocoDetection(_write(tmp_path, _content()))
    assert dataset.class_names == (NASTY, "dog"), "in the order of the ids, as plain text"
    assert dataset.category_ids == (3, 18)
    image, targets = dataset[0]
    assert image.shape == (3, 20, 30)
    assert image[:, 0, 0].tolist() == [1, 0, 0]
    assert targets.boxes.tolist() == [[2, 3, 12, 11], [0, 0, 30, 20]]
    assert targets.labels.tolist() == [1, 0]
    assert targets.area.tolist() == [55.5, 600], (
        "the annotation's area; the box's where there is none"
    )
    assert targets.crowd.tolist() == [False, True]
    assert not targets.ignore.any()
    assert targets.image_id == 7
    assert targets.masks is None
    assert dataset.report == ()


def test_an_image_without_annotations(tmp_path):
    content = _content() | {"annotations": []}
    _, targets = CocoDetection(_write(tmp_path, content), masks=True)[0]
    assert targets.boxes.shape == (0, 4)
    assert targets.masks.shape == (0, 20, 30)


def test_no_images(tmp_path):
    assert len(CocoDetection(_write(tmp_path, _content() | {"images": [], "annotations": []}))) == 0


def test_bad_boxes_are_reported(tmp_path):
    content = _content()
    boxes = [
        [5, 5, 0, 4],
        [5, 5, -2, 4],
        [float("nan"), 0, 1, 1],
        [40, 0, 5, 5],
        [25, 10, 10, 5],
        [0, 0, 30.004, 20],
    ]
    content["annotations"] = [{"image_id": 7, "category_id": 3, "bbox": box} for box in boxes]
    dataset = CocoDetection(_write(tmp_path, content))
    torch.testing.assert_close(
        dataset[0][1].boxes, torch.tensor([[25.0, 10, 30, 15], [0, 0, 30, 20]]).double()
    )
    assert [(problem.reason, problem.skipped) for problem in dataset.report] == [
        ("has no area", True),
        ("has no area", True),
        ("holds NaN or infinity", True),
        ("lies outside the 30 x 20 image", True),
        ("reaches outside the 30 x 20 image", False),
    ]
    assert dataset.report[0].image == "a.png"
    assert dataset.report[0].box == (5, 5, 0, 4)


def _changed(change):
    content = _content()
    change(content)
    return content


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is not valid JSON"),
        ("[]", "is no COCO file"),
        (_changed(lambda c: c.pop("images")), "lacks images"),
        (_changed(lambda c: c.update(annotations={})), "annotations must be a list, got dict"),
        (_changed(lambda c: c["images"][0].pop("width")), r"images\[0\] of .* lacks width"),
        (
            _changed(lambda c: c["images"][0].update(height=0)),
            "height must be a positive whole number",
        ),
        (_changed(lambda c: c["images"].append(c["images"][0])), "id 7 occurs twice"),
        (
            _changed(lambda c: c["images"].append(3)),
            r"images\[1\] of .* must be a JSON object, got int",
        ),
        (_changed(lambda c: c["images"][0].update(id="x")), "id must be a whole number"),
        (_changed(lambda c: c["annotations"][1].pop("bbox")), r"annotations\[1\] of .* lacks bbox"),
        (
            _changed(lambda c: c["annotations"][0].update(bbox=[1, 2, 3])),
            "bbox must be four numbers",
        ),
        (_changed(lambda c: c["annotations"][0].update(bbox="abcd")), "bbox must be four numbers"),
        (_changed(lambda c: c["annotations"][0].update(bbox=None)), "bbox must be four numbers"),
        (
            _changed(lambda c: c["annotations"][0].update(image_id=8)),
            "image_id 8 is not among the image ids",
        ),
        (
            _changed(lambda c: c["annotations"][0].update(category_id=[1])),
            r"category_id \[1\] is not among",
        ),
        (
            _changed(lambda c: c["annotations"][0].update(area="big")),
            "area must be a finite number, 0 or more, got 'big'",
        ),
        (_changed(lambda c: c["categories"][0].pop("name")), r"categories\[0\] of .* lacks name"),
    ],
)
def test_bad_files(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        CocoDetection(_write(tmp_path, content))


def test_broken_and_missing_images(tmp_path):
    path = _write(tmp_path, _content())
    dataset = CocoDetection(path)
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:40])
    with pytest.raises(ValueError, match=r"a\.png is corrupt"):
        dataset[0]
    (tmp_path / "a.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"a\.png does not exist"):
        dataset[0]
    with pytest.raises(FileNotFoundError, match="Pass images=<folder>"):
        CocoDetection(path)


@pytest.mark.parametrize(
    ("annotations", "images"),
    [
        ("annotations/train.json", "images/train"),
        ("annotations/instances_train2017.json", "train2017"),
        ("annotations/instances_train.json", "images"),
        ("train/_annotations.coco.json", "train"),
        ("train.json", "images"),
        ("annotations.json", "."),
    ],
)
def test_common_layouts_are_found(tmp_path, annotations, images):
    for path in (tmp_path / annotations, tmp_path / images / "a.png"):
        path.parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / annotations).write_text(json.dumps(_content()))
    Image.new("RGB", (30, 20)).save(tmp_path / images / "a.png")
    assert CocoDetection(tmp_path, split="train")[0][0].shape == (3, 20, 30)


def test_nothing_found_says_what_was_looked_for(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"annotations/test\.json.*there is no JSON file in it"
    ):
        find_annotations(tmp_path, "test")
    (tmp_path / "annotations").mkdir()
    (tmp_path / "annotations" / "val.json").touch()
    with pytest.raises(
        FileNotFoundError, match=r"the JSON files there are annotations/val\.json\. Pass split="
    ):
        find_annotations(tmp_path)
    with pytest.raises(FileNotFoundError, match="does not exist"):
        find_annotations(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "dataset",
    [
        Shapes(level="crowded", num_scenes=4, masks=True),
        Shapes(num_scenes=3),
        Digits(num_scenes=2, masks=True),
    ],
)
def test_round_trip(tmp_path, dataset):
    write_coco(dataset, tmp_path, split="train")
    again = CocoDetection(tmp_path, split="train", masks=dataset[0][1].masks is not None)
    assert again.class_names == dataset.class_names
    assert again.report == ()
    for i in range(len(dataset)):
        (image, targets), (same, read) = dataset[i], again[i]
        assert torch.equal(image, same)
        torch.testing.assert_close(targets.boxes.double(), read.boxes, rtol=0, atol=1e-4)
        torch.testing.assert_close(targets.area.double(), read.area, rtol=0, atol=1e-3)
        assert torch.equal(targets.labels, read.labels)
        assert targets.text == read.text
        if targets.masks is not None:
            assert torch.equal(targets.masks, read.masks)
        if targets.keypoints is not None:
            torch.testing.assert_close(targets.keypoints, read.keypoints, rtol=0, atol=1e-2)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_pycocotools_reads_what_we_write(tmp_path, capsys):
    coco = pytest.importorskip("pycocotools.coco")
    dataset = Shapes(level="crowded", num_scenes=3, masks=True)
    reference = coco.COCO(str(write_coco(dataset, tmp_path, split="train")))
    for i in range(3):
        _, targets = dataset[i]
        annotations = reference.loadAnns(reference.getAnnIds(imgIds=[i]))
        for k, annotation in enumerate(annotations):
            assert torch.equal(
                torch.from_numpy(reference.annToMask(annotation)).bool(), targets.masks[k]
            )
            assert annotation["area"] == targets.area[k]


@pytest.mark.parametrize(
    ("part", "entry", "message"),
    [
        ("images", {"file_name": 5}, "image 7 of .*: file_name must be the name of a file, got 5"),
        ("images", {"file_name": None}, "file_name must be the name of a file, got None"),
        ("images", {"file_name": ""}, "file_name must be the name of a file"),
        ("images", {"file_name": "a\0.png"}, "file_name must be the name of a file"),
        ("annotations", {"bbox": [10**400, 0, 1, 1]}, "bbox must be four numbers"),
        (
            "annotations",
            {"bbox": "1234"},
            "bbox must be four numbers x, y, width, height, got '1234'",
        ),
        ("annotations", {"bbox": {"1": 0, "2": 0, "3": 0, "4": 0}}, "bbox must be four numbers"),
        (
            "annotations",
            {"area": float("nan")},
            r"annotations\[0\] of .*: area must be a finite number, 0 or more, got nan",
        ),
        ("annotations", {"area": -1}, "area must be a finite number, 0 or more, got -1"),
        ("annotations", {"area": 10**400}, "area must be a finite number"),
        ("annotations", {"iscrowd": "0"}, "iscrowd must be a finite number"),
        ("annotations", {"keypoints": [1, 2]}, "keypoints must be a list of numbers"),
        ("annotations", {"keypoints": ["1", "2", "3"]}, "keypoints must be a list of numbers"),
        ("annotations", {"keypoints": 7}, "keypoints must be a list of numbers"),
    ],
)
def test_values_of_the_wrong_kind(tmp_path, part, entry, message):
    content = _content()
    content[part][0] |= entry
    with pytest.raises(ValueError, match=message) as caught:
        CocoDetection(_write(tmp_path, content))
    assert len(str(caught.value)) < 300 + len(str(tmp_path)), "a wrong value is not printed in full"


@pytest.mark.parametrize("crowd", [True, 1])
def test_a_crowd_flag_may_be_a_boolean(tmp_path, crowd):
    content = _content()
    content["annotations"][0]["iscrowd"] = crowd
    assert CocoDetection(_write(tmp_path, content)).targets(0).crowd.tolist() == [True, True]


def test_files_of_other_editors(tmp_path):
    path = _write(tmp_path, _content())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(CocoDetection(path)) == 1, "a byte order mark"
    for text in ("[" * 100_000, '{"images": ' + "9" * 5000 + "}"):
        path.write_text(text)
        with pytest.raises(ValueError, match=r"a\.json is not valid JSON"):
            CocoDetection(path)


# Each detection is half of its object: an IoU of exactly 1/2 as pycocotools computes it from these
# numbers, and a hair less after float32.
HALVED = [
    [102.62, 164.84, 56.0, 83.18],
    [224.45, 10.07, 42.0, 49.52],
    [245.05, 2.21, 24.0, 69.55],
]


def test_targets_are_the_numbers_of_the_file(tmp_path):
    dataset = CocoDetection(_halved(tmp_path))
    targets = dataset.targets(0)
    assert targets.boxes.dtype == targets.area.dtype == torch.float64
    assert targets.boxes.tolist() == [[x, y, x + w, y + h] for x, y, w, h in HALVED]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_an_overlap_at_the_threshold_counts_as_pycocotools_has_it(tmp_path, capsys):
    coco, cocoeval = (
        pytest.importorskip("pycocotools.coco"),
        pytest.importorskip("pycocotools.cocoeval"),
    )
    path = _halved(tmp_path)
    truth = coco.COCO(str(path))
    halves = [[x, y, w / 2, h] for x, y, w, h in HALVED]
    rows = [{"image_id": 7, "category_id": 3, "bbox": box, "score": 0.5} for box in halves]
    theirs = cocoeval.COCOeval(truth, truth.loadRes(rows), "bbox")
    theirs.evaluate()
    theirs.accumulate()
    theirs.summarize()

    dataset = CocoDetection(path)
    corners = [[x, y, x + w, y + h] for x, y, w, h in halves]
    found = Detections(
        torch.tensor(corners, dtype=torch.float64), torch.full((3,), 0.5), torch.zeros(3).long()
    )
    ours = evaluate([found], [dataset.targets(0)], num_classes=1)
    assert ours.ap50 == pytest.approx(theirs.stats[1])
    assert ours.ap50 == pytest.approx(1)


def _halved(tmp_path):
    return _write(
        tmp_path,
        {
            "images": [{"id": 7, "file_name": "a.png", "width": 400, "height": 300}],
            "annotations": [
                {
                    "id": i + 1,
                    "image_id": 7,
                    "category_id": 3,
                    "bbox": box,
                    "area": box[2] * box[3],
                    "iscrowd": 0,
                }
                for i, box in enumerate(HALVED)
            ],
            "categories": [{"id": 3, "name": "cell"}],
        },
    )
