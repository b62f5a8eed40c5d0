"""Shared by the parity tests."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import torch
from safetensors import safe_open
from torch import Tensor
from torchvision.ops import box_iou

from locviz.types import Detections

sys.path.append(str(Path(__file__).parent))  # for closeness.py
from closeness import allowed


def distance_to_tie(
    boxes: Tensor, scores: Tensor, labels: Tensor, *, threshold: float, nms_threshold: float
) -> float:
    """How far a selection is from hanging on a last bit: the smallest distance, in IoU or in score,
    to a decision that would fall differently.

    Such decisions are whether a score passes, whether two boxes of one label suppress each other,
    and which of the two it is. Brute force over all pairs, in float64.
    """
    boxes, scores = boxes.double(), scores.double()
    # Boxes that clipping left without area have no IoU.
    iou, gap = box_iou(boxes, boxes).nan_to_num(0), (scores[:, None] - scores).abs()
    one = (labels[:, None] == labels).triu(1)
    near = [
        (scores - threshold).abs(),
        (iou - nms_threshold).abs()[one],
        gap[one & (iou > nms_threshold)],
    ]
    return torch.cat(near).min().item()


def same_set(want: Detections, got: Detections) -> None:
    """Assert that both hold the same detections, in whatever order: corners to 1e-4 of the box's
    longer side, at least 1e-3 pixels, and scores to 1e-5.
    """
    assert len(got) == len(want)
    corners = (want.boxes[:, None] - got.boxes).abs() / allowed(want.boxes, 1e-4, least=10)[:, None]
    scores = (want.scores[:, None] - got.scores).abs() / 1e-5
    other = want.labels[:, None] != got.labels
    apart = torch.maximum(corners.amax(-1), scores).masked_fill(other, float("inf"))
    nearest, index = apart.min(1)
    assert nearest.max() <= 1
    assert len(index.unique()) == len(index)


@pytest.fixture(name="same_set")
def _same_set():
    return same_set


@pytest.fixture(name="distance_to_tie")
def _distance_to_tie():
    return distance_to_tie


def _load_script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _read_goldens(path: Path) -> tuple[dict[str, Tensor], dict]:
    with safe_open(path, "pt") as file:
        shapes = json.loads(file.metadata()["state_dict"])
        return {name: file.get_tensor(name) for name in file.keys()}, shapes  # noqa: SIM118


@pytest.fixture(scope="session")
def load_script() -> Callable[[str], ModuleType]:
    """``load_script("gfl_goldens")``: the module beside the tests that made a file of goldens."""
    return _load_script


@pytest.fixture(scope="session")
def read_goldens() -> Callable[[Path], tuple[dict[str, Tensor], dict]]:
    """From a file of goldens to the answers by name, and the shapes of the reference's state dict."""
    return _read_goldens
