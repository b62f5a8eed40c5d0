"""What every widget of locviz.widgets owes its reader, whoever wrote it."""

import copy
import importlib
import inspect
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import torch

import locviz.widgets
from locviz.types import Detections, Targets
from locviz.widgets import Widget, bundle

BOX = torch.tensor([[2.0, 2, 12, 12]])
HOSTILE = "</svg><img src=x onerror=alert(1)>"


def detections_and_targets():
    label = torch.tensor([0])
    found = Detections(boxes=BOX, scores=torch.tensor([0.8]), labels=label)
    return {
        "detections": [found],
        "targets": [Targets(boxes=BOX, labels=label, size=(32, 32))],
        "class_names": [HOSTILE],
    }


# What a widget cannot do without; a new widget without an entry is made with no arguments.
ARGUMENTS = {
    "APLab": detections_and_targets,
    "AnchorLab": lambda: {"boxes": [BOX], "size": (32, 32)},
}
WIDGETS = [
    member
    for _, member in inspect.getmembers(locviz.widgets, inspect.isclass)
    if issubclass(member, Widget) and member is not Widget
]


@pytest.fixture(params=WIDGETS, ids=lambda kind: kind.__name__)
def kind(request):
    return request.param


@pytest.fixture
def widget(kind):
    return kind(**ARGUMENTS.get(kind.__name__, dict)())


def test_the_widgets_of_the_first_chapters_are_there():
    assert {
        "APLab",
        "AnchorLab",
        "AssignLab",
        "BoxLab",
        "FocalLab",
        "Monitor",
        "NMSLab",
        "QueryLab",
        "RoILab",
    } <= {kind.__name__ for kind in WIDGETS}


def test_static_picture_is_one_labelled_image(widget):
    picture = widget.snapshot()
    root = ET.fromstring(picture.svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == picture.text
    assert len(picture.text.split()) >= 4
    names = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert names <= {
        "svg",
        "g",
        "rect",
        "line",
        "path",
        "circle",
        "text",
        "image",
        "title",
        "polyline",
        "polygon",
    }


def test_static_picture_is_drawn_from_what_the_view_gets_and_from_nothing_else(widget):
    """A copy of the traits that travel, with no widget at hand, gives the same picture."""
    module = importlib.import_module(f"locviz.widgets.{type(widget).__name__.lower()}.picture")
    sent = {name: value for name, value in widget._sent().items() if name != "remote"}
    assert module.draw(copy.deepcopy(sent)) == widget.snapshot()


def test_mimebundle_holds_the_view_the_picture_and_words(widget):
    bundle, _ = widget._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert bundle["text/html"] == widget.snapshot().html()
    assert bundle["text/plain"] == repr(widget)


def test_repr_is_one_short_line(widget):
    assert repr(widget).startswith(f"{type(widget).__name__}(")
    assert len(repr(widget)) <= 120
    assert "\n" not in repr(widget)


def test_unknown_keywords_name_the_nearest(kind):
    with pytest.raises(TypeError, match="did you mean 'scale'"):
        kind(**ARGUMENTS.get(kind.__name__, dict)(), scael=1.5)


def test_scale_is_checked(widget):
    with pytest.raises(Exception, match="scale must be between"):
        widget.scale = 0.0


def test_every_trait_that_travels_has_one_owner(kind):
    own = set(kind.class_traits(sync=True)) - set(Widget.__mro__[1].class_traits(sync=True))
    owners = {name: kind.class_traits()[name].metadata.get("owner") for name in own}
    assert owners
    assert set(owners.values()) <= {"user", "kernel"}
    for name, owner in owners.items():
        if owner == "kernel":
            assert kind.class_traits()[name].metadata.get("echo_update") is False, name


def test_bundle_is_committed_and_small(kind):
    path = bundle(kind.__name__.lower())
    assert path.is_file()
    assert path.stat().st_size <= 120_000
    assert "http://" not in path.read_text().replace("http://www.w3.org/", "")
    assert "https://" not in path.read_text()
    assert (
        Path(locviz.widgets.__file__).parent / "src" / kind.__name__.lower() / "index.ts"
    ).is_file()
