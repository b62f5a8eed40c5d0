"""An entry builds its assigner plainly, and for a detector that has only points."""

import pytest

from locviz.assign import OneLevel, OnSquareAnchors
from locviz.models import AssignerEntry
from locviz.models.knob import Knob


def made(**knobs):
    """Stands for an assigner: what it was made of."""
    return lambda priors, targets, predicted=None: knobs


def entry(priors):
    top_k = Knob(name="top_k", label="k", low=1, high=9, step=1, default=4, help="How many.")
    return AssignerEntry(
        name="mine", title="Mine", rule="It takes.", origin="here", source=made, make=made,
        decided="each object alone", takes="many", priors=priors, knobs=(top_k,),
    )  # fmt: skip


def test_it_is_made_of_all_its_knobs():
    assert entry("points").build()(None, None) == {"top_k": 4}
    assert entry("points").build(top_k=7)(None, None) == {"top_k": 7}
    assert entry("points").on_points(top_k=7)(None, None) == {"top_k": 7}


def test_on_points_an_assigner_for_anchors_sees_squares():
    assigner = entry("anchors").on_points(side=2.5, top_k=3)
    assert isinstance(assigner, OnSquareAnchors)
    assert assigner.side == 2.5
    assert assigner.assigner(None, None) == {"top_k": 3}
    assert [knob.name for knob in entry("anchors").knobs_on_points] == ["top_k", "side"]
    assert entry("anchors").build()(None, None) == {"top_k": 4}


def test_on_points_an_assigner_for_a_grid_sees_one_level():
    assigner = entry("cells").on_points(level=1)
    assert isinstance(assigner, OneLevel)
    assert assigner.level == 1
    assert [knob.name for knob in entry("cells").knobs_on_points] == ["top_k", "level"]


@pytest.mark.parametrize("priors", ["anchors", "points", "cells"])
def test_a_wrong_knob_is_refused_by_the_entrys_name(priors):
    with pytest.raises(ValueError, match=r"mine\.top_k must be in 1\.\.9, got 10"):
        entry(priors).on_points(top_k=10)
    with pytest.raises(ValueError, match="mine has no knob 'side': did you mean 'top_k'"):
        entry(priors).build(side=4.0)
