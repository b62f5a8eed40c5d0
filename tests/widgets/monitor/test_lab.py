import math
import threading
import time

import numpy as np
import pytest
import torch
import traitlets
from torch import nn

from locviz.train import Step
from locviz.types import Detections, Targets
from locviz.widgets.monitor import Monitor

HOSTILE = "<img src=x onerror=alert(1)>"


class Finder(nn.Module):
    """Finds one box in every image; after ``learned`` steps the right one."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
        self.learned = False

    def detect(self, images):
        box = [2.0, 2, 12, 12] if self.learned else [20.0, 20, 30, 30]
        found = {
            "boxes": torch.tensor([box]),
            "scores": torch.tensor([0.8]),
            "labels": torch.tensor([0]),
        }
        return [Detections(**found) for _ in images]


class Scenes:
    """Two images with one square each."""

    class_names = (HOSTILE,)

    def __len__(self):
        return 2

    def __getitem__(self, index):
        truth = Targets(
            boxes=torch.tensor([[2.0, 2, 12, 12]]),
            labels=torch.tensor([0]),
            size=(32, 32),
            image_id=index,
        )
        return torch.full((3, 32, 32), 0.5), truth


def steps(count, detector=None, *, learned_at=6, seconds=0.0, closed=None):
    """A run as ``locviz.train.train`` yields it: losses 1/step and 2/step."""
    detector = detector or Finder()
    try:
        for index in range(count):
            time.sleep(seconds)
            detector.learned = index + 1 >= learned_at
            losses = {"box": 1 / (index + 1), HOSTILE: 2 / (index + 1)}
            yield Step(
                index, count, losses, sum(losses.values()), 1e-3, 1.0, seconds, 0.0, detector
            )
    finally:
        if closed is not None:
            closed.append(True)


@pytest.fixture
def monitor():
    return Monitor(scenes=[Scenes()[0]], class_names=Scenes.class_names)


def rows_of(monitor):
    return np.frombuffer(monitor.losses["rows"], np.float32).reshape(monitor.losses["shape"])


def test_every_step_is_passed_on_and_recorded(monitor):
    seen = [step.index for step in monitor.watch(steps(10))]
    assert seen == list(range(10))
    assert monitor.status == "finished"
    assert monitor.losses["names"] == ["box", HOSTILE, "total"]
    expected = [[n, 1 / n, 2 / n, 3 / n] for n in range(1, 11)]
    assert rows_of(monitor) == pytest.approx(np.array(expected), rel=1e-6)
    assert monitor.progress["step"] == 10
    assert monitor.progress["left"] == 0


def test_evaluates_every_so_often_and_at_the_end(monitor):
    monitor.run(steps(10), evaluate=Scenes(), every=4)
    assert [entry.step for entry in monitor.rounds] == [4, 8, 10]
    # Until step 6 the box is wrong, then right: AP is 0, then 1.
    assert [entry.figures["AP50"] for entry in monitor.rounds] == [
        0.0,
        pytest.approx(1),
        pytest.approx(1),
    ]
    assert [entry.scenes[0].tally for entry in monitor.rounds] == [(0, 1, 1), (1, 0, 0), (1, 0, 0)]
    assert [row["step"] for row in monitor.figures] == [4, 8, 10]
    assert [entry["step"] for entry in monitor.history] == [4, 8, 10]
    assert monitor.found["step"] == 10
    assert monitor.found["scenes"][0]["outcome"] == [1]
    assert [entry["step"] for entry in monitor.past] == [4, 8, 10]
    assert [entry["scenes"][0]["outcome"] for entry in monitor.past] == [[0], [1], [1]]


@pytest.mark.parametrize("result", [0.25, {"AP": 0.25}])
def test_evaluate_may_be_a_function(monitor, result):
    monitor.run(steps(3), evaluate=lambda detector: result, every=3)
    assert monitor.rounds[0].figures == {"AP": 0.25}


def test_undefined_figures_travel_as_none(monitor):
    monitor.run(steps(2), evaluate=lambda detector: float("nan"), every=2)
    assert monitor.figures == [{"step": 2, "figures": {"AP": None}}]
    assert "AP undefined" in monitor.snapshot().text


def in_background(monitor, run, **options):
    thread = threading.Thread(target=monitor.run, args=(run,), kwargs=options)
    thread.start()
    return thread


def wait_for(condition):
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_pause_resume_and_stop_from_another_thread(monitor):
    closed = []
    thread = in_background(monitor, steps(100_000, seconds=0.001, closed=closed))
    wait_for(lambda: len(monitor.record) > 3)
    click = monitor.remote._handle_custom_msg
    click({"kind": "command", "name": "pause"}, None)
    wait_for(lambda: monitor.status == "paused")
    held = len(monitor.record)
    time.sleep(0.05)
    assert len(monitor.record) == held
    click({"kind": "command", "name": "resume"}, None)
    wait_for(lambda: len(monitor.record) > held)
    assert monitor.status == "running"
    click({"kind": "command", "name": "stop"}, None)
    thread.join(10)
    assert not thread.is_alive()
    assert monitor.status == "stopped"
    assert closed == [True]
    assert monitor.rounds[-1].step == len(monitor.record)  # what it had learned when it was stopped


def test_a_paused_run_can_be_stopped(monitor):
    thread = in_background(monitor, steps(100_000, seconds=0.001))
    wait_for(lambda: len(monitor.record) > 1)
    monitor.pause()
    wait_for(lambda: monitor.status == "paused")
    monitor.stop()
    thread.join(10)
    assert monitor.status == "stopped"


def test_unknown_clicks_do_nothing(monitor):
    for content in ({"kind": "command", "name": "run"}, {"name": "__init__"}, "pause", {}):
        monitor.remote._handle_custom_msg(content, None)
    assert monitor._wanted == "run"


def test_breaking_out_stops_and_closes_the_run(monitor):
    closed = []
    watched = monitor.watch(steps(100, closed=closed))
    for step in watched:
        if step.index == 4:
            break
    watched.close()
    assert (monitor.status, len(monitor.record), closed) == ("stopped", 5, [True])


def test_a_run_that_fails_says_so_and_still_raises(monitor):
    def failing():
        yield from steps(2)
        raise FloatingPointError("step 2: not finite")

    with pytest.raises(FloatingPointError):
        monitor.run(failing())
    assert monitor.status == "failed"
    assert monitor.last_error == "FloatingPointError: step 2: not finite"
    monitor.run(steps(2))
    assert (monitor.status, monitor.last_error) == ("finished", "")


def test_one_run_at_a_time(monitor):
    watched = monitor.watch(steps(10))
    next(watched)
    with pytest.raises(ValueError, match="make a second Monitor"):
        monitor.watch(steps(10))
    watched.close()
    assert monitor.run(steps(3)) is monitor
    assert len(monitor.record) == 3


def test_messages_are_few_and_small(monitor, fake_comm):
    comm = fake_comm(monitor)
    began = time.perf_counter()
    monitor.run(steps(5000))
    seconds = time.perf_counter() - began
    sent = [state["losses"] for state in comm.states() if state.get("losses")]
    assert len(sent) <= 5 * seconds + 2  # at most five a second, the first and the last
    assert monitor.losses["shape"] == [295, 4]  # 5000 steps in bins of 17
    assert len(monitor.losses["rows"]) < 10_000


def test_the_kernel_never_publishes_on_the_buttons_comm(monitor, fake_comm):
    comm = fake_comm(monitor.remote)
    monitor.remote._handle_custom_msg({"kind": "command", "name": "pause"}, None)
    monitor.resume()
    monitor.run(steps(5), evaluate=Scenes(), every=2)
    assert comm.messages == []


def test_picture_shows_the_end(monitor):
    assert "nothing trained yet" in monitor.snapshot().text
    monitor.run(steps(10), evaluate=Scenes(), every=5)
    picture = monitor.snapshot()
    assert "finished after step 10 of 10" in picture.text
    assert (
        "After step 10: AP 1.000, AP50 1.000. On 1 scenes 1 right, 0 wrong, 0 missed"
        in picture.text
    )
    assert "<img" not in picture.html()
    assert picture.html().count("data:image/png;base64,") == 1
    assert repr(monitor) == "Monitor(status='finished', steps=10, loss=0.300, AP=1.000, AP50=1.000)"


@pytest.mark.parametrize("odd", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_is_a_gap_in_the_picture(odd, marks):
    """The frame of the chart goes from 0 to 4 steps and from y = 236 for a loss of 0 to 84 for 1.05
    times the greatest.
    """
    monitor = Monitor()
    common = (1e-3, 1.0, 0.0, 0.0, Finder())
    losses = enumerate([2.0, 2.0, odd, 1.0])
    monitor.run(Step(index, 4, {"box": loss}, loss, *common) for index, loss in losses)
    (curve,) = marks(monitor, "path", stroke_width="2.2")
    heights = [236 - 152 * loss / 2.1 for loss in (2, 1)]
    assert curve.get("d") == "M155.0 {0:.1f}L250.0 {0:.1f}M440.0 {1:.1f}".format(*heights)


def test_no_scenes_no_evaluation_is_fine():
    monitor = Monitor()
    monitor.run(steps(3))
    assert monitor.rounds == []
    assert "finished" in monitor.snapshot().text


def test_a_run_without_steps(monitor):
    monitor.run(iter([]))
    assert monitor.status == "finished"
    assert "nothing trained yet" in monitor.snapshot().text


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"scene": []}, TypeError, "did you mean 'scenes'"),
        ({"score_threshold": 2.0}, traitlets.TraitError, "at least 0 and at most 1"),
    ],
)
def test_bad_input_names_the_fix(change, error, words):
    with pytest.raises(error, match=words):
        Monitor(**change)


def test_every_must_be_positive(monitor):
    with pytest.raises(ValueError, match="at least 1 step"):
        monitor.watch(steps(3), every=0)


def test_the_limit_is_on_the_clock(monitor):
    # Sleeping takes no processor time: a limit on that would let all 400 steps run.
    closed = []
    run = steps(400, seconds=0.02, closed=closed)
    seen = list(monitor.watch(run, seconds=0.3))
    assert 1 <= len(seen) < 20
    assert closed == [True]
    assert monitor.status == "stopped"
    assert monitor.rounds[-1].step == seen[-1].index + 1, "the end is looked at"


def test_a_limit_that_is_not_reached_changes_nothing(monitor):
    assert len(list(monitor.watch(steps(4), seconds=60))) == 4
    assert monitor.status == "finished"


@pytest.mark.parametrize("seconds", [0, -1, math.nan])
def test_a_limit_must_be_positive(monitor, seconds):
    with pytest.raises(ValueError, match="seconds must be positive"):
        monitor.watch(steps(1), seconds=seconds)
