"""docs/modern_detr.md names what exists, and what it says of two compositions holds."""

import re
from importlib import import_module
from pathlib import Path

import pytest
import torch
from torch import nn

from locviz.layers import SinePositions, TransformerEncoder

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "docs" / "modern_detr.md").read_text(encoding="utf-8")
PARTS = ("assign", "boxes", "layers", "losses", "models", "models.yolox.csp", "postprocess")
CLASSES = sorted(set(re.findall(r"`([A-Z]\w*[a-z]\w*)`", TEXT)))
FUNCTIONS = ("distribution_focal_loss", "gfl_tiny", "quality_focal_loss")


@pytest.mark.parametrize("name", [*CLASSES, *FUNCTIONS])
def test_our_names_exist(name):
    assert f"`{name}`" in TEXT
    assert any(hasattr(import_module(f"locviz.{part}"), name) for part in PARTS)


def test_the_page_is_no_stub_and_short():
    assert len(CLASSES) > 15
    words = [word for word in TEXT.split() if re.search(r"\w", word)]  # a bar of a table is none
    assert len(words) <= 900


def test_an_encoder_without_layers_makes_one_sequence():
    encoder = TransformerEncoder(channels=8, positions=SinePositions(channels=8), depth=0)
    levels = [torch.randn(2, 8, 4, 4), torch.randn(2, 8, 2, 2)]
    memory = encoder(levels, [torch.zeros(2, *x.shape[2:], dtype=torch.bool) for x in levels])
    assert memory.tokens.shape == (2, 20, 8)
    assert torch.equal(memory.tokens[:, 16:], levels[1].flatten(2).transpose(1, 2))
    assert not list(nn.ModuleList(encoder.layers))


def test_d_fines_last_bins_move_an_edge_by_half_a_side_and_by_a_whole_one():
    """By its formula, with 33 bins, ``up`` 0.5 and ``reg_scale`` 4: steps of a constant factor,
    whose bins are divided by ``reg_scale`` and multiplied with the side.
    """
    last, up, scale = 32, 0.5, 4.0
    factor = (up * scale + 1) ** (2 / (last - 2))
    assert (factor ** (last // 2 - 1) - 1) / scale == pytest.approx(0.5)
    assert 2 * up * scale / scale == 1.0


def test_the_readme_leads_there():
    assert "docs/modern_detr.md" in (ROOT / "README.md").read_text(encoding="utf-8")
