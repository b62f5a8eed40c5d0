import json
import multiprocessing
import os
from pathlib import Path

import pytest

from locviz.course import progress, progress_file


def test_home_follows_the_environment(monkeypatch, tmp_path):
    assert progress_file.home() == tmp_path / "home"
    monkeypatch.delenv("LOCVIZ_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    assert progress_file.home() == tmp_path / "xdg" / "locviz"
    monkeypatch.delenv("XDG_DATA_HOME")
    assert progress_file.home() == Path.home() / ".local/share/locviz"


def test_facts_are_merged_and_counted():
    progress_file.record("01.iou", count="tries", solved=False)
    progress_file.record("01.iou", count="tries", solved=True)
    assert progress_file.get("01.iou") == {"solved": True, "tries": 2}
    assert progress_file.get("01.other") == {}
    assert json.loads(progress_file.path().read_text())["version"] == 1


def test_a_write_that_fails_half_way_leaves_the_old_file(monkeypatch):
    progress_file.record("01.iou", solved=True)

    def power_cut(handle):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", power_cut)
    progress_file.record("01.giou", solved=True)
    assert json.loads(progress_file.path().read_text())["items"] == {"01.iou": {"solved": True}}
    assert progress_file.get("01.giou") == {"solved": True}
    assert not list(progress_file.home().glob("*.tmp"))
    assert "Input/output error" in repr(progress.show())


@pytest.mark.parametrize(
    "rubbish", ["", "{", "[1, 2]", '{"items": 3}', '{"items": {"a": 1}}', "\x00\x01"]
)
def test_a_corrupt_file_is_set_aside_not_lost(rubbish):
    progress_file.home().mkdir(parents=True)
    progress_file.path().write_text(rubbish)
    assert progress_file.load() == {}
    progress_file.record("01.iou", solved=True)
    assert progress_file.get("01.iou") == {"solved": True}
    assert [p.read_text() for p in progress_file.home().glob("progress.broken-*.json")] == [rubbish]
    assert "could not be read" in repr(progress.show())


def test_a_second_corrupt_file_does_not_replace_the_first():
    for text in ("first", "second"):
        progress_file.home().mkdir(parents=True, exist_ok=True)
        progress_file.path().write_text(text)
        progress_file.load()
    assert {p.read_text() for p in progress_file.home().glob("progress.broken-*.json")} == {
        "first",
        "second",
    }


def test_where_nothing_can_be_written_the_lesson_goes_on(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LOCVIZ_HOME", str(tmp_path / "file" / "home"))
    progress_file.record("01.iou", count="tries")
    progress_file.record("01.iou", count="tries")
    assert progress_file.get("01.iou") == {"tries": 2}
    assert "cannot be saved" in repr(progress.show())
    progress_file.forget()
    assert progress_file.get("01.iou") == {}


def test_it_forgets_one_chapter_or_all():
    for name in ("01.iou", "01.giou", "02.slope"):
        progress_file.record(name, solved=True)
    progress_file.forget(1)
    assert set(progress_file.load()) == {"02.slope"}
    progress_file.forget()
    assert progress_file.load() == {}


def _record_many(home, start):
    os.environ["LOCVIZ_HOME"] = home
    for n in range(20):
        progress_file.record(f"01.item{start + n}", solved=True)


def test_two_kernels_at_once_lose_nothing():
    context = multiprocessing.get_context("fork")
    kernels = [
        context.Process(target=_record_many, args=(str(progress_file.home()), 100 * n))
        for n in range(3)
    ]
    for kernel in kernels:
        kernel.start()
    for kernel in kernels:
        kernel.join()
    assert len(progress_file.load()) == 60
