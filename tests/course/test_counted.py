"""The line of progress: what a terminal shows, and what is left of it."""

import time

import pytest

from locviz import course


def shown(text):
    """What a terminal shows of ``text``: a carriage return goes back to the start of the line."""
    lines = []
    for line in text.split("\n"):
        cells = []
        for part in line.split("\r"):
            cells[: len(part)] = part
        lines.append("".join(cells).rstrip())
    return lines


class _Written:
    text = ""


@pytest.fixture
def written(capsys):
    """Everything that was printed so far; ``capsys`` alone forgets what it has told."""
    kept = _Written()

    def read():
        kept.text += capsys.readouterr().out
        return kept.text

    return read


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that goes on by one second with every look."""
    ticks = iter(range(1000))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(ticks)))


def test_items_pass_and_the_last_line_counts_them(written):
    assert list(course.counted("abc", label="letters")) == ["a", "b", "c"]
    assert shown(written()) == ["letters: 3 of 3", ""]


def test_the_line_says_what_is_left_while_it_runs(written):
    running = course.counted(iter(range(4)), label="steps", total=4)
    next(running)
    assert shown(written()) == ["steps: 0 of 4"]
    next(running)
    assert shown(written()) == ["steps: 1 of 4, about 3 s left"]
    running.close()
    assert shown(written()) == ["steps: 1 of 4", ""]


def test_without_an_end_it_counts_and_tells_the_time(written):
    running = course.counted(iter("ab"), label="letters")
    next(running), next(running)
    assert shown(written()) == ["letters: 1, 1 s"]


def test_nothing_to_count_still_ends_its_line(written):
    assert list(course.counted([], label="steps")) == []
    assert shown(written()) == ["steps: 0 of 0", ""]


def test_an_error_in_the_loop_passes_and_ends_the_line(written):
    with pytest.raises(ZeroDivisionError):
        list(course.counted((1 // n for n in (1, 0)), label="steps", total=2))
    assert shown(written()) == ["steps: 1 of 2", ""]


def test_a_negative_total_is_refused():
    with pytest.raises(ValueError, match="total must not be negative, got -1"):
        course.counted([], label="steps", total=-1)
