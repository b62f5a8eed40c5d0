"""Official weights, by name, for whoever is online: where they are, under which licence, what they reached."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import torch

from locviz.checkpoints.convert import RenameTable, rename
from locviz.checkpoints.torchvision import FCOS_R50
from locviz.models import fcos_r50_torchvision
from locviz.train.checkpoint import put_weights


@dataclass(frozen=True, kw_only=True)
class Official:
    """One published file.

    Attributes:
        url: the file. Its name ends in the first digits of its sha256, which the download is checked against, as
            torchvision publishes them.
        licence: of the weights.
        reported: the origin's own figure, and on what.
        build: makes the detector that the weights fit.
        table: the origin's parameter names to ours.
    """

    url: str
    licence: str
    reported: str
    build: Callable[[], torch.nn.Module]
    table: RenameTable


CATALOGUE: Mapping[str, Official] = MappingProxyType(
    {
        "fcos_r50_torchvision-coco": Official(
            url="https://download.pytorch.org/models/fcos_resnet50_fpn_coco-99b0c9b7.pth",
            licence="BSD-3-Clause",
            reported="box AP 39.2 on COCO val2017",
            # 91 outputs: COCO's category ids with their gaps; 0 is background and never wins.
            build=lambda: fcos_r50_torchvision(91),
            table=FCOS_R50,
        ),
    }
)


def load_official(name: str, *, folder: str | Path | None = None) -> torch.nn.Module:
    """Download (once) the weights called ``name``, convert them, and return the detector in evaluation mode.

    Args:
        name: a key of ``CATALOGUE``.
        folder: where downloads are kept; torch hub's folder by default.

    Raises:
        ValueError: an unknown name, or the file holds another model.
        RuntimeError: the file's sha256 does not begin as published.
        URLError: no network.
    """
    if name not in CATALOGUE:
        raise ValueError(f"no official weights called {name!r}: choose one of {', '.join(CATALOGUE)}")
    entry = CATALOGUE[name]
    state = torch.hub.load_state_dict_from_url(
        entry.url, model_dir=None if folder is None else str(folder), map_location="cpu", check_hash=True,
        weights_only=True,
    )  # fmt: skip
    detector = entry.build()
    put_weights(detector, rename(state, entry.table), source=entry.url)
    return detector.eval()
