"""A notebook that JupyterLab does not trust, as every fresh clone is: its stored drawings show."""

import chapter_rules
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from locviz.viz import show_curves
from locviz.widgets import BoxLab

OUTPUT = ".jp-OutputArea-output"
IMAGES = """images => images.map(image => ({
  alt: image.alt, loaded: image.complete && image.naturalWidth > 0, width: image.getBoundingClientRect().width,
}))"""


def stored(*pages):
    cells = []
    for number, page in enumerate(pages):
        shown = new_output("display_data", {"text/html": page, "text/plain": "a picture"})
        cells.append(new_code_cell("1", execution_count=number + 1, outputs=[shown]))
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return new_notebook(cells=cells, metadata=metadata)


@pytest.fixture
def pages():
    figure = show_curves({"a": [1, 2], "b": [2, 1]}, xlabel="step", alt="Two curves that cross.")
    return figure.html(), BoxLab().snapshot().html()


def open_stored(notebook, tmp_path, open_notebook, name):
    path = tmp_path / name
    nbformat.write(notebook, path)
    page = open_notebook(path)
    page.page.wait_for_selector(OUTPUT)
    return page.page


def test_stored_drawings_show_in_a_notebook_without_trust(pages, tmp_path, open_notebook):
    notebook = chapter_rules.clean(stored(*pages), {})
    page = open_stored(notebook, tmp_path, open_notebook, "cleaned.ipynb")
    page.wait_for_function(f"document.querySelectorAll('{OUTPUT} img').length === 2")
    page.wait_for_timeout(300)
    curves, lab = page.locator(f"{OUTPUT} img").evaluate_all(IMAGES)
    assert curves["loaded"]
    assert lab["loaded"]
    assert curves["alt"] == "Two curves that cross."
    assert lab["alt"].startswith("BoxLab")
    assert curves["width"] > 500
    assert [text.strip() for text in page.locator(OUTPUT).all_inner_texts()] == ["", ""]


def test_an_inline_drawing_would_be_bare_words(pages, tmp_path, open_notebook):
    """What the cleaning is for: if JupyterLab ever lets drawings pass, this test says so."""
    page = open_stored(stored(*pages), tmp_path, open_notebook, "inline.ipynb")
    page.wait_for_function(f"document.querySelectorAll('{OUTPUT}').length === 2")
    assert page.locator(f"{OUTPUT} svg").count() == 0
    assert "step" in page.locator(OUTPUT).first.inner_text()
