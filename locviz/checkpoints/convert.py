"""Rename the weights of another implementation: every name must have a counterpart here."""

from collections.abc import Mapping

from torch import Tensor

from locviz.models.system import RenameTable


def rename(state: Mapping[str, Tensor], table: RenameTable) -> dict[str, Tensor]:
    """Return ``state`` under our names.

    Args:
        state: the other implementation's state dict: names to tensors of any shape (...).
        table: pairs of prefixes (theirs, ours), whole parts of dotted names; the first that fits is
            used. A pair that begins with ``*.``, such as ``("*.dconv", "*.each")``, renames one part
            wherever it occurs after the prefix.

    Raises:
        ValueError: a name fits no entry, so the checkpoint belongs to another model.
    """
    table = tuple(table)
    # Without the "*." of both names.
    parts = {theirs[2:]: ours[2:] for theirs, ours in table if theirs.startswith("*.")}
    prefixes = tuple(pair for pair in table if not pair[0].startswith("*."))
    renamed = {name: _renamed(name, prefixes, parts) for name in state}
    foreign = [name for name, ours in renamed.items() if ours is None]
    if foreign:
        raise ValueError(
            f"{len(foreign)} of {len(state)} names in the checkpoint are foreign, such as {foreign[0]!r}: "
            "it belongs to another model or origin than this rename table"
        )
    return {str(renamed[name]): tensor for name, tensor in state.items()}


def _renamed(
    name: str, prefixes: tuple[tuple[str, str], ...], parts: Mapping[str, str]
) -> str | None:
    for theirs, ours in prefixes:
        if name == theirs or name.startswith(theirs + "."):
            rest = name[len(theirs) :].split(".")
            return ours + ".".join(parts.get(part, part) for part in rest)
    return None
