"""Rows by hand, and what a run of several processes divides by."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from locviz.boxes import CornerCoder
from locviz.models import Matched, match_rows
from locviz.models.skeletons.matched import mean_over_processes
from locviz.types import BACKGROUND, IGNORE, Assignment, Priors, Targets

PRIORS = Priors(torch.tensor([[0.0, 4.0], [4, 8], [8, 12]]), torch.full((3,), 4.0), (3,))
TARGETS = [
    Targets(torch.tensor([[1.0, 5.0]]), torch.tensor([2]), (12,)),
    Targets(torch.tensor([[0.0, 2.0], [7.0, 12.0]]), torch.tensor([0, 1]), (12,)),
]


def rows(first: Assignment, second: Assignment, **options) -> Matched:
    options = {"coder": CornerCoder(units="absolute"), **options}
    return match_rows([first, second], TARGETS, PRIORS, **options)


def test_rows_by_hand():
    """Image 0: its object by prior 1. Image 1: the second object by prior 2, one prior ignored."""
    matched = rows(
        Assignment(torch.tensor([BACKGROUND, 0, BACKGROUND])),
        Assignment(torch.tensor([BACKGROUND, IGNORE, 1]), weight=torch.tensor([0.5, 3.0, 2.0])),
    )
    assert matched.image.tolist() == [0, 1]
    assert matched.prior.tolist() == [1, 2]
    assert matched.labels.tolist() == [2, 1]
    assert matched.gt_regions.tolist() == [[1, 5], [7, 12]]
    assert matched.prior_regions.tolist() == [[4, 8], [8, 12]]
    assert matched.gt_deltas.tolist() == [[-3, -3], [-1, 0]]
    assert matched.weight.tolist() == [1, 2]
    assert matched.prior_weight.tolist() == [[1, 1, 1], [0.5, 0, 2]]
    assert matched.all_labels.tolist() == [[-1, 2, -1], [-1, -1, 1]]
    assert matched.taking_part.tolist() == [[True] * 3, [True, False, True]]
    assert (matched.num_positive.item(), matched.num_rows.item()) == (2, 5)
    assert matched.num_objects == 3
    assert matched.one_hot(3).tolist() == [[0, 0, 1], [0, 1, 0]]
    assert matched.per_image(torch.tensor([3.0, 4.0])).tolist() == [3, 4]


def test_an_assigners_own_quality_counts_where_it_gave_one():
    matched = rows(
        Assignment(torch.tensor([0, BACKGROUND, BACKGROUND])),
        Assignment(torch.tensor([0, 1, IGNORE]), quality=torch.tensor([0.25, 0.5, 0.0])),
    )
    assert matched.quality_or(torch.full((3,), 0.9)).tolist() == pytest.approx([0.9, 0.25, 0.5])


def test_each_row_is_judged_by_the_deltas_of_its_own_class():
    """Four sets of two numbers: the background's, then those of labels 0, 1 and 2."""
    matched = rows(
        Assignment(torch.tensor([0, BACKGROUND, BACKGROUND])),
        Assignment(torch.tensor([0, 1, IGNORE])),
    )
    deltas = torch.arange(8.0).expand(2, 3, 8)
    assert matched.own_deltas(deltas).tolist() == [[6, 7], [2, 3], [4, 5]]
    assert matched.own_deltas(deltas[..., :2]).tolist() == [[0, 1]] * 3


def test_priors_of_each_image_and_no_positive():
    own = Priors(torch.arange(12.0).reshape(2, 3, 2), torch.zeros(3), (3,))
    nobody = Assignment(torch.full((3,), BACKGROUND))
    some = Assignment(torch.tensor([0, BACKGROUND, BACKGROUND]))
    coder = CornerCoder()
    matched = match_rows([nobody, some], TARGETS, own, coder=coder)
    assert matched.prior_regions.tolist() == [[6, 7]]
    empty = match_rows([nobody, nobody], TARGETS, own, coder=coder)
    assert empty.num_positive == 1  # so that nobody divides by 0
    assert empty.gt_deltas.shape == (0, 2)


def test_labels_are_checked_against_the_model():
    nobody = Assignment(torch.full((3,), BACKGROUND))
    with pytest.raises(ValueError, match="targets hold label 2 but the model has 2 classes"):
        rows(nobody, nobody, num_classes=2)


def test_one_process_divides_by_its_own_total():
    totals = torch.tensor([0.0, 7.0])
    assert mean_over_processes(totals, least=1.0).tolist() == [1, 7]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["fcos", "retinanet", "retinanet, each image the same", "faster_rcnn", "yolov10", "detr"],
)
def test_two_processes_have_the_gradients_of_one_with_the_joined_batch(tmp_path, name):
    """One process has three images with many objects, the other one image with one object."""
    script = Path(__file__).with_name("two_processes.py")
    command = [sys.executable, str(script), name, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    joined, averaged = torch.load(tmp_path / "joined"), torch.load(tmp_path / "averaged")
    assert joined.keys() == averaged.keys()
    largest = max(float(x.abs().max()) for x in joined.values())
    for key, expected in joined.items():
        difference = float((averaged[key] - expected).abs().max())
        assert difference <= 1e-6 * largest, key
    assert largest > 0
