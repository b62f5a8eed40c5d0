"""The messages between the widgets and their views are those that ``wire.py`` declares, in Python
and in TypeScript.
"""

import inspect
import math
import sys
from pathlib import Path
from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin, is_typeddict

import pytest
import torch
import traitlets

import locviz.widgets
from locviz.losses import FOCAL_LOSSES, LIVE_LOSSES
from locviz.train import Step
from locviz.types import Detections, Targets
from locviz.widgets import (
    AnchorLab,
    APLab,
    AssignLab,
    BoxLab,
    FocalLab,
    Monitor,
    NMSLab,
    RoILab,
    Widget,
)

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import widget_messages as tool

BOXES = torch.tensor([[2.0, 2, 12, 12], [14, 4, 30, 30]])
LABELS = torch.tensor([0, 1])
WIDGETS = {
    kind.__name__.lower(): kind
    for _, kind in inspect.getmembers(locviz.widgets, inspect.isclass)
    if issubclass(kind, Widget) and kind is not Widget
}
ITEM_BYTES = {"float32": 4, "int16": 2, "uint8": 1, "png": 1}


def complaints(value, hint, where="message"):
    """Where a value is not what a type says, in words; an oracle of its own beside the renderer."""
    bare, notes = tool.parts(hint)
    origin, inner = get_origin(bare), get_args(bare)
    if is_typeddict(bare):
        return record_complaints(value, bare, where)
    if bare is bytes:
        fine = isinstance(value, bytes | memoryview) and len(value) % ITEM_BYTES[notes[0]] == 0
    elif bare in (int, str, bool, NoneType):
        fine = type(value) is bare
    elif bare is float:
        fine = type(value) in (int, float) and math.isfinite(value)
    elif origin is Literal:
        fine = value in inner
    elif origin in (Union, UnionType):
        fine = any(not complaints(value, one) for one in inner)
    else:
        return [
            problem
            for at, item, kind in items(value, origin, inner)
            for problem in complaints(item, kind, f"{where}[{at}]")
        ]
    return [] if fine else [f"{where} is {value!r}, declared {bare}"]


def record_complaints(value, declared, where):
    if not isinstance(value, dict):
        return [f"{where} is {value!r}, declared {declared.__name__}"]
    hints = tool.fields(declared)
    odd = [f"{where} has no {name}" for name in declared.__required_keys__ - value.keys()]
    odd += [f"{where}.{name} is not declared" for name in value.keys() - hints.keys()]
    shared = value.keys() & hints.keys()
    return odd + [
        problem
        for name in sorted(shared)
        for problem in complaints(value[name], hints[name], f"{where}.{name}")
    ]


def items(value, origin, inner):
    """What a container holds, and what each of it has to be."""
    if origin is dict and isinstance(value, dict):
        return [(name, item, inner[1]) for name, item in value.items()]
    fits = isinstance(value, list | tuple) and (origin is list or len(value) == len(inner))
    if not fits:
        return [("", value, Literal[f"{origin.__name__} of {inner}"])]
    return [(i, item, inner[0] if origin is list else inner[i]) for i, item in enumerate(value)]


@pytest.fixture(scope="module")
def declared():
    return {name: tool.load(name) for name in tool.names()}


def targets(**more):
    return Targets(boxes=BOXES, labels=LABELS, size=(32, 40), **more)


def make(name):
    if name == "aplab":
        found = Detections(boxes=BOXES + 1, scores=torch.tensor([0.9, 0.6]), labels=LABELS)
        return APLab(detections=[found], targets=[targets()], class_names=["ring", "square"])
    if name == "anchorlab":
        return AnchorLab(boxes=[BOXES, torch.zeros(0, 4)], size=(32, 40))
    if name == "monitor":
        image = torch.full((3, 32, 40), 0.5)
        return Monitor(scenes=[(image, targets())], class_names=["ring", "square"])
    if name == "assignlab":
        return AssignLab(targets=targets(), second="hungarian")
    if name == "nmslab":  # without candidates on objects there is no correlation
        found = Detections(boxes=BOXES + 1, scores=torch.tensor([0.9, 0.6]), labels=1 - LABELS)
        return NMSLab(detections=found, targets=targets(), second="balanced")
    if name == "focallab":  # without positives some numbers have no meaning
        return FocalLab(logits={0: torch.ones(4), 9: torch.zeros(4)}, targets=torch.zeros(4))
    return WIDGETS[name]()


class Finder(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))  # says on which device it is

    def detect(self, images):
        found = {"boxes": BOXES, "scores": torch.tensor([0.8, 0.7]), "labels": LABELS}
        return [Detections(**found) for _ in images]


def run(monitor):
    what = {"losses": {"box": 1.0, "class": 0.5}, "total": 1.5, "lr": 0.1, "grad_norm": 1.0}
    what |= {"seconds": 0.01, "data_seconds": 0.0, "detector": Finder()}
    steps = (Step(index=i, num_steps=4, **what) for i in range(4))
    # A figure without a meaning travels as None.
    monitor.run(steps, evaluate=lambda _: {"AP": 0.5, "AP50": math.nan}, every=2)


GESTURES = {
    "anchorlab": lambda lab: (lab.drag("target", 3, 1), lab.drag("cell", 4, 4), lab.step()),
    "aplab": lambda lab: (lab.drag("point", 0.2, 0), lab.drag("iou_threshold", 0.45)),
    "assignlab": lambda lab: (lab.drag("gt 0", 2, 1), lab.turn(radius=2.0), lab.pin()),
    "boxlab": lambda lab: (lab.drag("prediction", 5, 5), lab.step(2), lab.race()),
    "focallab": lambda lab: (lab.drag("alpha", 1), lab.drag("threshold", 0.2), lab.step(-1)),
    "monitor": run,
    "nmslab": lambda lab: (lab.drag("box 0", 2, 1), lab.set_score(1, 0.5), lab.step(-1)),
    "querylab": lambda lab: (lab.pick(3), lab.drag("layer", -1), lab.reset()),
    "roilab": lambda lab: (lab.drag("region", 9, 4, part="left edge"), lab.reset()),
}


@pytest.fixture(params=sorted(WIDGETS))
def name(request):
    return request.param


def own_traits(kind, owner):
    return {name for name in kind.class_traits(sync=True, owner=owner) if name != "layout"}


def test_every_widget_declares_its_messages():
    assert set(tool.names()) == {*WIDGETS, "core"}


def test_declared_traits_are_those_that_travel_with_their_owner(name, declared):
    module, kind = declared[name], WIDGETS[name]
    assert kind.declared is module.UserTraits
    assert set(tool.fields(module.UserTraits)) == own_traits(kind, "user")
    assert set(tool.fields(module.KernelTraits)) == own_traits(kind, "kernel")


def test_traits_hold_what_is_declared_before_and_after_a_gesture(name, declared):
    lab, hints = make(name), tool.fields(declared[name].Traits)
    gesture = GESTURES[name]
    for act in (lambda lab: None, gesture):
        act(lab)
        assert lab.last_error == ""
        state = lab.get_state(hints)
        assert record_complaints(state, declared[name].Traits, name) == []


def test_a_run_fills_every_field_that_may_be_empty(declared):
    monitor = make("monitor")
    run(monitor)
    for trait in ("progress", "losses", "found"):
        hint = tool.fields(declared["monitor"].KernelTraits)[trait]
        assert set(getattr(monitor, trait)) == set(tool.fields(hint)), trait
    assert [row["figures"]["AP50"] for row in monitor.figures] == [None, None]


def asked(lab, fake_comm, question):
    """Ask as the view does; the answer and its buffers."""
    comm = fake_comm(lab)
    lab._handle_custom_msg({"kind": "ask", "seq": 7, **question}, None)
    content, buffers = next(
        (data["content"], buffers)
        for data, buffers in comm.messages
        if data.get("method") == "custom"
    )
    return content, buffers or []


@pytest.mark.parametrize(
    "name", ["anchorlab", "aplab", "assignlab", "focallab", "nmslab", "querylab", "roilab"]
)
def test_a_question_with_the_knobs_is_declared_and_answered(name, declared, fake_comm):
    lab, module = make(name), declared[name]
    knobs = lab.get_state(tool.fields(module.Knobs))
    question = {"name": "knobs", **knobs, "gesture": "drag", "at": 5}
    assert complaints(question, module.KnobsQuestion) == []
    answer, _ = asked(lab, fake_comm, question)
    assert complaints(answer, declared["core"].Answer) == []
    assert lab.seq == 5
    assert set(tool.fields(module.Knobs)) <= set(WIDGETS[name].knobs)


def test_a_failed_question_is_answered_as_declared(declared, fake_comm):
    answer, _ = asked(make("roilab"), fake_comm, {"name": "knobs", "stride": -1})
    assert complaints(answer, declared["core"].Answer) == []
    assert "stride" in answer["error"]


def test_a_race_is_asked_for_and_answered_as_declared(declared, fake_comm):
    lab, module = BoxLab(race_steps=3), declared["boxlab"]
    question = {"name": "race", **lab.initial, "focal": True}
    assert complaints(question, module.RaceQuestion) == []
    answer, (ious,) = asked(lab, fake_comm, question)
    assert complaints(answer, module.RaceAnswer) == []
    assert answer["shape"] == [10, 4]
    assert len(ious) == 4 * 10 * 4


@pytest.mark.parametrize("rule", ["hungarian", "ota", "atss"])
def test_a_film_is_asked_for_and_answered_as_declared(rule, declared, fake_comm):
    lab, module = AssignLab(targets=targets(), assigner=rule), declared["assignlab"]
    knobs = lab.get_state(tool.fields(module.Knobs))
    question = {"name": "film", "side": 0, **knobs, "gesture": "film", "at": 3}
    assert complaints(question, module.FilmQuestion) == []
    answer, buffers = asked(lab, fake_comm, question)
    assert complaints(answer, module.Film if answer["film"] else module.FilmAnswer) == []
    assert answer["film"] == {"hungarian": "auction", "ota": "sinkhorn", "atss": ""}[rule]
    if answer["film"]:
        rows, owners, values, totals, gap = map(len, buffers)
        frames, columns = answer["frames"], answer["columns"]
        assert owners == 2 * frames * len(lab.priors)
        assert values == 4 * frames * (rows // 2) * columns
        assert (totals, gap) == (4 * frames * rows // 2, 4 * frames)


COMMANDS = {
    "anchorlab": {"step": [2], "select": [1], "reset": []},
    "assignlab": {"pin": None, "unpin": None},
}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_declared_command_is_taken(name, declared, fake_comm):
    lab, command = make(name), declared[name].Command
    fake_comm(lab)
    assert set(get_args(tool.fields(command)["name"])) == set(COMMANDS[name])
    for word, arguments in COMMANDS[name].items():
        told = {"kind": "command", "name": word}
        told |= {} if arguments is None else {"arguments": arguments}
        assert complaints(told, command) == []
        lab._handle_custom_msg(told, None)
        assert lab.last_error == "", word
    lab._handle_custom_msg({"kind": "command", "name": "explode"}, None)
    assert "explode" in lab.last_error


def test_monitor_has_what_its_commands_name(declared):
    words = get_args(tool.fields(declared["monitor"].Command)["name"])
    assert all(callable(getattr(make("monitor"), word)) for word in words)


def refused(lab, trait, value):
    try:
        setattr(lab, trait, value)
    except traitlets.TraitError:
        return True
    return False


def test_choices_are_those_that_boxlab_takes(declared):
    hints, lab = tool.fields(declared["boxlab"].Knobs), BoxLab()
    assert get_args(hints["loss"]) == (*LIVE_LOSSES, *FOCAL_LOSSES)
    for trait in ("loss", "parametrisation"):
        assert not any(refused(lab, trait, choice) for choice in get_args(hints[trait]))
        assert refused(lab, trait, "none of them")


def test_assigners_films_are_those_declared(declared):
    lab, module = make("assignlab"), declared["assignlab"]
    assert {rule.film for rule in lab.rules.values()} == set(get_args(module.FilmKind))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"seq": None}, "seq is None"),
        ({"seq": True}, "seq is True"),
        ({"stride": "16"}, "stride is '16'"),
        ({"values": b"abc"}, "values is b'abc'"),
        ({"errors": {"pool": 1.0, "align": 1.0}}, "errors has no rounding"),
        ({"rows": {"new": 1}}, "rows.new is not declared"),
        ({"region": [1.0, None]}, "region[1] is None"),
        ({"extra": 1}, "extra is not declared"),
    ],
)
def test_it_would_notice(change, complaint, declared):
    lab = RoILab()
    assert complaints(lab.result, declared["roilab"].Result) == []
    odd = complaints({**lab.result, **change}, declared["roilab"].Result)
    assert any(complaint in line for line in odd), odd
