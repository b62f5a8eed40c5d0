"""Fetch a data set of the catalogue: download it, check it, unpack it, and write down which files
it came from.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from locviz.data.catalog import Entry
from locviz.data.download import download
from locviz.data.unpack import unpack

RECEIPT = ".locviz-fetch.json"


def fetch(
    entry: Entry,
    home: Path,
    *,
    say: Callable[[str], object] = print,
    progress: bool = True,
    wait: float = 1.0,
) -> Path:
    """Download and unpack ``entry`` below ``home``; return its folder. An existing folder is
    returned as it is.

    ``say`` is told the source, the size, the licence, the folder, and the sum of each file for
    which the catalogue has none. A broken download is resumed by the next call.

    Raises:
        ValueError: as ``download`` and ``unpack``; the data set's folder does not exist then.
    """
    folder = home / entry.name
    if folder.exists():
        say(f"{entry.name} is in {folder} already")
        return folder
    say(f"{entry.title}\n  licence: {entry.licence}\n  homepage: {entry.homepage}\n  to: {folder}")
    waiting = home / "downloads" / entry.name
    receipt = []
    for one in entry.downloads:
        say(f"  from: {one.url} ({format_size(one.size)})")
        digest = download(
            one.url,
            waiting / one.filename,
            size=one.size,
            sha256=one.sha256,
            progress=progress,
            wait=wait,
        )
        if one.sha256 is None:
            say(
                f"  unverified: the catalogue has no sum for this file; what came has sha256 {digest}"
            )
        receipt.append({"url": one.url, "sha256": digest, "verified": one.sha256 is not None})
    unpack([waiting / one.filename for one in entry.downloads], folder)
    (folder / RECEIPT).write_text(json.dumps(receipt, indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(waiting)
    say(f"  done: {folder}")
    return folder


def read_receipt(folder: Path) -> list[dict]:
    """Return what ``fetch`` wrote down about the files that a folder came from; an empty list where
    there is no such note.

    Raises:
        ValueError: the note was changed by hand or is damaged.
    """
    path = folder / RECEIPT
    if not path.is_file():
        return []
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return [
            {
                "url": str(one["url"]),
                "sha256": str(one["sha256"]),
                "verified": bool(one["verified"]),
            }
            for one in content
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path} is not what fetch wrote ({error}): remove it, or fetch the data set again"
        ) from error


def format_size(size: int | None) -> str:
    """Return a size in bytes in words: 1.4 MB, or "size unknown"."""
    if size is None:
        return "size unknown"
    value, units = float(size), ["bytes", "kB", "MB", "GB"]
    while value >= 1000 and len(units) > 1:
        value /= 1000
        units.pop(0)
    return f"{value:.0f} bytes" if units[0] == "bytes" else f"{value:.1f} {units[0]}"
