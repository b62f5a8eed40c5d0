"""Read and write detection data in COCO's JSON format."""

import json
import reprlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from locviz.data import masks as mask_format
from locviz.data.dataset import Sample, checked_index
from locviz.data.images import read_image
from locviz.data.report import Box, Problem, fit
from locviz.types import Targets

# Square pixels, far more than any image has. A larger number in a file, such as 1e999, is a
# mistake.
LARGEST = 1e18


@dataclass(frozen=True)
class _Kept:
    """One annotation that is used: its box within the image, its label and area, and the entry of
    the file.
    """

    box: Box
    label: int
    area: float
    entry: dict[str, Any]


class CocoDetection(Dataset):
    """Images with boxes from a COCO JSON file.

    ``dataset[i]`` is (image, Targets). ``targets.image_id`` is the file's own id, under which
    results are submitted. ``targets.area`` is the annotation's ``area`` (the box's where there is
    none), which decides COCO's size ranges. Boxes and areas are float64, the exact numbers of the
    file, as ``evaluate`` needs them (a training batch is float32). ``iscrowd`` becomes ``crowd``.
    COCO's category ids have gaps; they become labels 0..k-1 in the order of the ids, and
    ``category_ids[label]`` is the id of a label.

    Boxes that have no area, lie outside the image or are not finite are skipped, and boxes that
    reach outside are clipped; ``report`` lists every one of them. Expressions (``text`` in every
    annotation of an image) and keypoints become ``targets.text`` and ``targets.keypoints``.

    Args:
        path: the JSON file, or a folder with one (see ``find_annotations``).
        split: which split, if ``path`` is a folder that has several.
        images: the folder with the images; by default it is searched beside the annotations.
        masks: whether to decode the annotations' ``segmentation`` to masks.

    Raises:
        FileNotFoundError: no annotation file or no images folder; the message lists where it was
            looked for.
        ValueError: the file is not COCO JSON: broken JSON, missing keys, unknown ids, boxes that
            are not four numbers, an area that is negative or not finite, file names that are none.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        split: str | None = None,
        images: str | Path | None = None,
        masks: bool = False,
    ):
        self.annotation_file = find_annotations(Path(path), split)
        content = _load(self.annotation_file)
        categories = _by_id(
            content["categories"], ("id", "name"), "categories", self.annotation_file
        )
        self.category_ids = tuple(sorted(categories))
        self.class_names = tuple(str(categories[i]["name"]) for i in self.category_ids)
        self._images = list(
            _by_id(
                content["images"],
                ("id", "file_name", "width", "height"),
                "images",
                self.annotation_file,
            ).values()
        )
        for entry in self._images:
            _check_image(entry, self.annotation_file)
        self._kept, self.report = self._sort_annotations(content["annotations"])
        self.image_folder = Path(images) if images else self._find_images(Path(path), split)
        self._masks = masks

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index: int) -> Sample:
        entry = self._images[checked_index(index, len(self))]
        image = read_image(
            self.image_folder / entry["file_name"], size=(entry["height"], entry["width"])
        )
        return image, self.targets(index)

    def targets(self, index: int) -> Targets:
        """Return the targets of image ``index`` without reading the image."""
        entry = self._images[checked_index(index, len(self))]
        kept, size = self._kept[entry["id"]], (entry["height"], entry["width"])
        # float64, because rounding could move an overlap that lies exactly at a threshold, and the
        # evaluation would then differ from pycocotools.
        boxes = torch.tensor([one.box for one in kept], dtype=torch.float64).reshape(-1, 4)
        return Targets(
            boxes=boxes,
            labels=torch.tensor([one.label for one in kept], dtype=torch.int64),
            size=size,
            image_id=entry["id"],
            area=torch.tensor([one.area for one in kept], dtype=torch.float64),
            crowd=torch.tensor(
                [bool(one.entry.get("iscrowd", 0)) for one in kept], dtype=torch.bool
            ),
            masks=_masks(kept, size) if self._masks else None,
            keypoints=_keypoints(kept),
            text=_text(kept),
        )

    def _sort_annotations(
        self, annotations: list[dict]
    ) -> tuple[dict[int, list[_Kept]], tuple[Problem, ...]]:
        entries = {entry["id"]: entry for entry in self._images}
        labels = {category: label for label, category in enumerate(self.category_ids)}
        kept: dict[int, list[_Kept]] = defaultdict(list)
        problems = []
        for number, annotation in enumerate(annotations):
            where = f"annotations[{number}] of {self.annotation_file}"
            _require(annotation, ("image_id", "category_id", "bbox"), where)
            for key, known in (("image_id", entries), ("category_id", labels)):
                if not isinstance(annotation[key], int) or annotation[key] not in known:
                    raise ValueError(
                        f"{where}: {key} {annotation[key]!r} is not among the {key.removesuffix('_id')} ids"
                    )
            entry = entries[annotation["image_id"]]
            x, y, width, height = _four_numbers(annotation["bbox"], where)
            # COCO gives a corner and a size, locviz two corners.
            box, reason = fit((x, y, x + width, y + height), (entry["height"], entry["width"]))
            if reason is not None:
                problems.append(
                    Problem(str(entry["file_name"]), (x, y, width, height), reason, box is None)
                )
            if box is not None:
                area = _number(annotation.get("area", _area(box)), "area", where)
                _number(
                    int(flag) if isinstance(flag := annotation.get("iscrowd", 0), bool) else flag,
                    "iscrowd",
                    where,
                )
                if annotation.get("keypoints"):
                    _keypoint_row(annotation["keypoints"], where)
                kept[entry["id"]].append(
                    _Kept(box, labels[annotation["category_id"]], area, annotation)
                )
        return kept, tuple(problems)

    def _find_images(self, path: Path, split: str | None) -> Path:
        root = path if path.is_dir() else path.parent
        beside = self.annotation_file.parent
        stem = self.annotation_file.stem.removeprefix("instances_")
        names = [name for name in (split, stem) if name]
        places = [beside, beside / "images", root, root / "images", root.parent / "images"]
        places += [
            base / name
            for name in names
            for base in (root, root / "images", root.parent, root.parent / "images")
        ]
        if not self._images:
            return beside
        for place in places:
            if (place / self._images[0]["file_name"]).is_file():
                return place
        looked = ", ".join(sorted({str(place) for place in places}))
        raise FileNotFoundError(
            f"{self._images[0]['file_name']}, the first image of {self.annotation_file}, is in none of: {looked}. "
            "Pass images=<folder>"
        )


def find_annotations(path: Path, split: str | None = None) -> Path:
    """Return the JSON file of a data set: ``path`` itself, or the one of ``split`` in the folder
    ``path``.

    In a folder, these names are tried: ``annotations/<split>.json``,
    ``annotations/instances_<split>.json``, ``annotations/instances_<split>2017.json``,
    ``<split>.json``, ``<split>/_annotations.coco.json`` and, for every split, ``annotations.json``
    and ``_annotations.coco.json``.

    Raises:
        FileNotFoundError: there is none; the message lists the places and the splits that are
            there.
    """
    if path.is_file():
        return path
    if not path.is_dir():
        raise FileNotFoundError(
            f"{path} does not exist: give a COCO JSON file or a folder that holds one"
        )
    names = ["annotations.json", "_annotations.coco.json"]
    if split is not None:
        names = [*_split_files(split), *names]
    for name in names:
        if (path / name).is_file():
            return path / name
    there = sorted(str(p.relative_to(path)) for p in [*path.glob("*.json"), *path.glob("*/*.json")])
    found = (
        f"the JSON files there are {', '.join(there)}" if there else "there is no JSON file in it"
    )
    hint = "" if split is not None else " Pass split=, for instance split='train'."
    raise FileNotFoundError(f"{path} holds none of {', '.join(names)}; {found}.{hint}")


def splits(folder: Path) -> list[str]:
    """Return the splits of a COCO folder whose files follow one of the common names, sorted."""
    names = [file.stem for file in (*folder.glob("annotations/*.json"), *folder.glob("*.json"))]
    names = [
        name.removeprefix("instances_").removesuffix("2017")
        for name in names
        if not name.endswith("annotations")
    ]
    names += [file.parent.name for file in folder.glob("*/_annotations.coco.json")]
    return sorted(
        {name for name in names if any((folder / file).is_file() for file in _split_files(name))}
    )


def _split_files(split: str) -> list[str]:
    return [
        f"annotations/{split}.json",
        f"annotations/instances_{split}.json",
        f"annotations/instances_{split}2017.json",
        f"{split}.json",
        f"{split}/_annotations.coco.json",
    ]


def _load(path: Path) -> dict[str, Any]:
    try:
        # utf-8-sig, because editors on Windows may put a byte order mark in front. A number of
        # thousands of digits raises a ValueError, too.
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not valid JSON ({error})") from error
    if not isinstance(content, dict):
        raise ValueError(
            f"{path} is no COCO file: it must hold an object with images, annotations and categories"
        )
    _require(content, ("images", "annotations", "categories"), str(path))
    for key in ("images", "annotations", "categories"):
        if not isinstance(content[key], list):
            raise ValueError(f"{path}: {key} must be a list, got {type(content[key]).__name__}")
    return content


def _require(entry: Any, keys: Iterable[str], where: str) -> None:
    if not isinstance(entry, dict):
        raise ValueError(f"{where} must be a JSON object, got {type(entry).__name__}")
    missing = [key for key in keys if key not in entry]
    if missing:
        raise ValueError(
            f"{where} lacks {', '.join(missing)}; it has {', '.join(map(str, entry)) or 'no keys'}"
        )


def _by_id(entries: list, keys: Iterable[str], name: str, path: Path) -> dict[int, dict]:
    found: dict[int, dict] = {}
    for number, entry in enumerate(entries):
        _require(entry, keys, f"{name}[{number}] of {path}")
        if not isinstance(entry["id"], int):
            raise ValueError(
                f"{name}[{number}] of {path}: id must be a whole number, got {entry['id']!r}"
            )
        if entry["id"] in found:
            raise ValueError(f"{name}[{number}] of {path}: id {entry['id']} occurs twice")
        found[entry["id"]] = entry
    return found


def _check_image(entry: dict, path: Path) -> None:
    name = entry["file_name"]
    if not isinstance(name, str) or not name or "\0" in name:
        raise ValueError(
            f"image {entry['id']} of {path}: file_name must be the name of a file, got {name!r}"
        )
    for key in ("width", "height"):
        if not isinstance(entry[key], int) or entry[key] < 1:
            raise ValueError(
                f"image {entry['id']} of {path}: {key} must be a positive whole number, got {entry[key]!r}"
            )


def _four_numbers(values: Any, where: str) -> Box:
    try:
        # Only a list: a text would be taken apart into letters, an object into its keys.
        x, y, width, height = (
            float(value) for value in (values if isinstance(values, list) else ())
        )
    except (TypeError, ValueError, OverflowError) as error:
        raise ValueError(
            f"{where}: bbox must be four numbers x, y, width, height, got {_brief(values)}"
        ) from error
    return x, y, width, height


def _number(value: Any, key: str, where: str) -> float:
    """Return a number that a box or a flag may have: finite, not negative."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST:
        raise ValueError(f"{where}: {key} must be a finite number, 0 or more, got {_brief(value)}")
    return float(value)


def _brief(value: Any) -> str:
    """Return a value of the file shortened for a message: a wrong one may be a megabyte long."""
    text = reprlib.repr(value)
    return text if len(text) < 80 else text[:77] + "..."


def _keypoint_row(values: Any, where: str) -> None:
    """Raise unless ``values`` is COCO's flat list x1 y1 v1 x2 y2 v2 ..."""
    numbers = values if isinstance(values, list) else [None]
    if len(numbers) % 3 or any(
        isinstance(v, bool) or not isinstance(v, int | float) for v in numbers
    ):
        raise ValueError(
            f"{where}: keypoints must be a list of numbers x1 y1 v1 x2 y2 v2 ..., got {_brief(values)}"
        )


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _masks(kept: list[_Kept], size: tuple[int, int]) -> Tensor:
    decoded = [
        mask_format.decode(one.entry["segmentation"], size)
        for one in kept
        if one.entry.get("segmentation")
    ]
    if len(decoded) != len(kept):
        raise ValueError(
            f"masks=True, but {len(kept) - len(decoded)} annotations have no segmentation: use masks=False"
        )
    return (
        torch.from_numpy(np.stack(decoded))
        if decoded
        else torch.zeros((0, *size), dtype=torch.bool)
    )


def _keypoints(kept: list[_Kept]) -> Tensor | None:
    rows = [one.entry.get("keypoints") for one in kept]
    # One tensor holds them only if every object has keypoints, and equally many.
    if not rows or any(not row for row in rows) or len({len(row) for row in rows if row}) != 1:
        return None
    return torch.tensor(rows, dtype=torch.float32).reshape(len(rows), -1, 3)


def _text(kept: list[_Kept]) -> tuple[str, ...] | None:
    lines = [one.entry.get("text") for one in kept]
    return (
        tuple(str(line) for line in lines)
        if lines and all(line is not None for line in lines)
        else None
    )
