import pytest
import traitlets

from locviz.course import Challenge, Goal, progress_file


class Box(traitlets.HasTraits):
    prediction = traitlets.List([0.0, 0.0, 1.0, 1.0])
    loss = traitlets.Unicode("giou")


class Snapshotter:
    def snapshot(self):
        return {"prediction": [0.0, 0.0, 4.0, 1.0]}


@pytest.fixture
def wide():
    return Challenge(
        name="99.wide",
        title="Wide",
        task="Make it wide.",
        reads=("prediction",),
        goals=(
            Goal(
                says="width between 3 and 5",
                number=lambda s: s.prediction[2] - s.prediction[0],
                low=3,
                high=5,
            ),
            Goal(
                says="height at most 2", number=lambda s: s.prediction[3] - s.prediction[1], high=2
            ),
        ),
        hint="Pull the right edge.",
        example={"prediction": [0.0, 0.0, 4.0, 1.0]},
    )


def test_not_there_yet_says_which_goal_is_open_and_the_number(wide):
    verdict = wide.check(Box())
    assert not verdict
    assert "○ open: width between 3 and 5 (now 1)" in repr(verdict)
    assert "✔ done: height at most 2 (now 1)" in repr(verdict)
    assert progress_file.get("99.wide") == {}


@pytest.mark.parametrize(
    "widget",
    [Box(prediction=[0.0, 0.0, 4.0, 1.0]), Snapshotter(), {"prediction": [0.0, 0.0, 4.0, 1.0]}],
)
def test_traits_snapshots_and_mappings_prove_it(wide, widget):
    assert wide.check(widget)
    assert progress_file.get("99.wide") == {"proved": True}


def test_the_ends_count_and_nan_does_not(wide):
    assert wide.check(Box(prediction=[0.0, 0.0, 3.0, 2.0]))
    assert not wide.check(Box(prediction=[0.0, 0.0, float("nan"), 1.0]))


def test_an_object_without_the_trait_is_named(wide):
    with pytest.raises(TypeError, match="reads prediction, which object has not"):
        wide.check(object())


class Shell:
    """Of IPython what a card uses: the learner's names, and a call after every cell."""

    def __init__(self):
        self.user_ns, self.after_cell = {}, []
        self.events = self

    def register(self, event, callback):
        assert event == "post_run_cell"
        self.after_cell.append(callback)


@pytest.fixture
def shell(monkeypatch):
    pytest.importorskip("anywidget")
    shell = Shell()
    monkeypatch.setattr("locviz.course.challenge.in_live_notebook", lambda: True)
    monkeypatch.setattr("locviz.course.challenge._shell", lambda: shell)
    return shell


def test_watching_ticks_while_the_trait_changes_and_stays_proved(wide, shell):
    box = Box()
    watch = wide.watch(box)
    assert watch.met == (False, True)
    assert watch.view.card.count("✔ done") == 1
    box.prediction = [0.0, 0.0, 4.0, 1.0]
    assert watch.proved
    assert watch.view.card.count("✔ done") == 2
    assert watch.view.says == "✔ done: width between 3 and 5. Proved: Wide"
    assert progress_file.get("99.wide")["proved"]
    box.prediction = [0.0, 0.0, 9.0, 1.0]
    assert watch.proved
    assert "proved" in watch.view.card
    assert watch.view.says == "○ open: width between 3 and 5"


def test_the_card_follows_the_widget_that_its_cell_made_anew(wide, shell):
    first, second = Box(), Box()
    watch = wide.watch(first)
    shell.user_ns["lab"] = second
    for callback in shell.after_cell:
        callback(None)
    first.prediction = [0.0, 0.0, 4.0, 1.0]
    assert not watch.proved
    second.prediction = [0.0, 0.0, 4.0, 1.0]
    assert watch.proved
    assert watch.view.card.count("✔ done") == 2


def test_the_card_stays_where_the_name_means_something_else_now(wide, shell):
    box = Box()
    watch = wide.watch(box)
    for other in (3, Snapshotter(), None):
        shell.user_ns["lab"] = other
        shell.after_cell[0](None)
    assert watch.widget is box


def test_watching_sends_only_when_a_tick_changes(wide, shell):
    box = Box()
    watch = wide.watch(box)
    shown = []
    watch.view.observe(lambda change: shown.append(change["new"]), names="card")
    for width in (1.1, 1.2, 3.5, 3.6, 3.7):
        box.prediction = [0.0, 0.0, width, 1.0]
    assert len(shown) == 1


def test_the_file_keeps_a_readable_card(wide):
    bundle = wide.watch(Box())._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert "width between 3 and 5" in bundle["text/plain"]
    assert "Pull the right edge" in bundle["text/html"]


def test_the_solution_is_the_example(wide):
    assert "[0.0, 0.0, 4.0, 1.0]" in repr(wide.solution())
    assert "[0.0, 0.0, 4.0, 1.0]" not in repr(wide)


def test_the_solution_leaves_out_what_nobody_can_set():
    challenge = Challenge(
        name="99.x", title="X", task="", reads=("frame", "film"), goals=(), hint="", widget="lab2",
        example={"frame": 3, "film": lambda: None}, settings={"frame": 3},
    )  # fmt: skip
    assert "`lab2.frame = 3`" in repr(challenge.solution())
    assert "film" not in repr(challenge.solution())


def test_an_example_must_hold_what_is_read(wide):
    with pytest.raises(ValueError, match="the example lacks"):
        Challenge(name="99.x", title="", task="", reads=("loss",), goals=(), hint="", example={})
