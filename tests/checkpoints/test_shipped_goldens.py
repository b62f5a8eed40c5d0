"""The shipped weights predict what they always predicted; shipped_goldens.py says how the answers
were kept.

Predictions before selection to a tolerance. Detections only where their score is clear of the
threshold, each matched to its own: never a list in its order.
"""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from locviz.checkpoints import load_shipped, shipped
from locviz.types import Detections

_spec = importlib.util.spec_from_file_location(
    "shipped_goldens", Path(__file__).with_name("shipped_goldens.py")
)
goldens = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(goldens)

# Other processors differ by some 1e-5 where logits reach 30 and a proposal moves by 1e-4 pixels.
TOLERANCE = 2e-3
COLUMNS = ("logits", "deltas", "quality")


@pytest.fixture(scope="module")
def stored():
    """The kept arrays by name."""
    with np.load(goldens.GOLDENS) as file:
        return {name: file[name] for name in file.files}


def scene(stored, name: str, index: int):
    """The image and its answers."""
    prefix = f"{name}.{index}."
    answers = {
        key.removeprefix(prefix): torch.from_numpy(value)
        for key, value in stored.items()
        if key.startswith(prefix)
    }
    return goldens.image_of(stored[f"{goldens.WEIGHTS[name]}.{index}"]), answers


@torch.no_grad()
def compare_predictions(detector, image, answers) -> None:
    got = goldens.rows(detector([image]))
    assert set(got) == {"regions", *COLUMNS} & set(answers)
    index, distance = goldens.nearest(got["regions"], answers["regions"])
    assert len(index) >= 10
    assert distance.max() <= 1e-2
    for column in sorted(set(got) - {"regions"}):
        torch.testing.assert_close(
            got[column][index], answers[column], rtol=TOLERANCE, atol=TOLERANCE
        )


def compare_detections(detector, image, answers) -> None:
    want = Detections(answers["boxes"], answers["scores"], answers["labels"])
    (got,) = detector.detect([image])
    clear = goldens.SCORE + 0.02
    assert goldens.all_found(goldens.above(want, clear), got, tolerance=5e-3)
    assert goldens.all_found(goldens.above(got, clear), want, tolerance=5e-3)


def test_what_shipped_before_still_ships():
    assert set(goldens.WEIGHTS) <= set(shipped())


@pytest.mark.parametrize("name", goldens.WEIGHTS)
def test_shipped_weights_predict_and_detect_what_they_did(stored, name):
    detector, _ = load_shipped(name)
    for index in range(goldens.NUM_SCENES):
        image, answers = scene(stored, name, index)
        compare_predictions(detector, image, answers)
        compare_detections(detector, image, answers)


@pytest.mark.parametrize("name", goldens.WEIGHTS)
def test_the_comparisons_notice_a_change(stored, name):
    """One weight of the first layer; then a detector that sees a darker image."""
    image, answers = scene(stored, name, 0)
    detector, _ = load_shipped(name)
    with pytest.raises(AssertionError):
        compare_detections(detector, image * 0.7, answers)
    with torch.no_grad():
        next(detector.parameters()).view(-1)[0] += 0.05
    with pytest.raises(AssertionError):
        compare_predictions(detector, image, answers)
