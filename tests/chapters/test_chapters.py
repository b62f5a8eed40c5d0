"""Chapters run from top to bottom, offline, in time, and what is marked comes out as committed."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import chapters


def notebook_of(*sources):
    return new_notebook(cells=[new_markdown_cell("# 99"), *map(new_code_cell, sources)])


@pytest.mark.chapters
@pytest.mark.timeout(chapters.LIMIT + 60)
@pytest.mark.parametrize("path", chapters.chapters([]), ids=lambda path: path.name)
def test_the_chapter_runs(path):
    committed = chapters.read(path)
    result = chapters.execute(chapters.read(path))
    print(f"{path.name}: {result.seconds:.1f} s, {result.cpu_seconds:.1f} CPU s")
    assert result.failure == ""
    assert chapters.differences(committed, result.notebook) == []


OFFLINE = """
import socket, urllib.request
refused = []
for reach in (
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)),
    lambda: socket.socket().connect_ex(("192.0.2.1", 80)),
    lambda: urllib.request.urlopen("http://example.org", timeout=1),
):
    try:
        reach()
    except OSError as error:
        refused.append("offline" in str(error))
print(refused)
"""

LOOPBACK = """
import socket
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
    print(client.getpeername()[0], socket.getaddrinfo("localhost", 80) != [])
"""

PROGRESS = """
from locviz.course import progress_file
progress_file.record("99.x", solved=True)
print(len(progress_file.load()))
"""

WIDGETS = """
import ipywidgets
from locviz.course import Quiz
quiz = Quiz(name="99.q", title="Q", question="?", choices=("yes", "no"), right="a", because="so")
question = quiz.ask()
assert question.buttons is not None
question
"""


@pytest.mark.slow
def test_the_kernel_is_offline_private_and_leaves_no_widget_state():
    result = chapters.execute(notebook_of(OFFLINE, LOOPBACK, PROGRESS, WIDGETS))
    assert result.failure == ""
    cells = result.notebook.cells[1:]
    assert cells[0].outputs[0].text == "[True, True, True, True]\n"
    assert cells[1].outputs[0].text == "127.0.0.1 True\n"
    assert cells[2].outputs[0].text == "1\n"
    assert set(cells[3].outputs[0].data) == {"text/html", "text/plain"}
    assert "widgets" not in result.notebook.metadata
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4]
    assert result.cpu_seconds > 0


@pytest.mark.slow
def test_a_failing_cell_fails_the_chapter_and_leaves_the_file_alone(tmp_path, capsys):
    path = tmp_path / "99_fails.ipynb"
    nbformat.write(notebook_of("1 / 0"), path)
    before = path.read_bytes()
    assert not chapters.run_chapter(path)
    assert path.read_bytes() == before
    assert "ZeroDivisionError" in capsys.readouterr().out


@pytest.mark.slow
def test_a_chapter_over_the_limit_fails():
    result = chapters.execute(notebook_of("import time; time.sleep(60)"), limit=3)
    assert "Timeout" in result.failure


def timed(source, seconds):
    execution = {
        "iopub.status.busy": "2026-01-01T10:00:00.000000Z",
        "iopub.status.idle": f"2026-01-01T10:00:{seconds:02}.500000Z",
    }
    return new_code_cell(source, metadata={"execution": execution})


@pytest.mark.parametrize(
    ("source", "seconds", "silent"),
    [
        ("for step in steps: pass", 10, True),
        ("for step in steps: pass", 9, False),
        ("for step in course.counted(steps, label='steps'): pass", 50, False),
        ("for step in monitor.watch(steps): pass", 50, False),
        ("discounted(3)", 50, True),
    ],
)
def test_a_long_cell_must_show_a_sign_of_life(source, seconds, silent):
    notebook = new_notebook(cells=[new_markdown_cell("# 99"), timed(source, seconds)])
    found = list(chapters.silent_cells(notebook))
    assert [sentence.split(" without")[0] for sentence in found] == [
        f"cell 1: {seconds} s"
    ] * silent


def test_a_cell_without_times_is_not_judged():
    assert list(chapters.silent_cells(notebook_of("1"))) == []


@pytest.mark.slow
def test_the_times_of_a_run_are_read_and_leave_no_trace(monkeypatch):
    monkeypatch.setattr(chapters, "SILENT", 0.5)
    result = chapters.execute(notebook_of("import time; time.sleep(1)", "1"))
    assert [sentence[:7] for sentence in result.silent] == ["cell 1:"]
    assert all("execution" not in cell.metadata for cell in result.notebook.cells)


def test_cleaning_a_file_keeps_what_was_printed(tmp_path):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="a box"></svg>'
    notebook = notebook_of("1")
    notebook.cells[1].outputs = [
        new_output("stream", text="AP 0.5\n"),
        new_output("display_data", {"text/html": drawing, "text/plain": "a box"}),
    ]
    path = tmp_path / "99_drawn.ipynb"
    nbformat.write(notebook, path)
    chapters.clean_chapter(path)
    text, picture = chapters.read(path).cells[1].outputs
    assert text.text == "AP 0.5\n"
    assert picture.data["text/html"].startswith("<img ")
