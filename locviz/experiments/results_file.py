"""The file of an experiment that is run in pieces: each run is merged into it as it ends."""

import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


def update(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Put ``change(what is in the file, {} at first)`` into its place, one writer at a time.

    Fractions are rounded to five digits. The file is written aside and renamed.
    """
    path.parent.mkdir(exist_ok=True)
    with open(path.with_suffix(".lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        aside = path.with_suffix(".part")
        aside.write_text(json.dumps(_rounded(change(known)), indent=1) + "\n", encoding="utf-8")
        os.replace(aside, path)
    Path(lock.name).unlink(missing_ok=True)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return round(value, 5) if isinstance(value, float) else value
