"""Open a data set by name or by folder: what ``locviz train --data`` and ``locviz eval --data``
take.
"""

import os
from collections.abc import Callable
from pathlib import Path

from locviz.data import penn_fudan
from locviz.data.catalog import catalog, shipped_folder
from locviz.data.coco import CocoDetection
from locviz.data.dataset import DetectionSet
from locviz.data.digits import Digits
from locviz.data.misaligned import Misaligned
from locviz.data.shapes import Shapes
from locviz.data.voc import FOLDERS, VocDetection

GENERATED: dict[str, Callable[[str], DetectionSet]] = {
    "shapes": lambda split: Shapes(level="first", split=split),
    "shapes-crowded": lambda split: Shapes(level="crowded", split=split),
    "misaligned": lambda split: Misaligned(split=split),
    "digits": lambda split: Digits(split=split),
}

SHIPPED = ("shapes_mini", "digits_mini")


def data_home() -> Path:
    """Return the folder that downloads go to: ``LOCVIZ_DATA``, else ``~/.cache/locviz/data``."""
    given = os.environ.get("LOCVIZ_DATA")
    return Path(given) if given else Path.home() / ".cache" / "locviz" / "data"


def open_dataset(name_or_path: str | Path, *, split: str = "train") -> DetectionSet:
    """Return a data set by its name or from a folder; the format of the folder (COCO, Pascal VOC or
    Penn-Fudan) is recognised.

    "shapes", "shapes-crowded", "misaligned" and "digits" are drawn, "shapes_mini" and "digits_mini" ship as COCO
    folders, and the other names that ``locviz data list`` shows are read from the folder where
    ``locviz data fetch`` put them. For a COCO JSON file, ``split`` is not used. The ``report`` of
    the result lists single boxes that were wrong (``locviz.data.summary`` describes it in words).

    Raises:
        FileNotFoundError: neither a name nor a data set; the message says what was looked for, and
            where.
        ValueError: an unknown split of a drawn set, or an invalid annotation file.
    """
    name = str(name_or_path)
    if name in GENERATED:
        return GENERATED[name](split)
    return open_folder(find_folder(name), split=split)


def find_folder(name_or_path: str) -> Path:
    """Return the path of the annotations of a data set on disk: its folder, or its COCO JSON file.

    Raises:
        FileNotFoundError: no such folder or name, or a name of the catalogue that has not been
            fetched.
    """
    if not name_or_path:
        raise FileNotFoundError("the name of the data set is empty: give a name or a folder")
    try:
        if Path(name_or_path).exists():
            return Path(name_or_path)
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        raise FileNotFoundError(
            f"data set {name_or_path[:80]!r} cannot be opened ({error.strerror}): give a name that "
            "`locviz data list` shows, or a folder that you may read"
        ) from error
    if name_or_path in SHIPPED:
        return shipped_folder() / name_or_path
    entries = catalog()
    if name_or_path not in entries:
        raise FileNotFoundError(
            f"{name_or_path!r} is neither a folder nor a known data set: names are "
            f"{', '.join([*GENERATED, *SHIPPED, *entries])}; a folder must hold COCO JSON or Pascal VOC annotations"
        )
    folder = data_home() / name_or_path
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{name_or_path} is not on this machine (looked in {folder}): run `locviz data fetch {name_or_path}`"
        )
    return folder / entries[name_or_path].folder


def open_folder(path: Path, *, split: str) -> DetectionSet:
    """Return the data set in a folder, or of a COCO JSON file.

    Raises:
        FileNotFoundError: the folder is neither; the message says what was looked for.
    """
    if path.is_file():
        return CocoDetection(path)
    if all((path / part).is_dir() for part in FOLDERS):
        return VocDetection(path, split=split)
    if all((path / part).is_dir() for part in penn_fudan.FOLDERS):
        return penn_fudan.PennFudan(path, split=split)
    if any(path.glob("*.json")) or any(path.glob("*/*.json")):
        return CocoDetection(path, split=split)
    raise FileNotFoundError(
        f"{path} is no data set: looked for Pascal VOC ({', '.join(FOLDERS)}) and for COCO JSON files "
        "(*.json, annotations/*.json); it holds "
        + (", ".join(sorted(p.name for p in path.iterdir())[:8]) or "nothing")
    )
