"""What has to be done to other implementations' weights of transformers before they are renamed:
two things that no table of names can do.
"""

from collections.abc import Iterator, Mapping

from torch import Tensor

Pairs = Iterator[tuple[str, str]]
PROJECTIONS = ("query", "key", "value")


def split_projections(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """torch's attention keeps the projections of queries, keys and values in one matrix; here each
    is a layer. ``in_proj_weight`` (3c, c) becomes ``query.weight``, ``key.weight`` and
    ``value.weight`` (c, c), and ``in_proj_bias`` likewise. Other tensors stay as they are.
    """
    split = {}
    for name, tensor in state.items():
        module, _, last = name.rpartition(".")
        if last in ("in_proj_weight", "in_proj_bias"):
            kind = last.removeprefix("in_proj_")
            for part, rows in zip(PROJECTIONS, tensor.chunk(3), strict=True):
                split[f"{module}.{part}.{kind}"] = rows
        else:
            split[name] = tensor
    return split


def background_first(state: Mapping[str, Tensor], classifier: str) -> dict[str, Tensor]:
    """DETR's classifier has "no object" in its last row; here the background has the first.

    Args:
        state: its tensors ``{classifier}.weight`` (k + 1, c) and ``{classifier}.bias`` (k + 1,) are
            turned, others stay as they are.
        classifier: the module's name there.
    """
    rows = (f"{classifier}.weight", f"{classifier}.bias")
    return {name: x.roll(1, 0) if name in rows else x for name, x in state.items()}


def layer_names(theirs: str, ours: str, parts: Mapping[str, str], *, depth: int = 6) -> Pairs:
    """The pairs of a stack of layers: ``parts`` are names inside a layer, theirs to ours, and the
    first that fits is used.
    """
    for index in range(depth):
        for one, other in parts.items():
            yield f"{theirs}.{index}.{one}", f"{ours}.{index}.{other}"
