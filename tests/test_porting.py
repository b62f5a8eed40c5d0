"""docs/porting.md names what exists."""

import re
from importlib import import_module
from pathlib import Path

import pytest
import torchvision.ops

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "porting.md").read_text(encoding="utf-8")
NAMES = sorted(set(re.findall(r"`locviz\.(\w+)\.(\w+)`", TEXT)))


@pytest.mark.parametrize(("part", "name"), NAMES, ids=[".".join(names) for names in NAMES])
def test_our_names_exist_and_are_public(part, name):
    module = import_module(f"locviz.{part}")
    assert hasattr(module, name)
    assert name in getattr(module, "__all__", vars(module))


def test_the_table_is_no_stub():
    assert len(NAMES) > 50
    assert "`locviz" in TEXT.split("## Layers")[1]


def test_names_of_torchvisions_operators_exist_there():
    """Those that stand before the first bar of a row, without the name of another library."""
    rows = [line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| ")]
    listed = {"box_iou", "generalized_box_iou", "box_convert", "box_area", "remove_small_boxes", "nms",
              "batched_nms", "complete_box_iou_loss", "sigmoid_focal_loss", "clip_boxes_to_image"}  # fmt: skip
    assert all(any(name in row for row in rows) for name in listed)
    assert all(
        hasattr(torchvision.ops, name) or hasattr(torchvision.ops.boxes, name) for name in listed
    )


def test_the_readme_leads_there():
    assert "docs/porting.md" in (ROOT / "README.md").read_text(encoding="utf-8")
