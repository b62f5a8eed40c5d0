import itertools
import json
from dataclasses import replace

import pytest
import torch

from locviz.data import Batches, Shapes
from locviz.models import DETR, deformable_detr_tiny, detr_tiny
from locviz.train import train
from locviz.widgets.querylab import QueryLab, QueryRecorder, QueryReplay, flips, look_at
from locviz.widgets.querylab.replay import FOLDER, SHIPPED

DATA = Shapes(level="first", num_scenes=4)
IMAGE, TARGETS = DATA[0]
RECIPE = replace(DETR.recipes["shapes"], steps=5)
NAMES = DATA.class_names


def fresh(build=detr_tiny):
    torch.manual_seed(0)
    return build(3)


def steps(detector):
    return train(detector, Batches(DATA, batch_size=2, seed=0), RECIPE)


@pytest.fixture(scope="module")
def recorded():
    """A recorder after five steps, and what is looked at by hand in the same training."""
    detector = fresh()
    recorder = QueryRecorder(detector, IMAGE, TARGETS, class_names=NAMES, at=(0, 2, 5))
    list(recorder.watch(steps(detector)))
    other = fresh()
    by_hand = [look_at(other, IMAGE, TARGETS)]
    for step in steps(other):
        if step.index + 1 in (2, 5):
            by_hand.append(look_at(other, IMAGE, TARGETS, step=step.index + 1))
    return recorder, by_hand


def test_a_recorder_sees_what_a_hand_sees_and_changes_nothing(recorded):
    recorder, by_hand = recorded
    film = recorder.replay()
    assert film.steps == (0, 2, 5)
    for look, other in zip(film.looks, by_hand, strict=True):
        assert torch.equal(look.regions, other.regions)
        assert torch.equal(look.cells, other.cells)
        assert torch.equal(look.matches, other.matches)


def test_steps_are_yielded_on_unchanged():
    detector = fresh()
    recorder = QueryRecorder(detector, IMAGE, TARGETS, every=2)
    seen = [(step.index, step.total) for step in recorder.watch(steps(detector))]
    assert seen == [(step.index, step.total) for step in steps(fresh())]
    assert recorder.replay().steps == (0, 2, 4, 5)  # and after the last


def test_flips_are_objects_with_another_query(recorded):
    recorder, by_hand = recorded
    for layer in (0, -1):
        owners = [look.owners(layer, len(TARGETS)) for look in by_hand]
        counts = [len(flips(*pair)) for pair in itertools.pairwise(owners)]
        assert recorder.flips(layer) == [(2, counts[0]), (5, counts[1])]


def test_a_resumed_training_is_seen_from_its_own_weights_on(tmp_path):
    """They are read when the first step is asked for, so what was there before is not shown."""
    recipe = replace(RECIPE, steps=4, checkpoint_every=2)
    batches = Batches(DATA, batch_size=2, seed=0)
    parts = {"recipe": recipe, "checkpoint": tmp_path / "run.pt"}
    first = train(fresh(), batches, **parts)
    next(first), next(first)
    first.close()
    other = fresh()
    torch.nn.init.zeros_(other.head.logits.weight)
    recorder = QueryRecorder(other, IMAGE, TARGETS, at=(0, 3, 4))
    list(recorder.watch(train(other, batches, resume=True, **parts)))
    assert recorder.replay().steps == (3, 4)
    straight = fresh()
    whole = QueryRecorder(straight, IMAGE, TARGETS, at=(0, 3, 4))
    list(whole.watch(train(straight, batches, recipe)))
    for mine, theirs in zip(recorder.replay().looks, whole.replay().looks[1:], strict=True):
        assert torch.equal(mine.regions, theirs.regions)


def test_the_lab_plays_it(recorded):
    lab = QueryLab.replay(recorded[0].replay(), step=1)
    assert lab.looks == recorded[0].replay().looks
    assert lab.look.step == 2
    assert lab.scene["source"] == "your detector, while it was trained"
    assert lab.scene["objects"][0] == f"A, {NAMES[int(TARGETS.labels[0])]}"
    assert QueryLab.replay(recorded[0].replay(), source="mine").scene["source"] == "mine"


@pytest.mark.parametrize("build", [detr_tiny, deformable_detr_tiny])
def test_to_disk_and_back(build, tmp_path):
    recorder = QueryRecorder(fresh(build), IMAGE, TARGETS, class_names=NAMES, every=1)
    look = recorder.look(3)
    path = recorder.replay(licence="MIT").save(tmp_path / "mine")
    film = QueryReplay.load(path)
    assert film.about == {"source": "your detector, while it was trained", "licence": "MIT"}
    assert (film.steps, film.class_names) == ((3,), tuple(NAMES))
    assert torch.equal(film.targets.boxes, TARGETS.boxes)
    assert torch.equal(film.targets.labels, TARGETS.labels)
    torch.testing.assert_close(film.image, IMAGE, atol=0.5 / 255, rtol=0)
    kept = film.looks[0]
    assert torch.equal(kept.matches, look.matches)
    assert torch.equal(kept.regions, look.regions)
    torch.testing.assert_close(kept.scores, look.scores, atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(kept.between(1), look.between(1), atol=1e-4, rtol=2e-3)
    if look.cells is None:
        torch.testing.assert_close(kept.dots(1, 4), look.dots(1, 4), atol=0.05, rtol=2e-3)
        assert torch.equal(kept.references, look.references)
    else:
        torch.testing.assert_close(kept.heat(1, 4), look.heat(1, 4), atol=1e-4, rtol=2e-3)
        assert kept.heat(1, 4).sum() == pytest.approx(1, abs=1e-6)
    assert QueryLab.replay(path).look.step == 3


def test_the_static_picture_tells_the_story_too():
    """A cell per look and object, framed where the match flipped; a line from query to object."""
    from xml.etree import ElementTree as ET

    lab = QueryLab(step=3)
    root = ET.fromstring(lab.snapshot().svg)
    frames = [e for e in root.iter() if e.tag.endswith("rect") and e.get("stroke-width") == "1.6"]
    flipped = sum(count for _, count in QueryReplay.load().flips())
    assert len(frames) == flipped + 1  # and the chosen row of the matrix
    lines = [e for e in root.iter() if e.tag.endswith("line")]
    assert len(lines) == 2 * len(lab.targets)


def test_the_film_that_ships_is_small_and_of_a_detector_that_has_learned():
    path = FOLDER / f"{SHIPPED}.safetensors"
    assert path.stat().st_size <= 300_000
    film = QueryReplay.load()
    assert QueryReplay.names() == ["deformable_detr_tiny", SHIPPED]
    assert film.about["recipe"]["made_by"].startswith("benchmarks/query_replay.py")
    last = film.looks[-1]
    owners = [queries[0] for queries in last.owners(-1, len(film.targets))]
    assert torch.equal(last.scores[-1][owners].argmax(-1), film.targets.labels)
    assert (last.scores[-1][owners].amax(-1) > 0.5).all()
    assert film.flips()[-1][1] == 0
    assert sum(count for _, count in film.flips()) > 0


def test_what_cannot_be_recorded_or_read(tmp_path):
    detector = fresh()
    for wrong in ({}, {"at": (0,), "every": 2}):
        with pytest.raises(ValueError, match="one of at"):
            QueryRecorder(detector, IMAGE, TARGETS, **wrong)
    for wrong in ({"at": (-1, 2)}, {"every": 0}):
        with pytest.raises(ValueError, match="counted from 0"):
            QueryRecorder(detector, IMAGE, TARGETS, **wrong)
    with pytest.raises(ValueError, match="at least one look"):
        QueryRecorder(detector, IMAGE, TARGETS, every=2).replay()
    with pytest.raises(ValueError, match=f"choose one of deformable_detr_tiny, {SHIPPED}"):
        QueryReplay.load("detr_huge")
    with pytest.raises(FileNotFoundError, match="together"):
        QueryReplay.load(tmp_path / "none.safetensors")
    path = QueryReplay.load().save(tmp_path / "bad")
    card = json.loads(path.with_suffix(".json").read_text())
    del card["extent"]
    path.with_suffix(".json").write_text(json.dumps(card))
    with pytest.raises(ValueError, match=r"damaged one .*extent"):
        QueryReplay.load(path)
