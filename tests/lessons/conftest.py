import sys
from pathlib import Path

import pytest
import torch

from locviz import data, train
from locviz.checkpoints import load_shipped
from locviz.course import progress_file

# The tests of checks and of challenges share helpers that are no tests.
sys.path.append(str(Path(__file__).parent))


@pytest.fixture(autouse=True)
def own_progress(tmp_path, monkeypatch):
    """No test may touch the progress of whoever runs it."""
    monkeypatch.setenv("LOCVIZ_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(progress_file, "_notices", [])
    monkeypatch.setattr(progress_file, "_unsaved", {})
    return tmp_path / "home"


@pytest.fixture(scope="session")
def evaluated():
    """What the shipped detector finds on the digits of chapter 03."""
    torch.manual_seed(0)
    digits = data.Digits(split="test").cached()
    detector, _ = load_shipped("fcos_tiny-digits")
    targets = [digits[i][1] for i in range(len(digits))]
    return {
        "detections": train.predict(detector, digits),
        "targets": targets,
        "class_names": digits.class_names,
    }
