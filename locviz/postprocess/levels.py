"""The check that every selection by level makes."""

from collections.abc import Sequence


def check_levels(levels: Sequence[int], num: int) -> None:
    """Raise unless the levels' counts sum to the number of priors.

    Raises:
        ValueError: they do not.
    """
    if sum(levels) != num:
        raise ValueError(
            f"levels {tuple(levels)} sum to {sum(levels)}, but there are {num} priors: give how many each level has"
        )
