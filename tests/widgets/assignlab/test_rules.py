"""AssignLab offers every entry, as it is on points, and says of it what the entry says."""

import pytest
import torch

from locviz.boxes import iou
from locviz.models import ASSIGNERS
from locviz.priors import PointPriors
from locviz.types import Targets
from locviz.widgets.assignlab.rules import rules_by_name

RULES = rules_by_name({})
PRIORS = PointPriors(strides=(4, 8))([(4, 4), (2, 2)], input_size=(16, 16))
OBJECTS = Targets(torch.tensor([[2.0, 2, 14, 10]]), torch.tensor([0]), (16, 16))


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.name) for entry in ASSIGNERS])
def test_a_rule_says_what_its_entry_says(entry):
    message = RULES[entry.name].message()
    assert (message["title"], message["says"]) == (entry.title, entry.rule)
    assert message["dynamic"] == entry.dynamic
    knobs = {knob.name: knob for knob in entry.knobs_on_points}
    for sent in message["knobs"]:
        knob = knobs.pop(sent.pop("name"))
        assert sent == {name: getattr(knob, name) for name in sent}
    assert not knobs


def test_the_callers_own_come_last():
    names = [entry.name for entry in ASSIGNERS]
    assert list(RULES) == names
    assert list(rules_by_name({"my_rule": max})) == [*names, "my_rule"]
    own = rules_by_name({"my_rule": max})["my_rule"]
    assert own.title == "my rule"
    assert own.build() is max


def test_what_compares_overlaps_shows_the_overlap_of_its_squares():
    rule = RULES["atss"]
    shown = rule.values(PRIORS, OBJECTS, None, {"side": 2.0})
    assert (rule.measure, shown.shape) == ("IoU", (20, 1))
    # The point (6, 6) of stride 4 has a square of 8 pixels:
    # [2, 10] x [2, 10] lies inside [2, 14] x [2, 10]: 64 of 96.
    assert shown[5, 0] == pytest.approx(64 / 96)
    square = torch.tensor([[2.0, 2, 10, 10]])
    assert shown[5] == pytest.approx(iou(square, OBJECTS.boxes))


def test_centre_sampling_shows_the_areas_that_it_compares():
    rule = RULES["center_sampling"]
    shown = rule.values(PRIORS, OBJECTS, None, {"radius": 0.0, "reach": 3.0})
    # (6, 6) lies inside; its farthest side is 8 px away, and stride 4 takes up to 12.
    assert shown[5, 0] == 12 * 8
    assert shown[3, 0] == float("inf")  # (14, 2) lies on its border: no candidate
    assert rule.low_is_best


def test_what_iterates_can_be_played():
    films = {name: rule.film for name, rule in RULES.items() if rule.film}
    assert films == {"ota": "sinkhorn", "hungarian": "auction"}


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_says_responsible_and_every_knob_says_what_it_does(rule):
    message = rule.message()
    assert "answer" not in message["says"]
    assert message["says"].endswith(".")
    assert len(message["caption"].split()) >= 6
    for knob in message["knobs"]:
        assert knob["help"].endswith("."), knob


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_only_what_shows_overlaps_of_squares_says_so(rule):
    """A matrix of costs, negative as it may be, is no IoU of anchors."""
    assert ("IoU of each prior's anchor square" in rule.message()["caption"]) == (
        rule.measure == "IoU"
    )
