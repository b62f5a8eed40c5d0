import inspect
from pathlib import Path

import pytest
import torch

import locviz
from locviz import assign, models
from locviz.course import tables
from locviz.course.table import Link
from locviz.types import Priors, Targets

PLACES, SHAPES = "prior places", "prior shapes"
CLASSES, BOXES, QUALITY = "predicted classes", "predicted boxes", "predicted quality"
BY_TITLE = {strategy.title: strategy for strategy in tables.STRATEGIES}


def follows(link: Link) -> str:
    """The line that a link from a chapter leads to."""
    file, line = link.href.split("#L")
    root = Path(locviz.__file__).parent.parent
    return (root / "chapters" / file).resolve().read_text().splitlines()[int(line) - 1]


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
    shown = {type(strategy.build()) for strategy in tables.STRATEGIES}
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
    assert set(tables.looks_at(BY_TITLE[title])) == seen


@pytest.mark.parametrize("title", ["bipartite, then threshold", "Hungarian", "optimal transport"])
def test_those_that_promise_it_leave_nobody_out(title):
    assert tables.positives(BY_TITLE[title])[0] >= 1


ALONE = [
    s.title for s in tables.STRATEGIES if s.decided in ("each prior alone", "each object alone")
]
# A rescued prior may belong to another object than the one it was rescued for.
ALONE.remove("two thresholds, best forced")


def change_beyond_what_was_contested(strategy, every: int = 1) -> int:
    """Without one object, how often is another answered for otherwise than by what the one has set
    free?
    """
    count = 0
    for seed in range(tables.NUM_SCENES):
        full = tables.scene(strategy.priors, seed)
        targets, said = full.targets, {name: value[::every] for name, value in full.said.items()}
        regions = full.priors.regions[::every]
        levels = full.priors.levels if every == 1 else (len(regions),)
        priors = Priors(regions, full.priors.strides[::every], levels)
        fewer = Targets(targets.boxes[1:], targets.labels[1:], targets.size)
        before = tables.Scene(priors, targets, said).answer(strategy.build()).gt_index
        after = tables.Scene(priors, fewer, said).answer(strategy.build()).gt_index
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


def test_assigner_table_says_so_and_leads_to_the_code():
    table = tables.assigner_table()
    by_title = {str(row[0]): dict(zip(table.header, row, strict=True)) for row in table.rows}
    assert {title for title, row in by_title.items() if row["kind"] == "dynamic"} == {
        "grid cell", "Hungarian", "optimal transport", "SimOTA", "task-aligned",
    }  # fmt: skip
    assert {title for title, row in by_title.items() if row["priors an object"] == "one"} == {
        "grid cell",
        "Hungarian",
    }
    for row in table.rows:
        assert follows(row[0]).startswith(("class ", "def ", "@final"))
    assert table.html().count("<a href") == len(tables.STRATEGIES)


def test_detector_table_counts_published_parameters():
    table = tables.detector_table()
    rows = {str(row[0]): dict(zip(table.header, row, strict=True)) for row in table.rows}
    assert rows["Faster R-CNN, R50-FPN"]["parameters"] == "41,755,286"
    assert rows["YOLOX-S"]["parameters"] == "8,968,255"
    real = sum(parameter.numel() for parameter in models.fcos_tiny(3).parameters())
    assert rows["FCOS, tiny"]["parameters"] == f"{real:,}"
    assert rows["Faster R-CNN, tiny"]["assigner"] == "MaxIoU; MaxIoU"
    assert rows["YOLOX-S"]["assigner"] == "SimOTA"
    assert rows["Fast R-CNN, tiny"]["priors"] == "proposals"
    assert rows["FCOS, R50"]["learned stages"] == "1"
    for row in table.rows:
        assert follows(row[0]).startswith("def ")


def test_detector_table_reads_the_model_and_not_its_name(monkeypatch):
    swapped = {
        "FCOS with ATSS": (
            lambda num_classes: models.fcos_tiny(num_classes, assigner=assign.ATSS()),
            3,
        )
    }
    monkeypatch.setattr(tables, "DETECTORS", swapped)
    table = tables.detector_table.__wrapped__()
    assert table.rows[0][3] == "ATSS"


def test_scenes_are_as_described():
    scene = tables.scene("points", 0)
    low, high = scene.targets.boxes.chunk(2, 1)
    assert ((high - low) >= 10).all()
    assert ((high - low) <= 60).all()
    assert (low >= 0).all()
    assert (high <= tables.EXTENT).all()
    assert torch.equal(scene.said["logits"], tables.scene("points", 0).said["logits"])
