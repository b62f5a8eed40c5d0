"""Numbers in a sentence."""

from collections.abc import Iterable


def number(value: float | int, digits: int = 2) -> str:
    """Return a number with ``digits`` decimals, and fewer where it is large."""
    if abs(value) >= 1e5:
        return f"{value:.0e}".replace("e+0", "e").replace("e+", "e")
    return f"{value:.{digits if abs(value) < 99.5 else 0}f}"


def pair(value: float | int, limit: float | int, digits: int = 2) -> tuple[str, str]:
    """Return two numbers with as many decimals as show that they differ.

    "0.41 is below 0.41" would be no reason.
    """
    for more in range(digits, 10):
        a, b = (f"{one:.{more}f}" if abs(one) < 1e5 else number(one) for one in (value, limit))
        if a != b or value == limit:
            return a, b
    return repr(value), repr(limit)


def ordinal(rank: int) -> str:
    """Return ``1st``, ``2nd``, ``3rd``, ``4th`` ..."""
    ending = "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10)
    return f"{rank}{ending or 'th'}"


def nth(rank: int, best: str) -> str:
    """Return ``the cheapest``, ``the 2nd cheapest``, ``the 3rd cheapest`` ..."""
    return f"the {best}" if rank == 1 else f"the {ordinal(rank)} {best}"


def listed(words: Iterable[str]) -> str:
    """Return ``A``, ``A and B``, or ``A, B and C``."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
