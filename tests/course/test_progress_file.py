import json
import multiprocessing
import os
from pathlib import Path

import pytest

from locviz.course import progress


def test_home_follows_the_environment(monkeypatch, tmp_path):
    assert progress.home() == tmp_path / "home"
    monkeypatch.delenv("LOCVIZ_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert progress.home() == tmp_path / "xdg" / "locviz"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert progress.home() == Path.home() / ".local/share/locviz"


def test_facts_are_merged_and_counted():
    progress.record("01.iou", count="tries", solved=False)
    progress.record("01.iou", count="tries", solved=True)
    assert progress.get("01.iou") == {"solved": True, "tries": 2}
    assert progress.get("01.other") == {}
    assert json.loads(progress.path().read_text())["version"] == 1


def test_a_write_that_fails_half_way_leaves_the_old_file(monkeypatch):
    progress.record("01.iou", solved=True)

    def power_cut(handle):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", power_cut)
    progress.record("01.giou", solved=True)
    assert json.loads(progress.path().read_text())["items"] == {"01.iou": {"solved": True}}
    assert progress.get("01.giou") == {"solved": True}
    assert not list(progress.home().glob("*.tmp"))
    assert "Input/output error" in repr(progress.show())


@pytest.mark.parametrize(
    "rubbish", ["", "{", "[1, 2]", '{"items": 3}', '{"items": {"a": 1}}', "\x00\x01"]
)
def test_a_corrupt_file_is_set_aside_not_lost(rubbish):
    progress.home().mkdir(parents=True)
    progress.path().write_text(rubbish)
    assert progress.load() == {}
    progress.record("01.iou", solved=True)
    assert progress.get("01.iou") == {"solved": True}
    assert [p.read_text() for p in progress.home().glob("progress.broken-*.json")] == [rubbish]
    assert "could not be read" in repr(progress.show())


def test_a_second_corrupt_file_does_not_replace_the_first():
    for text in ("first", "second"):
        progress.home().mkdir(parents=True, exist_ok=True)
        progress.path().write_text(text)
        progress.load()
    assert {p.read_text() for p in progress.home().glob("progress.broken-*.json")} == {
        "first",
        "second",
    }


def test_where_nothing_can_be_written_the_lesson_goes_on(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LOCVIZ_HOME", str(tmp_path / "file" / "home"))
    progress.record("01.iou", count="tries")
    progress.record("01.iou", count="tries")
    assert progress.get("01.iou") == {"tries": 2}
    assert "cannot be saved" in repr(progress.show())
    progress.reset()
    assert progress.get("01.iou") == {}


def test_reset_forgets_one_chapter_or_all():
    for name in ("01.iou", "01.giou", "02.slope"):
        progress.record(name, solved=True)
    progress.reset(1)
    assert set(progress.load()) == {"02.slope"}
    progress.reset()
    assert progress.load() == {}


def _record_many(home, start):
    os.environ["LOCVIZ_HOME"] = home
    for n in range(20):
        progress.record(f"01.item{start + n}", solved=True)


def test_two_kernels_at_once_lose_nothing():
    context = multiprocessing.get_context("fork")
    kernels = [
        context.Process(target=_record_many, args=(str(progress.home()), 100 * n)) for n in range(3)
    ]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join()
    assert len(progress.load()) == 60


@pytest.mark.parametrize(
    ("entry", "done"),
    [
        ({}, False),
        ({"tries": 3}, False),
        ({"guess": "a"}, True),
        ({"solved": True}, True),
        ({"proved": True}, True),
    ],
)
def test_what_counts_as_done(entry, done):
    assert progress.is_done(entry) is done


def test_show_counts_by_kind_and_names_what_is_open():
    from locviz.course import ch00

    progress.record("00.tenth", guess="a")
    text = repr(progress.show(ch00))
    assert "Chapter 00: quizzes 1 of 1, challenges 0 of 1, exercises 0 of 1" in text
    assert "still open: Your first drag" in text
    assert "One tenth aside" not in text
    everything = repr(progress.show())
    assert "Chapter 01: quizzes 0 of 3" in everything
    assert "still open" not in everything
