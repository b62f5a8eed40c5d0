import json
import re
from pathlib import Path

import pytest
import torch
from safetensors import safe_open

from locviz.checkpoints import rename
from locviz.models import yolox_nano, yolox_s
from locviz.models.faster_rcnn.names import TORCHVISION as FASTER_RCNN_NAMES
from locviz.models.fcos.names import TORCHVISION as FCOS_NAMES
from locviz.models.yolox.names import MEGVII

YOLOX_GOLDENS = Path(__file__).parents[1] / "parity" / "goldens" / "yolox_s.safetensors"

TABLE = (("body.layer1", "stages.0"), ("body.layer10", "stages.9"), ("head", "top"))


def test_whole_parts_of_names_are_renamed():
    state = {
        "body.layer1.0.weight": torch.zeros(1),
        "body.layer10.weight": torch.ones(1),
        "head": torch.ones(2),
    }
    assert list(rename(state, TABLE)) == ["stages.0.0.weight", "stages.9.weight", "top"]


def test_a_part_is_renamed_wherever_it_stands():
    table = (("*.deep", "*.wide"), *TABLE)
    names = ["body.layer1.deep.weight", "body.layer10.2.deep.deeper.bias", "head"]
    ours = ["stages.0.wide.weight", "stages.9.2.wide.deeper.bias", "top"]
    assert list(rename(dict.fromkeys(names, torch.zeros(1)), table)) == ours
    with pytest.raises(ValueError, match=r"'deep\.weight'"):
        rename({"deep.weight": torch.zeros(1)}, table)  # a part is no prefix


DEPTHWISE = r"(dark\d\.0|m\.\d\.conv2|bu_conv\d|(?:cls|reg)_convs\.\d\.\d)\.(conv|bn)\."


def test_the_table_gives_exactly_nanos_names():
    """Megvii's nano has the blocks of its s; in place of every convolution that downsamples or
    mixes neighbours, the stem's apart, it has a ``dconv`` and a ``pconv``.
    """
    with safe_open(YOLOX_GOLDENS, "pt") as file:
        small = json.loads(file.metadata()["state_dict"])
    nano = {
        re.sub(DEPTHWISE, rf"\1.{half}.\2.", name): torch.zeros(1)
        for name in small
        for half in ("dconv", "pconv")
    }
    assert len(nano) > len(small) > 300
    assert rename(nano, MEGVII).keys() == yolox_nano(2).state_dict().keys()
    assert (
        rename(dict.fromkeys(small, torch.zeros(1)), MEGVII).keys()
        == yolox_s(2).state_dict().keys()
    )


def test_foreign_names_are_named():
    with pytest.raises(ValueError, match=r"1 of 2 names .* 'header\.weight'"):
        rename({"head.bias": torch.zeros(1), "header.weight": torch.zeros(1)}, TABLE)


def test_the_table_covers_torchvisions_model_and_gives_exactly_our_names():
    from torchvision.models.detection import fcos_resnet50_fpn

    from locviz.models import fcos_r50_torchvision

    theirs = fcos_resnet50_fpn(weights=None, weights_backbone=None, num_classes=3).state_dict()
    # A build without weights has ordinary batch norms, which count their batches.
    theirs = {name: x for name, x in theirs.items() if not name.endswith("num_batches_tracked")}
    ours = fcos_r50_torchvision(3).state_dict()
    renamed = rename(theirs, FCOS_NAMES)
    assert {name: x.shape for name, x in renamed.items()} == {
        name: x.shape for name, x in ours.items()
    }


@pytest.mark.parametrize("old", [False, True])
def test_the_table_covers_torchvisions_faster_rcnn_and_gives_exactly_our_names(old):
    """The published file is older than two of the names: a part of them is missing there."""
    from torchvision.models.detection import fasterrcnn_resnet50_fpn

    from locviz.models import faster_rcnn_r50_fpn

    theirs = fasterrcnn_resnet50_fpn(
        weights=None, weights_backbone=None, num_classes=4
    ).state_dict()
    theirs = {name: x for name, x in theirs.items() if not name.endswith("num_batches_tracked")}
    if old:
        theirs = {_as_published(name): x for name, x in theirs.items()}
        assert {"rpn.head.conv.weight", "backbone.fpn.inner_blocks.3.bias"} <= set(theirs)
    ours = faster_rcnn_r50_fpn(3).state_dict()
    renamed = rename(theirs, FASTER_RCNN_NAMES)
    assert {name: x.shape for name, x in renamed.items()} == {
        name: x.shape for name, x in ours.items()
    }


def _as_published(name: str) -> str:
    parts = name.replace("rpn.head.conv.0.0", "rpn.head.conv").split(".")
    return ".".join(parts[:4] + parts[5:] if parts[1] == "fpn" else parts)
