"""What each assigner looks at, against its paper; and what "alone" and "together" mean."""

import pytest
import torch

from locviz.experiments import assigner_survey as survey
from locviz.models import ASSIGNERS
from locviz.models.assigner_entries import EACH_OBJECT, EACH_PRIOR, TOGETHER
from locviz.types import Priors, Targets

PLACES, SHAPES = "prior places", "prior shapes"
CLASSES, BOXES, QUALITY = "predicted classes", "predicted boxes", "predicted quality"
BY_NAME = {entry.name: entry for entry in ASSIGNERS}


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry.name) for entry in ASSIGNERS])
def test_what_an_entry_claims_is_what_is_measured(entry):
    inputs, (_, _, most) = survey.looks_at(entry), survey.positives(entry)
    assert entry.dynamic == any(name.startswith("predicted") for name in inputs)
    assert entry.takes == ("one" if most == 1 else "many")
    assert (entry.priors == "points") == ("prior shapes" not in inputs)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("max_iou", {PLACES, SHAPES}),
        ("rpn", {PLACES, SHAPES}),
        ("ssd", {PLACES, SHAPES}),
        ("grid_cell", {PLACES, SHAPES, BOXES}),
        ("center_sampling", {PLACES}),
        ("atss", {PLACES, SHAPES}),
        ("hungarian", {CLASSES, BOXES}),
        ("ota", {PLACES, CLASSES, BOXES}),
        ("simota", {PLACES, CLASSES, BOXES, QUALITY}),
        ("task_aligned", {PLACES, CLASSES, BOXES}),
        ("class_aware", {PLACES, SHAPES, CLASSES}),
        # What the regions learn from looks at the classes instead of the boxes.
        ("mutual_labelling", {PLACES, BOXES}),
    ],
)
def test_what_each_looks_at_is_what_its_paper_says(name, seen):
    assert set(survey.looks_at(BY_NAME[name])) == seen


@pytest.mark.parametrize("name", ["ssd", "hungarian", "ota"])
def test_those_that_promise_it_leave_nobody_out(name):
    assert survey.positives(BY_NAME[name])[0] >= 1


ALONE = [entry.name for entry in ASSIGNERS if entry.decided in (EACH_PRIOR, EACH_OBJECT)]
# A rescued prior may belong to another object than the one it was rescued for.
ALONE.remove("rpn")


def change_beyond_what_was_contested(entry, every: int = 1) -> int:
    """Without one object, how often is another answered for otherwise than by what the one has set
    free?
    """
    count = 0
    for seed in range(survey.NUM_SCENES):
        full = survey.survey_scene(entry.priors, seed)
        targets, predicted = full.targets, full.predicted.rows(slice(None, None, every))
        regions = full.priors.regions[::every]
        levels = full.priors.levels if every == 1 else (len(regions),)
        priors = Priors(regions, full.priors.strides[::every], levels)
        fewer = Targets(targets.boxes[1:], targets.labels[1:], targets.size)
        before = survey.SurveyScene(priors, targets, predicted).assign(entry.build()).gt_index
        after = survey.SurveyScene(priors, fewer, predicted).assign(entry.build()).gt_index
        for other in range(1, len(targets)):
            changed = (before == other) != (after == other - 1)
            count += int((changed & (before != 0)).sum())
    return count


@pytest.mark.parametrize("name", ALONE)
def test_alone_means_that_others_change_nothing_but_what_both_want(name):
    assert change_beyond_what_was_contested(BY_NAME[name]) == 0


@pytest.mark.parametrize("name", ["hungarian", "ota"])
def test_together_means_that_others_matter(name):
    assert BY_NAME[name].decided == TOGETHER
    # Few priors, so that they are fought for.
    assert change_beyond_what_was_contested(BY_NAME[name], every=16) > 0


def test_scenes_are_as_described():
    scene = survey.survey_scene("points", 0)
    low, high = scene.targets.boxes.chunk(2, 1)
    assert ((high - low) >= 10).all()
    assert ((high - low) <= 60).all()
    assert (low >= 0).all()
    assert (high <= survey.EXTENT).all()
    assert torch.equal(scene.predicted.logits, survey.survey_scene("points", 0).predicted.logits)
