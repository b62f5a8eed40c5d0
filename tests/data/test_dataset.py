import pickle
import subprocess
import sys

import pytest
import torch

from locviz.data import DetectionSet, Digits, Misaligned, SampleSet, Shapes
from locviz.data.dataset import checked_index, checked_split


def test_protocols():
    assert isinstance(Shapes(), DetectionSet)
    assert isinstance(Digits(), DetectionSet)
    assert isinstance(Misaligned(), DetectionSet)
    assert isinstance([], SampleSet)
    assert not isinstance([], DetectionSet)


def test_index_counts_from_both_ends():
    assert [checked_index(i, 3) for i in (-3, -1, 0, 2)] == [0, 2, 0, 2]
    for index in (-4, 3):
        with pytest.raises(IndexError, match="3 samples"):
            checked_index(index, 3)
    with pytest.raises(IndexError):
        checked_index(0, 0)


def test_split():
    assert checked_split("a", ("a", "b")) == "a"
    with pytest.raises(ValueError, match="split must be one of a, b, got 'c'"):
        checked_split("c", ("a", "b"))


@pytest.mark.parametrize(
    "dataset",
    [Shapes(level="crowded", num_scenes=3), Misaligned(num_scenes=3), Digits(num_scenes=3)],
)
def test_data_sets_can_be_sent_to_worker_processes(dataset):
    again = pickle.loads(pickle.dumps(dataset))
    assert torch.equal(again[2][0], dataset[2][0])


def test_drawing_loads_nothing_that_it_does_not_need():
    script = (
        "import sys; from locviz.data import Shapes, Batches; next(iter(Batches(Shapes(), batch_size=2, seed=0)));"
        "print([m for m in ('torchvision', 'sklearn', 'matplotlib', 'pycocotools') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
