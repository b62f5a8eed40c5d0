"""Each rule of a committed chapter is broken once and must be named; then all committed files must
keep all of them.
"""

import chapter_rules
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from stored_pictures import as_images

import chapters

HEAD = "# 99 · Nothing\n\n**Reading** about 5 min · **Class** about 10 min · **Run time** 5 s on 2 CPU cores, 5 s on a GPU"
PROMISE = "\n\n**Afterwards you can**\n\n- compute it;\n- explain it."
END = (
    "## Key points\n\n"
    + "\n".join(f"{i}. One." for i in range(1, 6))
    + "\n\n**Bug hunt**: f\n\n**Break it** g\n\n"
    "**Talk about it**: h\n\n**Next:** chapter 100."
)
SVG = '<svg role="img" aria-label="a box"></svg>'


def display(**data):
    kinds = {
        "html": "text/html",
        "plain": "text/plain",
        "widget": chapter_rules.WIDGET,
        "png": "image/png",
    }
    return new_output("display_data", {kinds[name]: content for name, content in data.items()})


def chapter(*outputs, source="1 + 1", head=HEAD, count=1, promise=PROMISE, end=END):
    cell = new_code_cell(source, execution_count=count, outputs=list(outputs))
    return new_notebook(cells=[new_markdown_cell(head + promise), cell, new_markdown_cell(end)])


def broken_rules(notebook, tmp_path, name="99_nothing.ipynb"):
    path = tmp_path / name
    nbformat.write(notebook, path)
    return chapter_rules.problems(path)


def test_a_good_chapter_has_no_problem(tmp_path):
    good = chapter(
        display(html=SVG, plain="BoxLab(iou=0.4)"), new_output("stream", text="AP 0.5\n")
    )
    assert broken_rules(good, tmp_path) == []


def test_what_is_folded_away_neither_counts_nor_spoils(tmp_path):
    folded = (
        "<details><summary>More</summary>\n\nThe answer is b" + " word" * 2200 + "\n\n</details>"
    )
    assert (
        broken_rules(chapter(display(html=folded, plain="a"), head=f"{HEAD}\n\n{folded}"), tmp_path)
        == []
    )


@pytest.mark.parametrize(
    ("notebook", "problem"),
    [
        (
            chapter(new_output("error", ename="ValueError", evalue="no", traceback=[])),
            "ends with ValueError: no",
        ),
        (
            chapter(display(widget={"model_id": "1"}, plain="HBox()")),
            "a widget without a static picture",
        ),
        (
            chapter(display(html="<svg></svg>", plain="a")),
            "an SVG picture without role and aria-label",
        ),
        (chapter(display(html="<b>x</b>")), "an output without a text alternative"),
        (
            chapter(display(png="aGk=", plain="<Figure size 640x480 with 1 Axes>")),
            "the text alternative says nothing",
        ),
        (chapter(display(plain="<a.B at 0x7f>")), "the text alternative says nothing"),
        (
            chapter(new_output("stream", text="a.py:3: UserWarning: slow\n")),
            "shows a warning: a.py:3: UserWarning",
        ),
        (
            chapter(new_output("stream", text="saved in /home/ann/x.pt\n")),
            "shows a path of one machine: /home/ann",
        ),
        (chapter(source="open('/tmp/x')"), "the source names a path of one machine: /tmp/x"),
        (chapter(source="\n".join(["x = 1"] * 16)), "16 lines; 15 are allowed"),
        (chapter(head=HEAD + " word" * 2200), "words of text; 2,200 are allowed"),
        (
            chapter(display(html="<p>The answer is b) 1/3</p>", plain="a")),
            "a quiz's answer stands open",
        ),
        (chapter(promise=""), "the head lacks **Afterwards you can**"),
        (
            chapter(promise="\n\n**Afterwards you can** do much"),
            "the head lacks **Afterwards you can**",
        ),
        (chapter(end=END.replace("5. One.\n", "")), "4 key points; a chapter ends with 5"),
        (chapter(end=END.replace("## Key points", "")), "0 key points"),
        (chapter(end=END.replace("**Bug hunt**", "Bugs")), "**Bug hunt** stands 0 times"),
        (
            chapter(end=END.replace("**Break it**", "**Break it** **Break it**")),
            "**Break it** stands 2 times",
        ),
        (chapter(end=END.replace("**Talk about it**", "Talk")), "**Talk about it** stands 0 times"),
        (chapter(end=END.replace("**Next:**", "")), "does not say what comes **Next:**"),
        (chapter(count=None), "not all executed once, in order"),
        (chapter(count=2), "not all executed once, in order"),
        (chapter(head="# Title only"), "the first cell is no header"),
        (chapter(new_output("stream", text="x" * 1_000_001)), "1,000,000 are allowed"),
    ],
)
def test_each_broken_rule_is_named(notebook, problem, tmp_path):
    (found,) = broken_rules(notebook, tmp_path)
    assert problem in found


def test_an_svg_inside_a_labelled_one_needs_no_label_but_the_next_one_does(tmp_path):
    nested = SVG.replace("></svg>", "><svg></svg></svg>")
    assert broken_rules(chapter(display(html=nested, plain="a")), tmp_path) == []
    assert (
        len(broken_rules(chapter(display(html=nested + "<svg></svg>", plain="a")), tmp_path)) == 1
    )


def test_widget_state_and_timings_are_named(tmp_path):
    notebook = chapter()
    notebook.metadata["widgets"] = {"state": {}}
    notebook.cells[1].metadata["execution"] = {"iopub.status.busy": "now"}
    found = broken_rules(notebook, tmp_path)
    assert any("metadata.widgets" in problem for problem in found)
    assert any("execution" in problem for problem in found)


def test_a_wrong_file_name_is_named(tmp_path):
    (found,) = broken_rules(chapter(), tmp_path, name="Intro.ipynb")
    assert "not NN_topic.ipynb" in found


def test_a_link_and_a_fraction_are_no_paths(tmp_path):
    text = "see https://arxiv.org/home/abs and 1/home of </tmp> and datasets/tmp/x\n"
    assert broken_rules(chapter(new_output("stream", text=text)), tmp_path) == []


def test_cleaning_mends_what_can_be_mended(tmp_path):
    places = {str(chapters.ROOT): ".", "/tmp/run7": "~/.local/share/locviz", "/home/ann": "~"}
    notebook = chapter(
        display(widget={"model_id": "1"}, html=SVG, plain="BoxLab(iou=0.4) at 0x7f12ab34cd56"),
        new_output("stream", text=f"wrote {chapters.ROOT}/datasets/a, /home/ann/b, /tmp/run7/c\n"),
        new_output("stream", text=" 10%\r 50%\r100%\n"),
    )
    notebook.metadata["widgets"] = {"state": {}}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    notebook.cells[1].metadata["execution"] = {"iopub.status.busy": "now"}
    notebook.cells[1].metadata["tags"] = ["wide"]
    cleaned = chapter_rules.clean(notebook, places)
    assert broken_rules(cleaned, tmp_path) == []
    picture, stream = cleaned.cells[1].outputs
    assert picture.data == {"text/html": as_images(SVG), "text/plain": "BoxLab(iou=0.4) at 0x0"}
    assert stream.text == "wrote datasets/a, ~/b, ~/.local/share/locviz/c\n100%\n"
    assert cleaned.cells[1].metadata == {"tags": ["wide"]}
    assert "version" not in cleaned.metadata.language_info
    assert [cell.id for cell in cleaned.cells] == ["cell-000", "cell-001", "cell-002"]


def test_a_line_of_progress_that_came_in_pieces_leaves_its_last_state():
    pieces = ("\r\rsteps: 0 of 2", "\r             \rsteps: 1 of 2, about 3 s left")
    last = "\r" + " " * 30 + "\rsteps: 2 of 2\n"
    outputs = [new_output("stream", text=text) for text in (*pieces, last, "AP50 0.9\n")]
    (stream,) = chapter_rules.clean(chapter(*outputs), {}).cells[1].outputs
    assert stream.text == "steps: 2 of 2\nAP50 0.9\n"


def test_cleaning_does_not_hide_a_widget_without_a_picture(tmp_path):
    cleaned = chapter_rules.clean(chapter(display(widget={"model_id": "1"}, plain="HBox()")), {})
    assert any(
        "widget without a static picture" in problem for problem in broken_rules(cleaned, tmp_path)
    )


def test_the_time_is_stamped_into_the_header():
    notebook = chapter()
    chapters.stamp(notebook, 11.2)
    assert "**Run time** 15 s on 2 CPU cores, 5 s on a GPU" in notebook.cells[0].source


def test_marked_cells_must_not_change():
    before = chapter(new_output("stream", text="0.5\n"), source="# NBVAL_CHECK_OUTPUT\nprint(x)")
    after = chapter(new_output("stream", text="0.6\n"), source="# NBVAL_CHECK_OUTPUT\nprint(x)")
    assert chapters.differences(before, before) == []
    assert chapters.differences(before, after) == [r"cell 1: committed ['0.5\n'], now ['0.6\n']"]
    before.cells[1].source = after.cells[1].source = "print(x)"
    assert chapters.differences(before, after) == []


def test_unknown_numbers_list_the_chapters(tmp_path):
    (tmp_path / "01_boxes.ipynb").touch()
    assert chapters.chapters(["1"], tmp_path) == [tmp_path / "01_boxes.ipynb"]
    with pytest.raises(FileNotFoundError, match=r"no chapter 07 in .*: there are 01"):
        chapters.chapters(["7"], tmp_path)


@pytest.mark.parametrize("path", chapters.chapters([]), ids=lambda path: path.name)
def test_every_committed_chapter_keeps_the_rules(path):
    assert chapter_rules.problems(path) == []
