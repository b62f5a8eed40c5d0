"""Official weights, by name, for whoever is online: where they are, under which licence, what they
reached.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from locviz.checkpoints.convert import RenameTable, rename
from locviz.checkpoints.torchvision import FASTER_RCNN_R50_FPN, FCOS_R50
from locviz.checkpoints.yolox import YOLOX
from locviz.layers import ResNet50
from locviz.models import faster_rcnn_r50_fpn, fcos_r50_torchvision, yolox_s
from locviz.train.checkpoint import put_weights


@dataclass(frozen=True, kw_only=True)
class Official:
    """One published file.

    Attributes:
        url: the file. Where its name ends in the first digits of its sha256, as torchvision
            publishes them, the download is checked against them.
        licence: of the weights.
        reported: the origin's own figure, and on what.
        build: makes the detector that the weights fit.
        table: the origin's parameter names to ours.
        unpack: what was loaded, to the state dict in it.
        unchecked: why nothing tells a damaged or exchanged file from the published one; empty where
            the url does.
    """

    url: str
    licence: str
    reported: str
    build: Callable[[], torch.nn.Module]
    table: RenameTable
    unpack: Callable[[Any], Mapping[str, torch.Tensor]] = dict
    unchecked: str = ""


CATALOGUE: Mapping[str, Official] = MappingProxyType(
    {
        "faster_rcnn_r50_fpn-coco": Official(
            url="https://download.pytorch.org/models/fasterrcnn_resnet50_fpn_coco-258fb6c6.pth",
            licence="BSD-3-Clause",
            reported="box AP 37.0 on COCO val2017",
            # 90 labels: COCO's category ids with their gaps, less one. These weights were trained
            # when torchvision's frozen batch norm had no epsilon.
            build=lambda: faster_rcnn_r50_fpn(90, backbone=ResNet50(num_maps=4, eps=0.0)),
            table=FASTER_RCNN_R50_FPN,
        ),
        "fcos_r50_torchvision-coco": Official(
            url="https://download.pytorch.org/models/fcos_resnet50_fpn_coco-99b0c9b7.pth",
            licence="BSD-3-Clause",
            reported="box AP 39.2 on COCO val2017",
            # 91 outputs: COCO's category ids with their gaps; 0 is background and never wins.
            build=lambda: fcos_r50_torchvision(91),
            table=FCOS_R50,
        ),
        "yolox_s-coco": Official(
            url="https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_s.pth",
            licence="Apache-2.0",
            reported="box AP 40.5 on COCO val2017",
            build=lambda: yolox_s(80),
            table=YOLOX,
            unpack=itemgetter("model"),
            unchecked="Megvii publishes no sums, and the file has not been at hand to take one",
        ),
    }
)


def load_official(name: str, *, folder: str | Path | None = None) -> torch.nn.Module:
    """Download (once) the weights called ``name``, convert them, and return the detector in
    evaluation mode.

    Args:
        name: a key of ``CATALOGUE``.
        folder: where downloads are kept; torch hub's folder by default.

    Raises:
        ValueError: an unknown name, or the file holds another model.
        RuntimeError: the file's sha256 does not begin as published.
        URLError: no network.
    """
    if name not in CATALOGUE:
        raise ValueError(
            f"no official weights called {name!r}: choose one of {', '.join(CATALOGUE)}"
        )
    entry = CATALOGUE[name]
    state = torch.hub.load_state_dict_from_url(
        entry.url, model_dir=None if folder is None else str(folder), map_location="cpu", check_hash=True,
        weights_only=True,
    )  # fmt: skip
    detector = entry.build()
    put_weights(detector, rename(entry.unpack(state), entry.table), source=entry.url)
    return detector.eval()
