"""The benchmark reads the kernel's own figure and fails above the bar."""

from pathlib import Path

import chapter_memory
import pytest

STATUS = "Name:\tpython\nVmPeak:\t 9000000 kB\nVmHWM:\t  {kb} kB\nVmRSS:\t  1000 kB\n"


def test_the_high_water_mark_is_read_in_gib():
    assert chapter_memory.peak_in(STATUS.format(kb=3 * 2**19)) == 1.5


def test_another_system_is_named():
    with pytest.raises(RuntimeError, match="needs Linux"):
        chapter_memory.peak_in("nothing")


@pytest.mark.parametrize(("gib", "code"), [(1.2, 0), (1.21, 1)])
def test_a_chapter_above_the_bar_fails(monkeypatch, capsys, gib, code):
    monkeypatch.setattr(chapter_memory, "peak", lambda path: (gib, 9.0))
    monkeypatch.setattr(chapter_memory.chapters, "chapters", lambda _: [Path("99_a.ipynb")])
    assert chapter_memory.main([]) == code
    assert f"99_a.ipynb{'':22}{gib:9.2f}" in capsys.readouterr().out
