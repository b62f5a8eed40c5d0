"""Published weights, by name, for users who are online. ``locviz.models.systems`` lists them."""

from pathlib import Path

import torch

from locviz.checkpoints.convert import rename
from locviz.models import PUBLISHED
from locviz.train.checkpoint import put_weights


def load_official(name: str, *, folder: str | Path | None = None) -> torch.nn.Module:
    """Download (once) the weights called ``name``, convert them, and return the detector in
    evaluation mode.

    Args:
        name: a key of ``locviz.models.PUBLISHED``.
        folder: where downloads are kept; torch hub's folder by default.

    Raises:
        ValueError: the name is unknown, or the file holds another model.
        RuntimeError: the sha256 of the file does not begin with the digits in its name.
        URLError: there is no network.
    """
    if name not in PUBLISHED:
        raise ValueError(
            f"no official weights called {name!r}: choose one of {', '.join(PUBLISHED)}"
        )
    entry = PUBLISHED[name]
    state = torch.hub.load_state_dict_from_url(
        entry.url, model_dir=None if folder is None else str(folder), map_location="cpu", check_hash=True,
        weights_only=True,
    )  # fmt: skip
    detector = entry.build()
    put_weights(detector, rename(entry.unpack(state), entry.table), source=entry.url)
    return detector.eval()
