"""Rename the weights of another origin, completely or not at all."""

from collections.abc import Mapping

from torch import Tensor

from locviz.models.system import RenameTable


def rename(state: Mapping[str, Tensor], table: RenameTable) -> dict[str, Tensor]:
    """Return ``state`` under our names.

    Args:
        state: the origin's state dict.
        table: pairs of prefixes (theirs, ours), whole parts of dotted names; the first that fits is
            used.

    Raises:
        ValueError: a name fits no entry: the checkpoint is of another model.
    """
    table = tuple(table)
    foreign = [name for name in state if _renamed(name, table) is None]
    if foreign:
        raise ValueError(
            f"{len(foreign)} of {len(state)} names in the checkpoint are foreign, such as {foreign[0]!r}: "
            "it belongs to another model or origin than this rename table"
        )
    return {str(_renamed(name, table)): tensor for name, tensor in state.items()}


def _renamed(name: str, table: tuple[tuple[str, str], ...]) -> str | None:
    for theirs, ours in table:
        if name == theirs or name.startswith(theirs + "."):
            return ours + name[len(theirs) :]
    return None
