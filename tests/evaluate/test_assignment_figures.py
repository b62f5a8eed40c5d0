"""Figures of assignments, counted by hand."""

import math

import pytest
import torch

from locviz.evaluate.assignment_figures import claims, flips, positives_per_object
from locviz.priors import PointPriors
from locviz.types import Assignment, Targets


def owners(*index):
    return Assignment(torch.tensor(index))


def targets(*boxes, crowd=None):
    rows = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4)
    flags = None if crowd is None else torch.tensor(crowd)
    return Targets(rows, torch.zeros(len(rows), dtype=torch.long), (8, 8), crowd=flags)


def inside(priors, given, predicted=None):
    """Every point is responsible for the last object that it lies in."""
    low, high = given.boxes.chunk(2, -1)
    within = ((priors.centers[:, None] > low) & (priors.centers[:, None] < high)).all(-1)
    last = (
        (within * torch.arange(1, len(given) + 1)).amax(1)
        if len(given)
        else torch.zeros(len(priors)).long()
    )
    return Assignment(last - 1)


def test_positives_are_counted_per_object_without_crowds():
    two = targets((0, 0, 2, 2), (0, 0, 4, 4), (4, 4, 8, 8), crowd=[False, True, False])
    assert positives_per_object(
        [owners(0, 0, -1, -2, 2), owners(-1, -1)], [two, targets()]
    ).tolist() == [2, 1]
    assert positives_per_object([], []).tolist() == []


def test_flips_are_counted_among_those_that_answer_before_or_after():
    before, after = [owners(0, 0, 1, -1, -1, -2)], [owners(0, 1, -1, 1, -1, -1)]
    # Answering before or after: the first four. Of them the last three changed.
    assert flips(before, after) == 3 / 4
    assert flips(before, before) == 0.0
    assert flips(after, before) == flips(before, after)
    assert math.isnan(flips([owners(-1, -2)], [owners(-1, -1)]))


def test_a_prior_is_claimed_by_every_object_that_would_take_it_alone():
    priors = PointPriors(strides=(4,))([(2, 2)], input_size=(8, 8))  # points at 2 and 6
    both = targets((0, 0, 8, 8), (0, 0, 4, 4))
    assert inside(priors, both).gt_index.tolist() == [1, 0, 0, 0]
    assert claims(inside, priors, both).tolist() == [2, 1, 1, 1]
    assert claims(inside, priors, targets()).tolist() == [0, 0, 0, 0]


def test_what_does_not_belong_together_is_refused():
    with pytest.raises(ValueError, match="1 assignments and 0 targets"):
        positives_per_object([owners(0)], [])
    with pytest.raises(ValueError, match="2 priors, after 1"):
        flips([owners(0, 0)], [owners(0)])
