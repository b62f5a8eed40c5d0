"""COCO's ways to write a mask: polygons, run lengths, and run lengths packed into text.

A run-length mask counts pixels column by column, from top to bottom, and begins with a (possibly
empty) run of zeros. The text form stores differences of these counts. Each character holds five
bits, added to the code 48; its sixth bit says that more characters of this number follow.
"""

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def decode(segmentation: list | dict, size: tuple[int, int]) -> Mask:
    """Return a COCO ``segmentation`` as a boolean mask (h, w).

    A polygon covers the pixels whose centres lie inside it; run lengths are exact.

    Raises:
        ValueError: it is neither polygons nor run lengths, or the runs do not add up to h * w
            pixels.
    """
    if isinstance(segmentation, list):
        return _from_polygons(segmentation, size)
    if not isinstance(segmentation, dict) or "counts" not in segmentation:
        raise ValueError(
            "a segmentation must be a list of polygons or an object with counts and size, "
            f"got {type(segmentation).__name__}"
        )
    counts = segmentation["counts"]
    runs = (
        _from_text(counts) if isinstance(counts, str | bytes) else [int(count) for count in counts]
    )
    if tuple(segmentation.get("size", size)) != tuple(size):
        raise ValueError(
            f"run lengths are for a mask of {segmentation['size']}, but the image is {list(size)}"
        )
    if sum(runs) != size[0] * size[1] or min(runs, default=0) < 0:
        raise ValueError(
            f"run lengths add up to {sum(runs)} pixels, but the image has {size[0] * size[1]}"
        )
    # Runs of zeros and of ones take turns; the columns are the outer axis.
    flat = np.repeat(np.arange(len(runs)) % 2 == 1, runs)
    return flat.reshape(size[1], size[0]).T


def encode(mask: Mask) -> dict:
    """Return a boolean mask (h, w) as COCO run lengths (a list of counts); ``decode`` gives the
    mask back.
    """
    flat = np.concatenate([[False], mask.T.ravel(), [False]])
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    ends = np.concatenate([[0], changes, [mask.size]])
    runs = np.diff(ends)
    # Where a mask ends with ones, the last change is at its very end. The run of zeros after it is
    # empty and is not written.
    return {
        "size": list(mask.shape),
        "counts": (runs[:-1] if len(runs) > 1 and runs[-1] == 0 else runs).tolist(),
    }


def _from_text(text: str | bytes) -> list[int]:
    codes = [byte - 48 for byte in (text.encode() if isinstance(text, str) else text)]
    if any(not 0 <= code < 64 for code in codes):
        raise ValueError("packed run lengths hold a character outside '0' to 'o'")
    runs: list[int] = []
    value = shift = 0
    for code in codes:
        value |= (code & 31) << shift
        shift += 5
        if not code & 32:
            # The highest bit of the last character is the sign (two's complement).
            value -= (1 << shift) if code & 16 else 0
            # From the fourth run on, the number is the difference from the run two places before.
            runs.append(value + (runs[-2] if len(runs) > 2 else 0))
            value = shift = 0
    return runs


def _from_polygons(polygons: list, size: tuple[int, int]) -> Mask:
    inside = np.zeros(size, dtype=bool)
    for polygon in polygons:
        if not isinstance(polygon, list) or len(polygon) < 6 or len(polygon) % 2:
            raise ValueError("a polygon is a flat list x1 y1 x2 y2 ... of at least three points")
        inside |= _inside(np.array(polygon, dtype=float).reshape(-1, 2), size)
    return inside


def _inside(points: NDArray[np.floating], size: tuple[int, int]) -> Mask:
    """Return the pixels whose centres lie inside a polygon: a ray from the left crosses its outline
    an odd number of times.

    In each row that an edge crosses, it toggles all pixels whose centres lie to the right of the
    crossing.
    """
    height, width = size
    centers = np.arange(height) + 0.5
    toggles = np.zeros((height, width + 1), dtype=np.int64)
    for (x1, y1), (x2, y2) in zip(points, np.roll(points, -1, axis=0), strict=True):
        rows = np.flatnonzero((centers >= min(y1, y2)) & (centers < max(y1, y2)))
        crossings = x1 + (centers[rows] - y1) * (x2 - x1) / (y2 - y1) if len(rows) else np.zeros(0)
        toggles[rows, np.clip(np.ceil(crossings - 0.5), 0, width).astype(int)] += 1
    return np.cumsum(toggles[:, :-1], axis=1) % 2 == 1
