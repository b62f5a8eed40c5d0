"""The toy detector, for every test here."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def toy():
    """The module toy.py: Toy, ToyBatches, ToyDataset."""
    spec = importlib.util.spec_from_file_location("toy", Path(__file__).with_name("toy.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def on_cpu(monkeypatch):
    """Bit-identical weights are promised on a CPU."""
    monkeypatch.setenv("LOCVIZ_DEVICE", "cpu")
