"""What holds for every preset of every system, new ones included."""

import copy
import inspect
import time
from contextlib import contextmanager
from itertools import pairwise

import pytest
import torch
from torch import nn

from locviz.checkpoints import shipped
from locviz.models import (
    PRESETS,
    PUBLISHED,
    SYSTEMS,
    DenseDetector,
    DenseStages,
    Detector,
    FasterStages,
    QueryDetector,
    QueryStages,
    system_of,
)
from locviz.models.faster_rcnn.model import wire_faster_rcnn
from locviz.models.skeletons.given_proposals import GivenStages, wire_given_proposals

TINY = [system.tiny for system in SYSTEMS]
ALL = [pytest.param(preset, id=name) for name, preset in PRESETS.items()]
# A preset whose parameters are gigabytes is built on the device that holds no numbers.
META = torch.device("meta")


@contextmanager
def counting():
    """Count the numbers in all parameters that are registered, those of thrown-away modules too."""
    created: dict[int, nn.Parameter] = {}
    register = nn.Module.register_parameter

    def counted(module, name, parameter):
        if parameter is not None:
            created[id(parameter)] = parameter  # kept alive, so that no id comes twice
        register(module, name, parameter)

    nn.Module.register_parameter = counted
    try:
        yield lambda: sum(parameter.numel() for parameter in created.values())
    finally:
        nn.Module.register_parameter = register


@pytest.mark.parametrize("preset", ALL)
def test_a_preset_creates_what_it_keeps(preset):
    with counting() as created, META:
        model = preset(3)
        kept = sum(parameter.numel() for parameter in model.parameters())
        assert kept > 0
        assert created() <= 1.05 * kept


def test_the_counter_sees_what_is_thrown_away():
    with counting() as created, META:
        kept = nn.Linear(3, 4)
        nn.Linear(30, 40)
    assert created() == 3 * 4 + 4 + 30 * 40 + 40
    assert sum(parameter.numel() for parameter in kept.parameters()) == 16


@pytest.mark.parametrize("preset", ALL)
def test_an_unknown_stage_is_refused_and_the_nearest_named(preset):
    with META, pytest.raises(TypeError, match=r"no stage called 'postproces'.*'postprocess'"):
        preset(3, postproces=None)
    with META, pytest.raises(TypeError, match=r"no stage called 'bakbone'.*'backbone'"):
        preset(3, bakbone=nn.Identity())


@pytest.mark.parametrize("preset", ALL)
def test_a_given_stage_replaces_the_default_unbuilt(preset):
    """A backbone without parameters, given: then those of the default were never created."""
    with META:
        usual = preset(3)
        num_backbone = sum(p.numel() for p in usual.backbone.parameters())
        num_rest = sum(p.numel() for p in usual.parameters()) - num_backbone
        with counting() as created:
            other = preset(3, backbone=nn.Identity())
    assert isinstance(other.backbone, nn.Identity)
    assert created() <= 1.05 * num_rest


def copied(model: nn.Module) -> None:
    """What plain torch does for the same modules: make each, and draw its weights."""
    for module in copy.deepcopy(model).modules():
        if hasattr(module, "reset_parameters"):
            module.reset_parameters()


@pytest.mark.parametrize("preset", TINY)
def test_a_tiny_preset_is_built_no_slower_than_copied_and_drawn_anew(preset):
    """A ratio, from the best of five in turns: the machine may be slow or busy. Presets take 0.4 to
    0.9 of what the copy takes.
    """
    model = preset(3)
    seconds = []
    for _ in range(5):
        times = [time.process_time()]
        for build in (lambda: preset(3), lambda: copied(model)):
            build()
            times.append(time.process_time())
        seconds.append([end - start for start, end in pairwise(times)])
    ours, theirs = (min(column) for column in zip(*seconds, strict=True))
    assert ours <= 2 * theirs


@pytest.mark.parametrize("preset", TINY)
def test_tiny_means_below_a_million_and_a_half(preset):
    assert sum(p.numel() for p in preset(10).parameters()) < 1_500_000


def test_every_preset_is_listed_once_and_says_what_it_is():
    names = [preset.__name__ for system in SYSTEMS for preset in system.presets]
    assert len(names) == len(set(names)) == len(PRESETS)
    for system in SYSTEMS:
        assert system.paper.startswith("https://arxiv.org/abs/")
        assert 0 <= system.chapter <= 20
        assert system.origin
        assert all(inspect.getdoc(preset) for preset in system.presets)
        assert system.recipes, f"{system.title} has no recipe for its tiny preset"


def test_a_preset_finds_its_system():
    assert all(system_of(system.tiny) is system for system in SYSTEMS)
    with pytest.raises(ValueError, match="'len' is no preset"):
        system_of(len)


def test_published_weights_are_named_after_a_preset_and_its_data():
    for name, weights in PUBLISHED.items():
        preset, _, data = name.rpartition("-")
        assert preset in PRESETS
        assert data == "coco"
        assert name == weights.name
        with META:
            assert isinstance(weights.build(), Detector)


def test_shipped_weights_are_of_listed_presets_and_of_their_recipes():
    for name, card in shipped().items():
        system = system_of(PRESETS[card.preset])
        data = name.removeprefix(f"{card.preset}-")
        assert system.tiny is PRESETS[card.preset]
        assert card.recipe["steps"] == system.recipes[data].steps
        assert card.recipe["batch_size"] == system.recipes[data].batch_size


@pytest.mark.parametrize("preset", ALL)
@pytest.mark.parametrize("name", ["channels", "dim", "width", "depth", "convolution"])
def test_a_number_that_a_preset_has_fixed_is_refused_and_not_swallowed(preset, name):
    """They are parameters of ``fcos``, ``yolox`` and their like, whose stages a preset replaces."""
    with META, pytest.raises(TypeError, match=f"no stage called '{name}'"):
        preset(3, **{name: 1})


@pytest.mark.parametrize(
    ("names", "whole"),
    [
        (DenseStages, DenseDetector),
        (GivenStages, wire_given_proposals),
        (FasterStages, wire_faster_rcnn),
        (QueryStages, QueryDetector),
    ],
)
def test_the_stages_that_an_editor_offers_are_those_that_are_wired(names, whole):
    assert set(names.__annotations__) == set(inspect.signature(whole).parameters)
