"""What holds for every assigner on the list, new ones included; and where their settings come
from.
"""

import inspect

import pytest
import torch

from locviz import assign
from locviz.experiments.assigner_survey import survey_scene
from locviz.models import ASSIGNERS, assigner_entries, assigners, fcos_tiny
from locviz.models.assigner_entry import SIDE

ALL = [pytest.param(entry, id=entry.name) for entry in ASSIGNERS]


def test_every_entry_is_listed_once():
    constants = [
        value
        for value in vars(assigner_entries).values()
        if isinstance(value, assigner_entries.AssignerEntry)
    ]
    assert list(ASSIGNERS) == constants
    assert len({entry.name for entry in ASSIGNERS}) == len({entry.title for entry in ASSIGNERS})
    assert len({entry.name for entry in ASSIGNERS}) == len(ASSIGNERS)
    # Static ones first: a reader meets them first.
    assert [entry.dynamic for entry in ASSIGNERS if entry.priors != "cells"] == [False] * 5 + [
        True
    ] * 6


@pytest.mark.parametrize("entry", ALL)
def test_an_entry_says_what_it_is(entry):
    assert entry.rule.endswith(".")
    assert entry.origin
    assert inspect.getdoc(entry.source)
    assert getattr(assign, entry.source.__name__) is entry.source
    assert entry.priors in ("anchors", "points", "cells")
    assert entry.takes in ("one", "many")


@pytest.mark.parametrize("entry", ALL)
def test_every_knob_says_what_it_does_and_the_whole_range_builds(entry):
    for knob in entry.knobs_on_points:
        assert knob.help.endswith(".")
        assert knob.low <= knob.default <= knob.high
        entry.on_points(**{knob.name: knob.low})
        entry.on_points(**{knob.name: knob.high})


def test_the_side_of_squares_is_one_knob():
    owners = [entry for entry in ASSIGNERS if SIDE in entry.knobs_on_points]
    assert [entry.name for entry in owners] == ["max_iou", "rpn", "ssd", "atss", "class_aware"]
    assert not any(knob.name == "side" for entry in ASSIGNERS for knob in entry.knobs)


# The defaults are the papers': the entry's assigner is the one that the papers' functions build.
PAPERS = {
    "max_iou": lambda: assign.MaxIoU(positive=0.5, negative=0.4),
    "rpn": assign.rpn_rule,
    "ssd": assign.SSDRule,
    "grid_cell": assign.GridCell,
    "center_sampling": lambda: fcos_tiny_on((8, 16, 32)),
    "atss": lambda: assign.ATSS(top_k=9),
    "hungarian": assigners.hungarian,
    "ota": assigners.ota,
    "simota": assigners.sim_ota,
    "task_aligned": assigners.task_aligned,
    "class_aware": assign.ClassAwareIoU,
    "mutual_labelling": assign.MutualLabelling,
}


def fcos_tiny_on(strides):
    """The rule of fcos_tiny, with the ranges written out for other strides."""
    first, second = 3.0 * strides[0], 3.0 * strides[1]
    ranges = ((-1.0, first), (first, second), (second, float("inf")))
    return assign.CenterSampling(ranges=ranges, radius=1.5)


@pytest.mark.parametrize("entry", ALL)
def test_the_defaults_are_those_of_the_papers_functions(entry):
    for seed in range(3):
        scene = survey_scene(entry.priors, seed)
        expected = scene.assign(PAPERS[entry.name]())
        answer = scene.assign(entry.build())
        assert (answer.gt_index >= 0).any()
        assert torch.equal(answer.gt_index, expected.gt_index)


def test_a_turned_knob_reaches_the_assigner():
    scene = survey_scene("anchors", 0)
    few = scene.assign(assigner_entries.ATSS.build(top_k=2))
    assert torch.equal(few.gt_index, scene.assign(assign.ATSS(top_k=2)).gt_index)
    assert (few.gt_index >= 0).sum() < (scene.assign(assign.ATSS()).gt_index >= 0).sum()
    # A background threshold above the positive one is pulled down to it, so that knobs can cross.
    crossed = assigner_entries.MAX_IOU.build(positive=0.3, negative=0.9)
    expected = assign.MaxIoU(positive=0.3, negative=0.3)
    assert torch.equal(scene.assign(crossed).gt_index, scene.assign(expected).gt_index)


def test_centre_sampling_is_fcos_tinys_own_and_the_papers_at_reach_8():
    own = fcos_tiny(3).assigner
    assert assigner_entries.CENTER_SAMPLING.build().radius == own.radius
    scene = survey_scene("points", 0)
    papers = assigner_entries.CENTER_SAMPLING.build(reach=8.0, radius=0.0)
    assert papers.radius is None
    assert papers.ranges(scene.priors) == (*assign.FCOS_RANGES[:2], (128.0, float("inf")))
