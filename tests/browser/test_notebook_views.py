"""The widgets in the notebook that a learner has, with all that JupyterLab does to it: cells that
leave the page while they are out of sight, zoomed pages, second views, closed tabs, new kernels.
"""

import pytest
from every_widget import SETUP, WIDGETS
from lab_driver import LAB_SETTINGS, JupyterLab
from lab_page import LabPage

TRACKER = "@jupyterlab/notebook-extension:tracker"
FILLER = "print('\\n' * 60)"
NAMED = {root: f"{root[8:]} = {cell}\n{root[8:]}" for root, cell in WIDGETS.items()}
CELLS = [SETUP, *NAMED.values(), *[FILLER] * 12]

# What a hand takes hold of, what must stay under it, and what Python then knows.
GRIPS = {
    ".locviz-boxlab": (
        ".lv-handles.lv-prediction [data-part='body']",
        "rect.lv-box.lv-prediction",
        "boxlab.prediction",
    ),
    ".locviz-anchorlab": ("[data-part='body']", ".lv-target-line", "anchorlab.target"),
    ".locviz-assignlab": (
        ".lv-grip-body[aria-label^='object D']",
        ".lv-object-line >> nth=3",
        "assignlab.boxes[3]",
    ),
    ".locviz-roilab": (".lv-map-pool [data-part='body']", ".lv-map-pool .lv-roi", "roilab.region"),
}


@pytest.fixture(scope="module")
def windowed(tmp_path_factory, chromium):
    """A JupyterLab as it comes: cells out of sight leave the page."""
    settings = {name: one for name, one in LAB_SETTINGS.items() if not name.endswith("tracker")}
    assert len(settings) < len(LAB_SETTINGS)
    with JupyterLab(tmp_path_factory.mktemp("windowed"), settings=settings) as server:
        yield server


@pytest.fixture(scope="module")
def notebook(windowed, chromium):
    """Every widget in one notebook, with a long tail."""
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = LabPage(context.new_page(), windowed, windowed.add(CELLS)).open()
    page.run_all()
    yield page
    windowed.shut_down(page.notebook)
    context.close()
    assert page.foreign == []
    assert page.errors == []


def reveal(page, selector):
    """Scroll to a widget's cell as a learner would; its root."""
    index = 1 + list(NAMED).index(selector)
    page.page.evaluate(
        "i => { const nb = jupyterapp.shell.currentWidget.content; nb.activeCellIndex = i; return nb.scrollToItem(i, 'start'); }",
        index,
    )
    root = page.widget(f".jp-NotebookPanel:not(.lm-mod-hidden) {selector}")
    places = [root.bounding_box()]
    while len(places) < 4 or places[-1] != places[-4]:  # cells above may still find their heights
        page.page.wait_for_timeout(100)
        places.append(root.bounding_box())
    return root


def scroll_to_end(page):
    """To the last cell, which takes the focus: what has it stays in the page."""
    page.page.evaluate(
        "() => { const nb = jupyterapp.shell.currentWidget.content; nb.activeCellIndex = nb.widgets.length - 1;"
        " nb.activate(); return nb.scrollToItem(nb.widgets.length - 1, 'end'); }"
    )


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag_stays_under_pointer(page, root, selector, dx, dy):
    """Drag what the widget is about; its outline moves as the pointer does, and Python knows."""
    grip, outline, python = GRIPS[selector]
    before, numbers = middle(root.locator(outline).first), page.python(python)
    page.drag(root.locator(grip).first, dx, dy, steps=12)
    page.eventually(lambda: page.python(python) != numbers)
    after = middle(root.locator(outline).first)
    moved = [b - a for a, b in zip(before, after, strict=True)]
    assert moved == pytest.approx([dx, dy], abs=1.5)


def windowing(page, mode):
    """Change how JupyterLab keeps cells that are out of sight."""
    page.page.evaluate(
        "mode => { const nb = jupyterapp.shell.currentWidget.content;"
        " nb.notebookConfig = { ...nb.notebookConfig, windowingMode: mode }; }",
        mode,
    )


@pytest.mark.parametrize("mode", ["contentVisibility", "full"])  # the default of 4.6, and before
@pytest.mark.parametrize("selector", GRIPS)
def test_out_of_sight_and_back(notebook, selector, mode):
    page = notebook
    windowing(page, mode)
    root = reveal(page, selector)
    drag_stays_under_pointer(page, root, selector, 12, -8)
    element = root.element_handle()
    scroll_to_end(page)
    seen = "e => e.isConnected && e.checkVisibility({ contentVisibilityAuto: true })"
    page.eventually(lambda: not element.evaluate(seen))
    root = reveal(page, selector)
    drag_stays_under_pointer(page, root, selector, -12, 8)
    assert root.get_by_role("alert").is_hidden()


@pytest.mark.parametrize("zoom", [0.8, 1.5])
@pytest.mark.parametrize("selector", GRIPS)
def test_a_zoomed_page_keeps_the_box_under_the_pointer(notebook, selector, zoom):
    page = notebook
    try:
        page.page.evaluate("z => { document.body.style.zoom = z; }", zoom)
        root = reveal(page, selector)
        drag_stays_under_pointer(page, root, selector, 14, -10)
        drag_stays_under_pointer(page, root, selector, -14, 10)
    finally:
        page.page.evaluate("() => { document.body.style.zoom = ''; }")
