import sys
from pathlib import Path
from types import ModuleType

import pytest

from locviz import types
from locviz.course import show_source
from locviz.course.source import source_link
from locviz.types import Targets


def test_the_source_and_its_place_are_shown():
    source = show_source(Targets.check)
    assert "def check(self" in source.code
    assert source.place.startswith("locviz/types.py, lines ")
    first, last = (int(n) for n in source.place.split("lines ")[1].split(" to "))
    lines = Path(types.__file__).read_text().splitlines()
    assert lines[first - 1].strip() == source.code.splitlines()[0]
    assert last - first + 1 == len(source.code.rstrip().splitlines())


def test_no_absolute_path_appears():
    assert str(types.__file__)[:5] not in repr(show_source(types))[:60]


def test_a_docstring_can_be_left_out():
    with_it, without = show_source(Targets.to), show_source(Targets.to, docstring=False)
    assert "Return a copy" in with_it.code
    assert "Return a copy" not in without.code
    assert "return replace" in without.code


def test_code_is_highlighted_and_escaped():
    page = show_source(Targets.check).html()
    assert '<span class="k">return</span>' in page
    assert "&lt;" in page
    assert "high < low" not in page


def test_without_pygments_it_is_plain_and_escaped(monkeypatch):
    monkeypatch.setitem(sys.modules, "pygments", None)
    page = show_source(Targets.check).html()
    assert "<span" not in page.split("<pre>")[1]
    assert "high &lt; low" in page


def test_several_objects_follow_each_other():
    source = show_source(Targets.check, Targets.to)
    assert source.code.index("def check") < source.code.index("def to")
    assert source.place.count("locviz/types.py") == 1
    assert source.place.count(" to ") == 2
    assert show_source(types, Targets).place.startswith("locviz/types.py, lines ")


@pytest.mark.parametrize("thing", [len, 3, ModuleType("empty")])
def test_what_has_no_source_is_refused(thing):
    with pytest.raises(TypeError, match="has no Python source"):
        show_source(thing)
    with pytest.raises(TypeError, match="give at least one"):
        show_source()


@pytest.mark.parametrize(("thing", "begins"), [(Targets, "@"), (show_source, "def show_source")])
def test_a_link_leads_from_a_chapter_to_the_first_line(thing, begins):
    link = source_link(thing, "read it")
    file, line = link.href.split("#L")
    chapters = Path(types.__file__).parent.parent / "chapters"
    assert str(link) == "read it"
    assert (chapters / file).resolve().read_text().splitlines()[int(line) - 1].startswith(begins)
