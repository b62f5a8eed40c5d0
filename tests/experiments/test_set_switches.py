"""Each switch of the one-picture experiment changes what it names, and the counts are right."""

import pytest
import torch

from locviz.experiments import set_switches
from locviz.experiments.set_switches import RECIPE, SWITCHES, SeveralEach, count
from locviz.types import Detections, Targets


@pytest.fixture(scope="module")
def scene():
    return set_switches.one_picture()


def test_the_picture_has_four_objects(scene):
    assert len(scene) == 1
    assert len(scene[0][1]) == 4


def test_only_the_rate_differs():
    assert (SWITCHES["slow"].recipe.lr, RECIPE.lr, SWITCHES["fast"].recipe.lr) == (1e-4, 1e-3, 1e-2)


@pytest.mark.parametrize(
    ("name", "num"),
    [("plain", 25), ("queries_2", 2), ("queries_100", 100), ("queries_100_light", 100)],
)
def test_so_many_boxes(scene, name, num):
    detector = SWITCHES[name].detector(3).eval()
    assert len(detector.detect([scene[0][0]])[0]) == num


def test_without_auxiliary_losses_only_the_last_layer_has_terms(scene):
    image, truth = scene[0]
    plain, last = (SWITCHES[name].detector(3) for name in ("plain", "no_auxiliary"))
    found = [detector.loss([image], [truth]).terms for detector in (plain, last)]
    assert set(found[1]) == {"classification", "l1", "giou"}
    for name, value in found[1].items():
        assert torch.equal(value, found[0][name])


@pytest.mark.parametrize(
    ("name", "weight"), [("weight_1", 1.0), ("weight_0", 0.0), ("queries_100_light", 0.022)]
)
def test_another_weight_of_no_object(name, weight):
    given = SWITCHES[name].stages()["loss"].classification
    assert given.keywords == {"no_object": weight}


def test_the_weight_of_all_queries_without_an_object_is_that_of_twenty_five():
    light = SWITCHES["queries_100_light"].stages()["loss"].classification.keywords["no_object"]
    assert (100 - 4) * light == pytest.approx((25 - 4) * 0.1, rel=0.01)


def test_four_queries_per_object(scene):
    image, truth = scene[0]
    detector = SWITCHES["four_each"].detector(3)
    predicted = detector([image])
    (found,) = detector.assign(predicted, detector.regions(predicted), [truth])
    assert [int((found.gt_index == index).sum()) for index in range(4)] == [4] * 4
    # One copy of each is the ordinary matching.
    detector.assigner = SeveralEach(1)
    once = detector.assign(predicted, detector.regions(predicted), [truth])[0].gt_index
    plain = SWITCHES["plain"].detector(3)
    assert torch.equal(once, plain.assign(predicted, plain.regions(predicted), [truth])[0].gt_index)


def test_an_image_without_objects_matches_nobody(scene):
    empty = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (64.0, 64.0))
    loss = SWITCHES["four_each"].detector(3).loss([scene[0][0]], [empty]).total
    assert torch.isfinite(loss)


def test_what_is_counted():
    boxes = torch.tensor([[0.0, 0, 10, 10], [20.0, 20, 30, 30]])
    truth = Targets(boxes, torch.tensor([0, 1]), (64.0, 64.0))
    three = boxes[[0, 0, 1]]
    # Twice the first object; the second with another class.
    found = Detections(three, torch.tensor([0.9, 0.8, 0.7]), torch.tensor([0, 0, 0]))
    assert count(5, found, truth) == (5, 1, 3)
    unsure = Detections(three, torch.tensor([0.4, 0.8, 0.5]), torch.tensor([0, 0, 1]))
    assert count(5, unsure, truth) == (5, 1, 1)


def test_every_switch_is_stored_with_three_seeds():
    found = set_switches.results()
    last = {name: set_switches.last_counts(found, name) for name in SWITCHES}
    assert all(len(seeds) == 3 for seeds in last.values())
    # What the chapter tells.
    assert all(pair == (4, 4) for pair in last["plain"] + last["no_auxiliary"])
    assert all(objects == 2 for objects, _ in last["slow"] + last["queries_2"])
    assert all(pair == (0, 0) for pair in last["fast"])
    assert all(objects == 3 for objects, _ in last["weight_1"] + last["queries_100"])
    assert all(objects == 4 for objects, _ in last["queries_100_light"])
    assert all(pair == (4, 25) for pair in last["weight_0"])
    assert all(objects == 4 and sure > 20 for objects, sure in last["four_each"])


def test_few_pictures_are_learned_by_heart_and_more_teach_what_a_picture_is():
    runs = set_switches.results()["pictures"]
    assert list(runs) == [str(num) for num in set_switches.PICTURES]
    assert all(run["own"] > 0.95 for run in runs.values())
    held_out = [run["held_out"] for run in runs.values()]
    assert held_out == sorted(held_out)
    assert held_out[0] < 0.5
    assert held_out[-1] > 0.9
