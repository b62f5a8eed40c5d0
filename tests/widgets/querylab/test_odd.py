"""Odd things that a recorder and a film may be given: a clear error at once, or the right thing."""

import copy
import json
import os
import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from locviz.data import Batches, Shapes
from locviz.layers import LearnedQueries, SmallConvNet, TransformerDecoder
from locviz.models import DETR, deformable_detr_tiny, detr_tiny, detr_tiny_selected, retinanet_tiny
from locviz.train import train
from locviz.types import Targets
from locviz.widgets.querylab import QueryLab, QueryRecorder, QueryReplay, look_at

# As users meet them: the errors here are our own.
pytestmark = pytest.mark.usefixtures("unchecked")

DATA = Shapes(level="first", num_scenes=4)
IMAGE, TARGETS = DATA[0]
NOTHING = Targets(torch.zeros(0, 4), torch.zeros(0).long(), (64, 64))
MANY = Targets(
    torch.tensor([[at, at, at + 20.0, at + 20.0] for at in range(30)]),
    torch.zeros(30).long(),
    (64, 64),
)
RECIPE = replace(DETR.recipes["shapes"], steps=3)


def fresh(build=detr_tiny, **stages):
    torch.manual_seed(0)
    return build(3, **stages)


@pytest.fixture(scope="module")
def detector():
    return fresh()


@pytest.fixture(scope="module")
def film(detector):
    recorder = QueryRecorder(detector, IMAGE, TARGETS, class_names=DATA.class_names, every=1)
    recorder.look(0)
    recorder.look(4)
    return recorder.replay()


class Given:
    """The same batches again and again."""

    def __init__(self, *batches):
        self.batches = batches

    def starting_at(self, step):
        while True:
            yield self.batches[step % len(self.batches)]
            step += 1


class Noisy(nn.Module):
    """A backbone whose state a forward pass in training mode would change, and that draws."""

    def __init__(self):
        super().__init__()
        self.net = SmallConvNet(widths=(32, 64, 128), depths=(1, 1, 1), num_maps=1)
        self.norm, self.dropout = nn.BatchNorm2d(128), nn.Dropout(0.3)

    def forward(self, values):
        return [self.dropout(self.norm(one)) for one in self.net(values)]


def noisy():
    torch.manual_seed(1)
    decoder = TransformerDecoder(channels=128, depth=1, heads=8, hidden=64, dropout=0.3)
    return fresh(backbone=Noisy(), decoder=decoder)


SCENES = Batches(DATA, batch_size=2, seed=0)
FEW_THEN_SOME = Given(([IMAGE], [NOTHING]), ([IMAGE], [NOTHING]), ([IMAGE], [TARGETS]))


@pytest.mark.parametrize(
    ("build", "batches", "recipe"),
    [
        (noisy, SCENES, RECIPE),
        (noisy, SCENES, replace(RECIPE, ema_decay=0.9)),
        (lambda: fresh(detr_tiny_selected), FEW_THEN_SOME, RECIPE),
        (lambda: fresh(deformable_detr_tiny), Given(([IMAGE], [MANY])), RECIPE),
    ],
)
def test_a_training_is_the_same_bit_for_bit_whoever_watches(build, batches, recipe):
    """Losses, weights, statistics, modes, and what random numbers come next."""

    def run(watched):
        detector = build()
        torch.manual_seed(5)
        steps = train(detector, batches, recipe)
        if watched:
            inner = QueryRecorder(detector, IMAGE, TARGETS, every=1)
            outer = QueryRecorder(detector, IMAGE, NOTHING, at=(2, 0, 2))
            steps = outer.watch(inner.watch(steps))
        losses = [(step.total, step.grad_norm, dict(step.losses)) for step in steps]
        if watched:
            assert inner.replay().steps == (0, 1, 2, 3)
            assert outer.replay().steps == (0, 2)
        modes = [module.training for module in detector.modules()]
        return losses, modes, torch.get_rng_state().tolist(), detector.state_dict()

    *alone, weights = run(watched=False)
    *seen, others = run(watched=True)
    assert seen == alone
    assert all(torch.equal(weights[name], others[name]) for name in weights)


@pytest.mark.parametrize("where", ["training", "loop"])
def test_an_exception_leaves_the_detector_as_it_was(where):
    detector = fresh().train()
    detector.backbone.eval()
    modes = [module.training for module in detector.modules()]
    recorder = QueryRecorder(detector, IMAGE, TARGETS, every=1)

    def steps():
        for step in train(detector, SCENES, RECIPE):
            if where == "training" and step.index == 2:
                raise RuntimeError("broken")
            yield step

    def loop():
        for step in recorder.watch(steps()):
            if where == "loop" and step.index == 1:
                raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        loop()
    assert recorder.replay().steps == (0, 1, 2)
    assert [module.training for module in detector.modules()] == modes
    assert not any(module._forward_hooks for module in detector.modules())


@pytest.mark.parametrize("build", [detr_tiny, detr_tiny_selected, deformable_detr_tiny])
@pytest.mark.parametrize(
    ("size", "targets"),
    [
        ((64, 64), NOTHING),
        ((64, 64), MANY),
        ((61, 47), Targets(torch.tensor([[3.0, 2, 40, 50]]), torch.tensor([2]), (61, 47))),
        ((200, 8), Targets(torch.tensor([[0.0, 2, 8, 50]]), torch.tensor([2]), (200, 8))),
    ],
)
def test_odd_images_and_targets_go_to_disk_and_back(build, size, targets, tmp_path):
    image = torch.rand(3, *size, generator=torch.Generator().manual_seed(0))
    recorder = QueryRecorder(fresh(build).eval(), image, targets, every=1)
    look = recorder.look(2)
    kept = QueryReplay.load(recorder.replay().save(tmp_path / "odd"))
    assert torch.equal(kept.looks[0].matches, look.matches)
    matched = int((look.matches[-1] >= 0).sum())
    assert matched == min(len(targets), 25)
    lab = QueryLab.replay(kept)
    assert lab.look.step == 2
    assert lab.snapshot().svg.startswith("<svg")


def test_crowds_and_ignored_boxes_have_no_query_and_stay_marked(detector, tmp_path):
    crowd = torch.tensor([True] + [False] * (len(TARGETS) - 1))
    marked = replace(TARGETS, crowd=crowd, ignore=crowd.flip(0))
    recorder = QueryRecorder(detector, IMAGE, marked, every=1)
    look = recorder.look(0)
    assert look.owners(-1, len(marked))[0] == look.owners(-1, len(marked))[-1] == []
    kept = QueryReplay.load(recorder.replay().save(tmp_path / "marked")).targets
    assert torch.equal(kept.crowd, marked.crowd)
    assert torch.equal(kept.ignore, marked.ignore)


def test_more_cells_than_an_image_has_are_asked_for(tmp_path):
    small = torch.rand(3, 17, 5)
    with pytest.raises(ValueError, match="larger images, or fewer queries"):
        look_at(fresh(detr_tiny_selected), small, replace(NOTHING, size=(17, 5)))


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
@pytest.mark.parametrize("of_model", [True, False])
def test_other_types_of_floats(dtype, of_model, detector, tmp_path):
    model = copy.deepcopy(detector).to(dtype) if of_model else detector
    image = IMAGE if of_model else IMAGE.to(dtype)
    recorder = QueryRecorder(model, image, TARGETS, every=1)
    look = recorder.look(0)
    assert look.regions.dtype == look.scores.dtype == look.cells.dtype == torch.float32
    assert QueryReplay.load(recorder.replay().save(tmp_path / "f")).image.dtype == torch.float32


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"detector": retinanet_tiny(3)}, TypeError, "QueryDetector, such as"),
        ({"detector": None}, TypeError, "QueryDetector, such as"),
        ({"image": IMAGE.numpy()}, TypeError, "image must be a tensor"),
        ({"image": [IMAGE]}, TypeError, "image must be a tensor"),
        ({"image": (IMAGE * 255).byte()}, TypeError, "divide by 255"),
        ({"image": IMAGE * 255}, ValueError, "divide the image by 255"),
        ({"image": IMAGE[None]}, ValueError, "3, h, w"),
        ({"targets": [TARGETS]}, TypeError, "must be Targets"),
        ({"targets": replace(TARGETS, size=(32, 32))}, ValueError, "size is"),
        ({"targets": replace(TARGETS, labels=TARGETS.labels + 7)}, ValueError, "classes 0..2"),
        ({"class_names": ("a", "b")}, ValueError, "3 classes and class_names 2"),
        ({"class_names": ()}, ValueError, "3 classes and class_names 0"),
        ({"class_names": "abc"}, TypeError, "one string per class"),
        ({"at": 3}, TypeError, r"at=\(0, 10, 100\)"),
        ({"at": "12"}, TypeError, r"at=\(0, 10, 100\)"),
        ({"at": ("3",)}, TypeError, "whole number"),
        ({"at": (2.5,)}, TypeError, "whole number"),
        ({"at": (True,)}, TypeError, "whole number"),
        ({"at": ()}, ValueError, "at is empty"),
        ({"at": (3, -1)}, ValueError, "counted from 0"),
        ({"at": None, "every": 2.5}, TypeError, "every must be a whole number"),
        ({"at": None, "every": "2"}, TypeError, "every must be a whole number"),
        ({"at": None, "every": float("nan")}, TypeError, "every must be a whole number"),
    ],
)
def test_a_recorder_refuses_before_the_training(detector, change, error, words):
    given = {"detector": detector, "image": IMAGE, "targets": TARGETS, "at": (5,), **change}
    with pytest.raises(error, match=words):
        QueryRecorder(**given)


@pytest.mark.parametrize("at", [torch.tensor([2, 0]), np.array([2, 0, 2]), range(0, 3, 2)])
def test_steps_may_come_as_numbers_of_any_kind(at, tmp_path):
    detector = fresh()
    recorder = QueryRecorder(detector, IMAGE, TARGETS, at=at)
    list(recorder.watch(train(detector, SCENES, RECIPE)))
    recorder.look(np.int64(9))
    assert QueryReplay.load(recorder.replay().save(tmp_path / "n")).steps == (0, 2, 9)


def test_steps_beyond_the_last_do_not_come():
    detector = fresh()
    recorder = QueryRecorder(detector, IMAGE, TARGETS, at=(400,))
    list(recorder.watch(train(detector, SCENES, RECIPE)))
    with pytest.raises(ValueError, match=r"nothing was recorded.*at=\[400\].*that the training"):
        recorder.replay()


def test_one_recorder_is_for_one_training(detector):
    recorder = QueryRecorder(detector, IMAGE, TARGETS, every=1)
    recorder.look(3)
    for step in (3, 1):
        with pytest.raises(ValueError, match=r"step 3 already.*new QueryRecorder"):
            recorder.look(step)
    for step, error in ((-1, ValueError), (4.5, TypeError), (None, TypeError)):
        with pytest.raises(error, match="step"):
            recorder.look(step)
    with pytest.raises(ValueError, match="new QueryRecorder"):
        list(recorder.watch(train(fresh(), SCENES, RECIPE)))
    other = fresh(queries=LearnedQueries(7, channels=128))
    with pytest.raises(ValueError, match="one detector"):
        recorder.look(4, detector=other)
    assert recorder.replay().steps == (3,)


def test_a_detector_that_has_diverged_is_not_filmed(detector):
    broken = copy.deepcopy(detector)
    for weights in broken.parameters():
        nn.init.constant_(weights, float("nan"))
    for targets in (TARGETS, NOTHING):
        recorder = QueryRecorder(detector, IMAGE, targets, every=1)
        recorder.look(0)
        with pytest.raises(ValueError, match="diverged"):
            recorder.look(1, detector=broken)
        assert recorder.replay().steps == (0,)


def test_the_film_shows_what_was_seen_whatever_becomes_of_the_image(detector):
    image = IMAGE.clone().requires_grad_()
    recorder = QueryRecorder(detector, image, TARGETS, every=1)
    recorder.look(0)
    image.data.zero_()
    assert torch.equal(recorder.replay().image, IMAGE)


def test_a_film_and_its_recorder_can_be_copied(film, detector):
    for other in (pickle.loads(pickle.dumps(film)), copy.deepcopy(film)):
        assert other.flips() == film.flips()
        assert torch.equal(other.looks[1].regions, film.looks[1].regions)
    recorder = QueryRecorder(detector, IMAGE, TARGETS, every=1)
    copy.deepcopy(recorder).look(3)
    assert recorder.look(1).step == 1


def test_one_query_and_one_layer(tmp_path):
    decoder = TransformerDecoder(channels=128, depth=1, heads=8, hidden=64, dropout=0.0)
    model = fresh(queries=LearnedQueries(1, channels=128), decoder=decoder)
    recorder = QueryRecorder(model, IMAGE, TARGETS, every=1)
    recorder.look(0)
    recorder.look(1)
    film = QueryReplay.load(recorder.replay().save(tmp_path / "one"))
    assert film.flips() == film.flips(0) == film.flips(-1) == [(1, 0)]
    for layer in (1, -2, 0.5):
        with pytest.raises(IndexError, match="layer must be from -1 to 0"):
            film.flips(layer)
    assert QueryLab.replay(film).between.tolist() == [[1.0]]


# Files


def test_a_name_with_a_dot_keeps_it_and_bare_names_are_found(film, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, file in (
        ("run.1", "run.1.safetensors"),
        ("run.2", "run.2.safetensors"),
        ("mine.json", "mine.safetensors"),
        ("mine", "mine.safetensors"),
    ):
        assert film.save(name).name == file
        assert QueryReplay.load(name).steps == (0, 4)
    assert film.save(tmp_path / "new" / "folder" / "x").is_file()
    assert not list(tmp_path.rglob("*.partial"))


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("nothing", ValueError, "ships, and there is no file nothing.safetensors"),
        ("nothing.safetensors", FileNotFoundError, "no replay at"),
        ("no/folder/x", FileNotFoundError, "no replay at no/folder/x.safetensors"),
        ("", ValueError, "must name a file"),
        (None, TypeError, "name or path"),
        (3, TypeError, "name or path"),
    ],
)
def test_what_cannot_be_opened(name, error, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=words):
        QueryReplay.load(name)


def test_a_recorder_is_not_yet_a_film(detector):
    with pytest.raises(TypeError, match=r"recorder.replay\(\)"):
        QueryLab.replay(QueryRecorder(detector, IMAGE, TARGETS, every=1))


def test_where_it_cannot_be_written_nothing_is(film, tmp_path, monkeypatch):
    """Not even half: no file that has no card, and an older film stays whole."""
    path = film.save(tmp_path / "old")
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    other = replace(film, looks=film.looks[:1])

    def unchanged():
        return {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()} == before

    with pytest.raises(TypeError, match="about must hold what JSON can"):
        replace(other, about={"note": torch.zeros(1)}).save(path)
    assert unchanged()
    with pytest.raises(OSError, match=r"old\.json"):
        other.save(tmp_path / "old.json" / "x")
    (tmp_path / "dir.json").mkdir()
    with pytest.raises(IsADirectoryError, match="another name"):
        other.save(tmp_path / "dir")
    assert unchanged()

    def full(self, content):
        if self.name.endswith("json.partial"):
            raise PermissionError(13, "Permission denied", str(self))
        with open(self, "wb") as file:
            file.write(content)

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(PermissionError):
        other.save(path)
    monkeypatch.undo()
    assert unchanged()
    assert QueryReplay.load(path).steps == (0, 4)


@pytest.mark.parametrize("name", ["steps", "class_names", "size"])
def test_what_the_card_says_itself_cannot_be_said_otherwise(film, name):
    with pytest.raises(ValueError, match=f"about must not have {name}"):
        replace(film, about={name: [1]})


WRONG = (None, 3, "x", [], {}, [[1]], [None], -1, ["a"], [0.5, 2])


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize("name", ["steps", "class_names", "size", "extent", "level_sizes"])
def test_a_damaged_card_is_said_to_be_one(film, name, wrong, tmp_path):
    path = film.save(tmp_path / "bad")
    file = path.with_suffix(".json")
    file.write_text(json.dumps({**json.loads(file.read_text()), name: wrong}))
    with pytest.raises(ValueError, match="no replay, or a damaged one"):
        QueryReplay.load(path)


@pytest.mark.parametrize(("name", "wrong"), [("steps", [0]), ("steps", [4, 0]), ("source", 3)])
def test_a_card_of_another_film(film, name, wrong, tmp_path):
    test_a_damaged_card_is_said_to_be_one(film, name, wrong, tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"3", b"\xff\xfe\x00"])
def test_a_card_that_is_none(film, content, tmp_path):
    path = film.save(tmp_path / "bad")
    path.with_suffix(".json").write_bytes(content)
    with pytest.raises(ValueError, match="no replay, or a damaged one"):
        QueryReplay.load(path)


@pytest.mark.parametrize("kept", [0, 4, 100, 0.5, -1])
def test_a_truncated_file(film, kept, tmp_path):
    path = film.save(tmp_path / "bad")
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content)) if kept == 0.5 else kept])
    with pytest.raises(ValueError, match="no replay, or a damaged one"):
        QueryReplay.load(path)


FIELDS = ("scores", "regions", "matches", "self_attention", "cells", "image", "boxes", "labels")


@pytest.mark.parametrize("how", ["missing", "cut", "filled"])
@pytest.mark.parametrize("name", FIELDS)
def test_damaged_tensors_are_never_drawn(film, name, how, tmp_path):
    path = film.save(tmp_path / "bad")
    tensors = load_file(path)
    value = tensors.pop(name)
    if how == "cut":
        tensors[name] = value[..., :1].contiguous()
    elif how == "filled" and name != "image":  # any byte is a pixel
        wrong = float("nan") if value.is_floating_point() else 99
        tensors[name] = torch.full_like(value, wrong)
    save_file(tensors, path)
    with pytest.raises(ValueError, match="no replay, or a damaged one"):
        QueryReplay.load(path)


@pytest.mark.parametrize("suffix", [".safetensors", ".json"])
def test_a_file_that_may_not_be_read_is_not_called_damaged_or_missing(
    film, suffix, tmp_path, monkeypatch
):
    path = film.save(tmp_path / "x")
    real = type(path).open

    def closed(self, *args, **kwargs):
        if self.suffix == suffix:
            raise PermissionError(13, "Permission denied", str(self))
        return real(self, *args, **kwargs)

    monkeypatch.setattr("pathlib.Path.open", closed)
    with pytest.raises(PermissionError, match=suffix):
        QueryReplay.load(path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(film, tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PermissionError):
            film.save(tmp_path / "x")
        assert not list(tmp_path.iterdir())
    finally:
        tmp_path.chmod(0o700)
