"""Read detection data in Pascal VOC's format: one XML file per image."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import torch
from torch.utils.data import Dataset

from locviz.data.dataset import Sample, checked_index
from locviz.data.images import IMAGE_SUFFIXES, read_image
from locviz.data.report import Box, Problem, fit
from locviz.types import Targets

FOLDERS = ("JPEGImages", "Annotations", "ImageSets/Main")


@dataclass(frozen=True)
class _Object:
    name: str
    corners: Box
    difficult: bool


class VocDetection(Dataset):
    """Images with boxes from a folder with ``JPEGImages``, ``Annotations`` and
    ``ImageSets/Main/<split>.txt``.

    ``dataset[i]`` is (image, Targets). VOC's corners are pixels counted from 1, and both belong to
    the object; they become continuous coordinates (x1 - 1, y1 - 1, x2, y2), in float64 (a training
    batch is float32). Objects marked ``difficult`` become ``targets.ignore``: the evaluation counts
    them neither as found nor as missed.

    A box whose corners are equal on an axis is skipped: it comes from a click that marked nothing.
    Boxes outside the image are skipped, too, and boxes that reach outside are clipped. ``report``
    lists every one of them.

    Args:
        folder: the one that holds the three folders (``VOC2007`` of the official archives).
        split: a list in ``ImageSets/Main``: train, val, trainval, test.
        class_names: the names of the labels in order. By default they are all names that occur in
            the folder's annotations, sorted, so that every split has the same classes.

    Raises:
        FileNotFoundError: a folder, list, annotation or image that is not there; the message says
            which.
        ValueError: an annotation is not XML, lacks an element, or names a class that is not in
            ``class_names``.
    """

    def __init__(
        self, folder: str | Path, *, split: str = "train", class_names: Sequence[str] | None = None
    ):
        self.folder = check_folder(Path(folder))
        self.image_ids = _read_list(self.folder, split)
        annotations = {
            name: _read_annotation(self._annotation_file(name)) for name in self.image_ids
        }
        self.class_names = (
            tuple(class_names) if class_names is not None else _all_names(self.folder)
        )
        labels = {name: label for label, name in enumerate(self.class_names)}
        problems: list[Problem] = []
        self._targets = [
            _targets(number, name, annotations[name], labels, problems)
            for number, name in enumerate(self.image_ids)
        ]
        self.report = tuple(problems)

    def __len__(self) -> int:
        return len(self.image_ids)

    def __getitem__(self, index: int) -> Sample:
        targets = self.targets(index)
        height, width = (int(extent) for extent in targets.size)
        return read_image(
            self._image_file(self.image_ids[targets.image_id]), size=(height, width)
        ), targets

    def targets(self, index: int) -> Targets:
        """Return the targets of image ``index`` without reading the image."""
        return self._targets[checked_index(index, len(self))]

    def _annotation_file(self, name: str) -> Path:
        return self.folder / "Annotations" / f"{name}.xml"

    def _image_file(self, name: str) -> Path:
        suffixes = [
            *IMAGE_SUFFIXES,
            *(suffix.upper() for suffix in IMAGE_SUFFIXES),
        ]  # cameras write .JPG
        candidates = [self.folder / "JPEGImages" / f"{name}{suffix}" for suffix in suffixes]
        return next((path for path in candidates if path.is_file()), candidates[0])


def check_folder(folder: Path) -> Path:
    """Return ``folder`` if it looks like a VOC data set; a FileNotFoundError says which of its
    folders are missing.
    """
    missing = [name for name in FOLDERS if not (folder / name).is_dir()]
    if missing:
        raise FileNotFoundError(
            f"{folder} is no Pascal VOC data set: it lacks {', '.join(missing)} (looked for {', '.join(FOLDERS)})"
        )
    return folder


def splits(folder: Path) -> list[str]:
    """Return the splits of a VOC folder, sorted; none if it is not one."""
    # Files such as cat_train.txt list the images of one class; a split's own name has no underscore.
    return sorted(
        file.stem for file in (folder / "ImageSets" / "Main").glob("*.txt") if "_" not in file.stem
    )


def _read_list(folder: Path, split: str) -> tuple[str, ...]:
    path = folder / "ImageSets" / "Main" / f"{split}.txt"
    if not path.is_file():
        there = ", ".join(splits(folder)) or "missing"
        raise FileNotFoundError(f"{folder} has no split {split!r}: its lists are {there}")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not text in UTF-8 ({error}): save it again as UTF-8"
        ) from error
    # Lines of the lists of one class end in 1, 0 or -1 (present, difficult, absent). The name of an
    # image may contain spaces.
    return tuple(re.sub(r"\s+(-1|0|1)$", "", line.strip()) for line in lines if line.strip())


def _all_names(folder: Path) -> tuple[str, ...]:
    files = sorted((folder / "Annotations").glob("*.xml"))
    return tuple(sorted({thing.name for file in files for thing in _read_annotation(file)[1]}))


def _read_annotation(path: Path) -> tuple[tuple[int, int], list[_Object]]:
    """Return the image's (h, w) and its objects as the file has them."""
    if not path.is_file():
        raise FileNotFoundError(
            f"annotation {path} does not exist, but its image is in the split's list: "
            "add the file, or take the image off the list"
        )
    text = path.read_bytes()
    # Entities can expand to gigabytes of text, and no annotation needs them.
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise ValueError(
            f"annotation {path} declares a document type: refused, annotations are plain XML"
        )
    if b"\0" in text:  # UTF-16, in which the declaration above would not be seen
        raise ValueError(f"annotation {path} is not written in UTF-8: save it again as UTF-8")
    try:
        root = ElementTree.fromstring(text)
    except (
        ElementTree.ParseError,
        LookupError,
        ValueError,
    ) as error:  # the latter two: encodings that expat lacks
        raise ValueError(f"annotation {path} is not valid XML ({error})") from error
    height, width = _number(root, "size/height", path), _number(root, "size/width", path)
    if not all(number >= 1 and number.is_integer() for number in (height, width)):
        raise ValueError(
            f"annotation {path}: size is {width:g} x {height:g}, it must be positive whole numbers"
        )
    return (int(height), int(width)), [
        _read_object(element, path) for element in root.iter("object")
    ]


def _read_object(element: ElementTree.Element, path: Path) -> _Object:
    name = _text(element, "name", path)
    x1, y1, x2, y2 = (
        _number(element, f"bndbox/{key}", path) for key in ("xmin", "ymin", "xmax", "ymax")
    )
    difficult = (element.findtext("difficult") or "0").strip()
    return _Object(name, (x1, y1, x2, y2), difficult not in ("0", ""))


def _text(element: ElementTree.Element, key: str, path: Path) -> str:
    value = (element.findtext(key) or "").strip()
    if not value:
        raise ValueError(f"annotation {path}: <{element.tag}> lacks <{key.replace('/', '><')}>")
    return value


def _number(element: ElementTree.Element, key: str, path: Path) -> float:
    value = _text(element, key, path)
    try:
        return float(value)
    except ValueError as error:
        raise ValueError(f"annotation {path}: {key} must be a number, got {value!r}") from error


def _targets(
    number: int, image: str, annotation, labels: dict[str, int], problems: list[Problem]
) -> Targets:
    size, objects = annotation
    kept: list[tuple[Box, int, bool]] = []
    for thing in objects:
        if thing.name not in labels:
            raise ValueError(
                f"{image}: class {thing.name!r} is not in class_names ({', '.join(labels)})"
            )
        box, reason = _fit(thing.corners, size)
        if reason is not None:
            problems.append(Problem(image, thing.corners, reason, box is None))
        if box is not None:
            kept.append((box, labels[thing.name], thing.difficult))
    return Targets(
        boxes=torch.tensor([box for box, _, _ in kept], dtype=torch.float64).reshape(-1, 4),
        labels=torch.tensor([label for _, label, _ in kept], dtype=torch.int64),
        size=size,
        image_id=number,
        ignore=torch.tensor([difficult for _, _, difficult in kept], dtype=torch.bool),
    )


def _fit(corners: Box, size: tuple[int, int]) -> tuple[Box | None, str | None]:
    x1, y1, x2, y2 = corners
    # Before the shift, which would make a box of one pixel out of two equal corners.
    if x2 <= x1 or y2 <= y1:
        return None, "has no area"
    return fit((x1 - 1, y1 - 1, x2, y2), size)
