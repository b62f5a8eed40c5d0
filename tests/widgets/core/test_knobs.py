from typing import Annotated

import pytest
import traitlets

from locviz.widgets.core.base import Widget, kernel_owned, user_owned
from locviz.widgets.core.knobs import KnobWidget, knob
from locviz.widgets.core.numbers import Ranged
from locviz.widgets.core.wire import CommonUserTraits, Limits


class UserTraits(CommonUserTraits):
    number: Annotated[int, Limits(0, 9)]


class Half(KnobWidget):
    """Halves."""

    declared = UserTraits
    number = knob(Ranged(4), "what is halved.")


class Toy(Half):
    """A toy.

    Args:
        data: anything.
    """

    _esm = "export default { render() {} }"
    forced = knob(traitlets.Bool(False), "whether it is doubled after all.")
    size = user_owned(traitlets.Int(1))
    result = kernel_owned(traitlets.Dict())

    def __init__(self, *, data=None, **traits):
        self._check_keywords(traits)
        self.updates = 0
        super().__init__(**traits)
        self._begin()

    def _update(self, _=None):
        self.updates += 1
        self.result = {"value": self.number * (2 if self.forced else 0.5)}
        self._remember(value=self.result["value"])


def test_knobs_are_the_traits_declared_so_in_their_order():
    assert Half.knobs == ("number",)
    assert Toy.knobs == ("number", "forced")
    assert Toy(number=6).initial == {"number": 6, "forced": False}


def test_a_knob_is_said_in_the_docstring_with_what_it_may_be():
    lines = Toy.__doc__.splitlines()
    assert "    number (a whole number from 0 to 9): what is halved." in lines
    assert "    forced: whether it is doubled after all." in lines
    assert lines.index("Args:") < lines.index("Knobs, which are keywords and traits:")


def test_the_comm_opens_once_with_all_that_the_view_reads(monkeypatch):
    opened = []
    monkeypatch.setattr(Widget, "open", lambda self: opened.append((self.result, self.initial)))
    Toy(number=6)
    assert opened == [({"value": 3.0}, {"number": 6, "forced": False})]


def test_data_of_the_constructor_are_keywords_too():
    assert Toy.keywords() == ["data", "forced", "layout", "number", "scale", "size"]
    with pytest.raises(TypeError, match="did you mean 'data'"):
        Toy(dato=1)


def test_a_knob_that_moves_is_followed_and_remembered_and_reset():
    lab = Toy()
    lab._change("drag", number=8, forced=True)
    assert lab.result == {"value": 16}
    assert [(one["gesture"], one["number"], one["value"]) for one in lab.history] == [
        ("", 4, 2.0),
        ("drag", 8, 16),
    ]
    lab.size = 3  # no knob
    assert len(lab.history) == 2
    lab.reset()
    assert (lab.number, lab.forced, lab.history[-1]["gesture"]) == (4, False, "reset")


def test_the_view_sends_knobs_and_gets_no_echo(fake_comm):
    lab = Toy()
    comm = fake_comm(lab)
    asked = {"kind": "ask", "seq": 3, "name": "knobs", "number": 2, "gesture": "drag", "at": 5}
    lab._handle_custom_msg(asked, None)
    assert comm.custom() == [{"kind": "answer", "seq": 3}]
    assert (lab.result, lab.seq, lab.gesture) == ({"value": 1.0}, 5, "drag")
    assert all("number" not in state for state in comm.states() + comm.states("echo_update"))


def test_a_question_that_is_none_is_refused(fake_comm):
    lab = Toy()
    comm = fake_comm(lab)
    lab._handle_custom_msg({"kind": "ask", "seq": 1, "name": "size"}, None)
    assert "Toy answers no questions, got 'size'" in comm.custom()[0]["error"]
