"""What a learner has done, in one local file: no account, no network, no personal data.

The file is ``progress.json`` in ``$LOCVIZ_HOME``, else in ``$XDG_DATA_HOME/locviz``, else in
``~/.local/share/locviz``. It is written under a temporary name and renamed, so a killed kernel
leaves the old file or the new one, and never a part. A file that cannot be read is renamed and not
overwritten. Where nothing can be written (a read-only disk), progress is kept in memory until the
kernel stops, so that no lesson fails because of it.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

_VERSION = 1
_unsaved: dict[str, dict[str, Any]] = {}  # what could not be written, for this kernel's lifetime
_notices: list[str] = []


def home() -> Path:
    """The folder that holds what locviz remembers."""
    if chosen := os.environ.get("LOCVIZ_HOME"):
        return Path(chosen).expanduser()
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    return Path(data).expanduser() / "locviz"


def path() -> Path:
    """The progress file (it need not exist)."""
    return home() / "progress.json"


def load() -> dict[str, dict[str, Any]]:
    """All entries: name of the exercise, quiz or challenge -> what is known about it."""
    entries = _read()
    for name, facts in _unsaved.items():
        entries[name] = {**entries.get(name, {}), **facts}
    return entries


def get(name: str) -> dict[str, Any]:
    """The entry of one exercise, quiz or challenge; empty if there is none."""
    return load().get(name, {})


def record(name: str, *, count: str | None = None, **facts: Any) -> dict[str, Any]:
    """Merge ``facts`` into the entry ``name`` and return the entry.

    Args:
        name: such as ``"01.iou"``.
        count: the name of a counter to raise by one.
        facts: JSON values.
    """
    try:
        with _locked():
            entries = _read()
            entry = _merged(entries.get(name, {}), count, facts)
            _write({**entries, name: entry})
    except OSError as error:
        entry = _merged(get(name), count, facts)
        _unsaved[name] = entry
        _notice(
            f"Progress cannot be saved ({error.strerror or error}): "
            "it is kept until this kernel stops."
        )
    return entry


def forget(chapter: str | int | None = None) -> Path | None:
    """Remove all entries, or those of one chapter (``1`` or ``"01"``); return the copy that is kept
    of the file as it was, or None where there was nothing to copy.
    """
    kept = None
    prefix = "" if chapter is None else f"{int(chapter):02d}."
    for name in [name for name in _unsaved if name.startswith(prefix)]:
        del _unsaved[name]
    with suppress(OSError), _locked():
        entries = _read()
        if entries:
            kept = path().with_suffix(".before-reset.json")
            shutil.copyfile(path(), kept)
        _write({name: entry for name, entry in entries.items() if not name.startswith(prefix)})
    return kept


def notices() -> tuple[str, ...]:
    """What the learner should know about the file: that it cannot be written, or that an unreadable
    one was renamed.
    """
    return tuple(_notices)


def _merged(
    entry: Mapping[str, Any], count: str | None, facts: Mapping[str, Any]
) -> dict[str, Any]:
    merged = {**entry, **facts}
    if count:
        before = entry.get(count, 0)
        merged[count] = (before if isinstance(before, int) else 0) + 1
    return merged


def _read() -> dict[str, dict[str, Any]]:
    try:
        content = json.loads(path().read_text(encoding="utf-8"))
        entries = content["items"]
        if not all(isinstance(entry, dict) for entry in entries.values()):
            raise TypeError("an entry is not an object")
        return entries
    except OSError:
        return {}
    except (ValueError, TypeError, KeyError, AttributeError):
        _set_aside()
        return {}


def _set_aside() -> None:
    broken = path()
    aside = next(
        a for n in range(1, 10_000) if not (a := broken.with_suffix(f".broken-{n}.json")).exists()
    )
    with suppress(OSError):
        broken.rename(aside)
        _notice(
            f"The progress file could not be read. It was kept as `{aside.name}` "
            "and a new one was started."
        )


def _write(entries: Mapping[str, Mapping[str, Any]]) -> None:
    text = json.dumps(
        {"version": _VERSION, "items": entries}, indent=1, sort_keys=True, ensure_ascii=False
    )
    handle, aside = tempfile.mkstemp(dir=home(), prefix="progress-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path())
    except BaseException:
        with suppress(OSError):
            os.unlink(aside)
        raise


@contextmanager
def _locked() -> Iterator[None]:
    """Let one process write at a time, because two chapters may be open in two kernels."""
    home().mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:
        # Windows: the rename is still atomic; only two writers at the same time may lose an entry.
        yield
        return
    with open(home() / "progress.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _notice(text: str) -> None:
    if text not in _notices:
        _notices.append(text)
