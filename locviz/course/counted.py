"""A sign of life for a cell that runs long: one line that says how far it is, written over itself."""

import sys
import time
from collections.abc import Iterable, Iterator, Sized
from typing import TypeVar

Item = TypeVar("Item")

_EVERY = 0.3  # seconds between two lines: seldom enough to cost nothing, often enough to look alive


def counted(items: Iterable[Item], *, label: str, total: int | None = None) -> Iterator[Item]:
    """Pass on ``items`` and print how many of them are done, on one line.

    While the loop runs, the line also says how many seconds are left. At its end, also after a
    ``break`` or an error, it only counts, so that a stored notebook shows the same line every time.

    Args:
        items: what the loop goes through.
        label: what is counted, such as ``"steps"``.
        total: how many items there will be; their length unless given. Without either, the line
            has no end to count towards.

    Raises:
        ValueError: ``total`` is negative.
    """
    if total is not None and total < 0:
        raise ValueError(f"total must not be negative, got {total}: give the number of items")
    if total is None and isinstance(items, Sized):
        total = len(items)
    return _counted(items, label, total)


def _counted(items: Iterable[Item], label: str, total: int | None) -> Iterator[Item]:
    began = printed = time.monotonic()
    done, width = 0, _print(_line(label, 0, total), 0)
    try:
        for item in items:
            yield item
            done += 1
            if (now := time.monotonic()) - printed >= _EVERY:
                line = _line(label, done, total) + _left(now - began, done, total)
                printed, width = now, _print(line, width)
    finally:
        _print(_line(label, done, total), width, end="\n")


def _line(label: str, done: int, total: int | None) -> str:
    return f"{label}: {done}" + ("" if total is None else f" of {total}")


def _left(seconds: float, done: int, total: int | None) -> str:
    if total is None or done >= total:
        return f", {seconds:.0f} s"
    return f", about {seconds / done * (total - done):.0f} s left"


def _print(line: str, width: int, end: str = "") -> int:
    """Write ``line`` over the one before, of ``width`` characters; return its own width."""
    sys.stdout.write(f"\r{' ' * width}\r{line}{end}")
    sys.stdout.flush()
    return len(line)
