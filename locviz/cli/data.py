"""``locviz data``: list, fetch and check data sets."""

import argparse
import json
import sys
from pathlib import Path

from tqdm import tqdm

from locviz.data import penn_fudan, summary
from locviz.data.catalog import catalog
from locviz.data.coco import splits as coco_splits
from locviz.data.fetch import fetch, format_size, read_receipt
from locviz.data.opening import GENERATED, SHIPPED, data_home, find_folder, open_dataset
from locviz.data.voc import splits as voc_splits


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``list``, ``fetch <name>`` and ``check <name or folder>``."""
    actions = parser.add_subparsers(dest="action", metavar="action", required=True)
    actions.add_parser(
        "list", help="show the data sets that are drawn, on this machine, or to be fetched"
    )
    fetching = actions.add_parser("fetch", help="download a data set, resuming where it broke off")
    fetching.add_argument("name", help="a name that `locviz data list` shows")
    checking = actions.add_parser(
        "check", help="read every image and box of a data set and report what is wrong"
    )
    checking.add_argument("name", help="a name, a COCO JSON file, or a COCO or Pascal VOC folder")
    checking.add_argument(
        "--split",
        action="append",
        help="only this split (may be given again); all of them otherwise",
    )


def run(args: argparse.Namespace) -> int:
    """Run the chosen action; return the exit status, 1 where ``check`` found a file that cannot be
    read.
    """
    if args.action == "list":
        return _list()
    if args.action == "fetch":
        return _fetch(args.name)
    return _check(args.name, args.split)


def _list() -> int:
    print("drawn when they are used:")
    for name in GENERATED:
        print(f"  {name}")
    print("with locviz, as COCO folders:")
    for name in SHIPPED:
        print(f"  {name}")
    print(f"to be fetched, to {data_home()} (set LOCVIZ_DATA to change it):")
    for name, entry in catalog().items():
        here = " [on this machine]" if (data_home() / name).is_dir() else ""
        print(f"  {name}: {entry.title}{here}")
        print(f"    {format_size(entry.size)}; licence: {entry.licence}; {entry.homepage}")
    return 0


def _fetch(name: str) -> int:
    entries = catalog()
    if name in GENERATED or name in SHIPPED:
        print(f"{name} is part of locviz: there is nothing to fetch")
        return 0
    if name not in entries:
        raise ValueError(f"{name!r} is not in the catalogue: it has {', '.join(entries)}")
    fetch(entries[name], data_home(), progress=sys.stderr.isatty())
    return 0


def _check(name: str, splits: list[str] | None) -> int:
    folder = data_home() / name if name in catalog() else Path(name)
    for file in read_receipt(folder):
        print(
            f"{file['url']}: sha256 {file['sha256']} ({'verified' if file['verified'] else 'unverified'})"
        )
    lines = sorted(folder.glob("*.jsonl")) if folder.is_dir() else []
    if lines:
        return max(_check_lines(path) for path in lines)
    return max(_check_split(name, split) for split in splits or _splits(name))


def _splits(name: str) -> list[str]:
    """Return all splits of a data set."""
    if name in GENERATED:
        return ["train", "test"]
    entries = catalog()
    if name in entries and entries[name].splits:
        return list(entries[name].splits)
    path = find_folder(name)
    found = voc_splits(path) or coco_splits(path)
    if all((path / part).is_dir() for part in penn_fudan.FOLDERS):
        return list(penn_fudan.SPLITS)
    # Where nothing is found, opening the data set raises an error that says what is wrong.
    return found or ["train"]


def _check_split(name: str, split: str) -> int:
    dataset = open_dataset(name, split=split)
    broken, boxes, labels = [], 0, set()
    for index in tqdm(
        range(len(dataset)), desc=split, unit="image", disable=not sys.stderr.isatty()
    ):
        try:
            _, targets = dataset[index]
        except (ValueError, FileNotFoundError) as error:
            broken.append(str(error))
            continue
        boxes += len(targets)
        labels |= set(targets.labels.tolist())
    print(
        f"{split}: {len(dataset)} images, {boxes} boxes, {len(labels)} of {len(dataset.class_names)} classes occur"
    )
    print("  " + summary(getattr(dataset, "report", ())).replace("\n", "\n  "))
    for message in broken[:5]:
        print(f"  {message}")
    if len(broken) > 5:
        print(f"  ... and {len(broken) - 5} more images that cannot be read")
    return 1 if broken else 0


def _check_lines(path: Path) -> int:
    """Check that every line of a JSON Lines file is an object."""
    bad = [
        number
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if not _is_object(line)
    ]
    print(
        f"{path.name}: "
        + (f"lines {bad[:5]} are not JSON objects" if bad else "every line is a JSON object")
    )
    return 1 if bad else 0


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except json.JSONDecodeError:
        return False
