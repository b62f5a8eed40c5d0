"""What each assigner looks at, against its paper; and what "alone" and "together" mean."""

import inspect

import pytest
import torch

from locviz import assign
from locviz.experiments import assigner_survey as survey
from locviz.types import Priors, Targets

PLACES, SHAPES = "prior places", "prior shapes"
CLASSES, BOXES, QUALITY = "predicted classes", "predicted boxes", "predicted quality"
BY_TITLE = {strategy.title: strategy for strategy in survey.STRATEGIES}


def test_no_assigner_is_left_out():
    """All classes that are called with priors and targets, but those that wrap another assigner."""
    classes = [
        item for item in vars(assign).values() if inspect.isclass(item) and "__call__" in vars(item)
    ]
    assigners = {
        cls
        for cls in classes
        if {"priors", "targets"} <= set(inspect.signature(cls.__call__).parameters)
    }
    shown = {type(strategy.build()) for strategy in survey.STRATEGIES}
    assert shown == assigners - {assign.InsideImage, assign.OnSquareAnchors}


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        ("IoU threshold", {PLACES, SHAPES}),
        ("two thresholds, best forced", {PLACES, SHAPES}),
        ("bipartite, then threshold", {PLACES, SHAPES}),
        ("grid cell", {PLACES, SHAPES, BOXES}),
        ("inside, by size", {PLACES}),
        ("adaptive threshold", {PLACES, SHAPES}),
        ("Hungarian", {CLASSES, BOXES}),
        ("optimal transport", {PLACES, CLASSES, BOXES}),
        ("SimOTA", {PLACES, CLASSES, BOXES, QUALITY}),
        ("task-aligned", {PLACES, CLASSES, BOXES}),
    ],
)
def test_what_each_looks_at_is_what_its_paper_says(title, seen):
    assert set(survey.looks_at(BY_TITLE[title])) == seen


@pytest.mark.parametrize("title", ["bipartite, then threshold", "Hungarian", "optimal transport"])
def test_those_that_promise_it_leave_nobody_out(title):
    assert survey.positives(BY_TITLE[title])[0] >= 1


ALONE = [
    s.title for s in survey.STRATEGIES if s.decided in ("each prior alone", "each object alone")
]
# A rescued prior may belong to another object than the one it was rescued for.
ALONE.remove("two thresholds, best forced")


def change_beyond_what_was_contested(strategy, every: int = 1) -> int:
    """Without one object, how often is another answered for otherwise than by what the one has set
    free?
    """
    count = 0
    for seed in range(survey.NUM_SCENES):
        full = survey.survey_scene(strategy.priors, seed)
        targets, predicted = full.targets, full.predicted.rows(slice(None, None, every))
        regions = full.priors.regions[::every]
        levels = full.priors.levels if every == 1 else (len(regions),)
        priors = Priors(regions, full.priors.strides[::every], levels)
        fewer = Targets(targets.boxes[1:], targets.labels[1:], targets.size)
        before = survey.SurveyScene(priors, targets, predicted).assign(strategy.build()).gt_index
        after = survey.SurveyScene(priors, fewer, predicted).assign(strategy.build()).gt_index
        for other in range(1, len(targets)):
            changed = (before == other) != (after == other - 1)
            count += int((changed & (before != 0)).sum())
    return count


@pytest.mark.parametrize("title", ALONE)
def test_alone_means_that_others_change_nothing_but_what_both_want(title):
    assert change_beyond_what_was_contested(BY_TITLE[title]) == 0


@pytest.mark.parametrize("title", ["Hungarian", "optimal transport"])
def test_together_means_that_others_matter(title):
    assert BY_TITLE[title].decided == "all together"
    # Few priors, so that they are fought for.
    assert change_beyond_what_was_contested(BY_TITLE[title], every=16) > 0


def test_scenes_are_as_described():
    scene = survey.survey_scene("points", 0)
    low, high = scene.targets.boxes.chunk(2, 1)
    assert ((high - low) >= 10).all()
    assert ((high - low) <= 60).all()
    assert (low >= 0).all()
    assert (high <= survey.EXTENT).all()
    assert torch.equal(scene.predicted.logits, survey.survey_scene("points", 0).predicted.logits)
