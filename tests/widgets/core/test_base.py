import threading

import pytest
import traitlets

from locviz.widgets.core.base import Widget, kernel_owned, user_owned
from locviz.widgets.core.picture import Canvas


class Doubler(Widget):
    """The smallest widget: one trait of each owner."""

    _esm = "export default { render() {} }"
    number = user_owned(traitlets.Float(1.0))
    result = kernel_owned(traitlets.Dict())

    def __init__(self, **traits):
        super().__init__(**traits)
        self.observe(self._update, "number")

    def _update(self, _=None):
        if self.number < 0:
            raise ValueError("number must be 0 or more")
        self.result = {"seq": self.seq, "value": 2 * self.number}
        self._record(number=self.number)

    def _answer(self, question, buffers):
        return {"value": 2 * question["number"]}, []

    def _summary(self):
        return {"number": self.number, "name": "x"}

    def _picture(self):
        canvas = Canvas(10, 10, text=f"a doubler of {self.number}")
        canvas.add("text", x=1, y=2.345, content="<img src=x onerror=alert(1)>")
        return canvas.picture()


@pytest.fixture
def widget():
    return Doubler(number=3.0)


def test_unknown_keyword_names_the_nearest():
    with pytest.raises(
        TypeError, match=r"Doubler\(\) has no argument 'numbr': did you mean 'number'\?"
    ):
        Doubler(numbr=1.0)


def test_kernel_owned_traits_are_no_keywords():
    with pytest.raises(TypeError, match="no argument 'result'"):
        Doubler(result={})
    assert Doubler.keywords() == ["layout", "number", "scale"]


@pytest.mark.parametrize("scale", [0.0, 9.0])
def test_scale_out_of_range_says_what_to_give(scale):
    with pytest.raises(traitlets.TraitError, match=r"between 0\.5 and 4"):
        Doubler(scale=scale)


def test_browser_change_is_answered_with_its_seq(widget, fake_comm):
    comm = fake_comm(widget)
    widget.set_state({"number": 4.0, "seq": 7})
    assert {"result": {"seq": 7, "value": 8.0}} in comm.states()
    assert widget.last_error == ""


def test_kernel_owned_traits_are_not_echoed_and_not_taken(widget, fake_comm):
    comm = fake_comm(widget)
    widget.set_state({"result": {"value": 0}})
    assert widget.result != {"value": 0}
    assert "only the kernel may set" in widget.last_error
    assert all("result" not in state for state in comm.states("echo_update"))


def test_exception_in_a_handler_shows_and_clears(widget, fake_comm):
    comm = fake_comm(widget)
    widget.set_state({"number": -1.0})
    assert widget.last_error == "ValueError: number must be 0 or more"
    assert {"last_error": "ValueError: number must be 0 or more"} in comm.states()
    widget.set_state({"number": 1.0})
    assert widget.last_error == ""


def test_goals_are_kept_by_the_title_of_their_challenge(widget, fake_comm):
    comm = fake_comm(widget)
    widget.show_goals("Half", {"IoU of 0.5": False, "at rest": True}, proved=False)
    widget.show_goals("Near", {"one pixel": False}, proved=False)
    widget.show_goals("Half", {"IoU of 0.5": True, "at rest": True}, proved=True)
    half = {"title": "Half", "proved": True, "goals": ["IoU of 0.5", "at rest"], "met": [True] * 2}
    near = {"title": "Near", "proved": False, "goals": ["one pixel"], "met": [False]}
    assert widget.challenges == [half, near]
    assert comm.states()[-1] == {"challenges": [half, near]}
    with pytest.raises(TypeError, match="challenges"):
        Doubler(challenges=[])


def test_exception_from_python_raises(widget):
    with pytest.raises(ValueError, match="0 or more"):
        widget.number = -2.0


def test_questions_are_answered_failed_ones_too(widget, fake_comm):
    comm = fake_comm(widget)
    widget._handle_custom_msg({"kind": "ask", "seq": 3, "number": 5}, [])
    widget._handle_custom_msg({"kind": "ask", "seq": 4}, [])
    good, bad = comm.custom()
    assert good == {"kind": "answer", "seq": 3, "value": 10}
    assert bad["seq"] == 4
    assert "KeyError" in bad["error"]


def test_unknown_command_shows(widget, fake_comm):
    fake_comm(widget)
    widget._handle_custom_msg({"kind": "command", "name": "fly"}, [])
    assert "takes no commands, got 'fly'" in widget.last_error


def test_handlers_of_two_threads_do_not_interleave(widget, fake_comm):
    fake_comm(widget)
    inside, worst = [0], [0]

    def slow(_):
        inside[0] += 1
        worst[0] = max(worst[0], inside[0])
        threading.Event().wait(0.005)
        inside[0] -= 1

    widget.observe(slow, "number")
    threads = [
        threading.Thread(target=widget.set_state, args=({"number": float(i + 10)},))
        for i in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert worst[0] == 1


def test_messages_go_to_the_shell_that_the_browser_names(widget, fake_comm):
    """ipykernel 7.4 would send them to the shell that last published on the comm."""
    comm = fake_comm(widget)
    comm._reply_subshell_id = None  # as ipykernel notes when the main shell publishes
    widget.number = 5.0
    assert not hasattr(comm, "_reply_subshell_id")


def test_repr_is_short_and_stable(widget):
    assert repr(widget) == "Doubler(number=3.000, name='x')"


def test_history_holds_states_with_their_gesture(widget):
    widget.set_state({"number": 4.0, "gesture": "drag"})
    assert widget.history == [{"gesture": "drag", "number": 4.0}]
    widget.history.clear()
    assert len(widget.history) == 1


def test_mimebundle_has_a_static_picture_with_words(widget):
    data, _ = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert 'role="img"' in data["text/html"]
    assert 'aria-label="a doubler of 3.0"' in data["text/html"]
    assert data["text/plain"] == repr(widget)


def test_text_in_pictures_is_text(widget):
    picture = widget.snapshot()
    assert "<img" not in picture.svg
    assert "&lt;img" in picture.svg
    assert 'y="2.35"' in picture.svg or 'y="2.34"' in picture.svg


def test_picture_saves(widget, tmp_path):
    path = widget.snapshot().save(tmp_path / "a.svg")
    assert path.read_text().startswith("<svg")
    assert repr(widget.snapshot()) == "StaticPicture('a doubler of 3.0')"
