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
    ".locviz-nmslab": (
        ".lv-panel-0 .lv-candidate-grip[data-row='13']",
        ".lv-panel-0 .lv-candidate[data-box='13'] .lv-line",
        "nmslab.boxes[13]",
    ),
    ".locviz-querylab": (".lv-reference", ".lv-reference-mark", "querylab.reference"),
}


@pytest.fixture(scope="module")
def windowed(tmp_path_factory, kernels):
    """A JupyterLab as it comes: cells out of sight leave the page."""
    settings = {name: one for name, one in LAB_SETTINGS.items() if not name.endswith("tracker")}
    assert len(settings) < len(LAB_SETTINGS)
    folder = tmp_path_factory.mktemp("windowed")
    with JupyterLab(folder, settings=settings, kernels=kernels) as server:
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
        "i => { const nb = jupyterapp.shell.currentWidget.content;"
        " nb.activeCellIndex = i; return nb.scrollToItem(i, 'start'); }",
        index,
    )
    root = page.widget(f".jp-NotebookPanel:not(.lm-mod-hidden) {selector}")
    stand_still(page, root)
    return root


def stand_still(page, target):
    """Wait until it is in sight and stays there: cells above may still find their heights."""
    places = []
    while len(places) < 4 or places[-1] != places[-4]:
        assert len(places) < 300, f"it never stands still: {places[-4:]}"
        target.scroll_into_view_if_needed()
        page.page.wait_for_timeout(100)
        places.append(target.bounding_box())


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


LAID_OUT = "e => e.isConnected && e.checkVisibility({ contentVisibilityAuto: true })"
IN_SIGHT = "e => e.isConnected && e.getBoundingClientRect().bottom > 0"


def out_of_sight_and_back(page, selector, seen):
    root = reveal(page, selector)
    drag_stays_under_pointer(page, root, selector, 12, -8)
    element = root.element_handle()
    scroll_to_end(page)
    page.eventually(lambda: not element.evaluate(seen))
    root = reveal(page, selector)
    drag_stays_under_pointer(page, root, selector, -12, 8)
    assert root.get_by_role("alert").is_hidden()


@pytest.mark.parametrize("selector", GRIPS)
def test_out_of_sight_and_back(notebook, selector):
    """JupyterLab 4.6's default leaves cells in the page, but does not lay them out."""
    out_of_sight_and_back(notebook, selector, LAID_OUT)


def test_out_of_the_page_and_back(windowed, chromium):
    """JupyterLab's default before 4.6 takes cells out of the page, and hides those with outputs."""
    windowed.request(
        f"lab/api/settings/{TRACKER}", method="PUT", body={"raw": '{"windowingMode": "full"}'}
    )
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    page = LabPage(context.new_page(), windowed, windowed.add(CELLS)).open()
    windowed.request(f"lab/api/settings/{TRACKER}", method="PUT", body={"raw": "{}"})
    active = "jupyterapp.shell.currentWidget.content.notebookConfig.windowingMode"
    assert page.page.evaluate(active) == "full"
    for i in range(len(CELLS)):
        page.run_cell(i)
    for selector in GRIPS:
        out_of_sight_and_back(page, selector, IN_SIGHT)
    windowed.shut_down(page.notebook)
    context.close()
    assert page.errors == []


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


# Where a place of a drawing is on the screen.
ON_SCREEN = """([e, x, y]) => {
  const place = new DOMPoint(x, y).matrixTransform(e.getScreenCTM());
  return [place.x, place.y];
}"""


@pytest.mark.parametrize("zoom", [1, 1.5])
def test_a_zoomed_page_finds_what_is_pointed_at(notebook, zoom):
    """A sample point of RoILab, a cell of AnchorLab."""
    page = notebook

    def at(drawing, x, y):
        return page.page.evaluate(ON_SCREEN, [drawing.element_handle(), x, y])

    try:
        page.page.evaluate("z => { document.body.style.zoom = z; }", zoom)
        points = reveal(page, ".locviz-roilab").locator(".lv-points")
        dots = points.locator(".lv-points-dots")
        x, y = (float(one) for one in dots.get_attribute("d").split("M")[8][:-2].split(" "))
        page.page.mouse.move(*at(dots, x, y))
        page.eventually(lambda: points.get_attribute("aria-valuetext").startswith("point 8 of"))
        picture = reveal(page, ".locviz-anchorlab").locator(".lv-overlay")
        page.page.mouse.click(*at(picture, 4, 92))
        page.eventually(lambda: page.python("anchorlab.cell") == pytest.approx([4, 92], abs=0.5))
    finally:
        page.page.evaluate("() => { document.body.style.zoom = ''; }")
        page.python("1", setup="anchorlab.cell = None")


@pytest.mark.parametrize("selector", GRIPS)
def test_a_drag_begun_beside_the_picture_takes_nothing(notebook, selector):
    """No box moves and no text is selected."""
    page = notebook
    root = reveal(page, selector)
    grip, _, python = GRIPS[selector]
    edges = (
        "e => { const r = e.ownerSVGElement.getBoundingClientRect(); return [r.left, r.right]; }"
    )
    left, right = root.locator(grip).first.evaluate(edges)
    x, y = page.center(root.locator(grip).first)
    before = page.python(python)
    for beside in (left - 5, right + 5):
        page.page.mouse.move(beside, y)
        page.page.mouse.down()
        page.page.mouse.move(x, y, steps=5)
        page.page.mouse.move(x + 60, y + 90, steps=5)
        page.page.mouse.up()
        assert page.page.evaluate("() => getSelection().toString().trim()") == ""
    assert page.settled(python) == before


# What a view draws and says, whatever its size: outlines, owners, numbers.
SHOWN = """([e, outline]) => JSON.stringify([
  [...e.querySelectorAll(outline)].map(r => ['x', 'y', 'width', 'height'].map(n => r.getAttribute(n))),
  [...e.querySelectorAll('.lv-owned')].map(p => p.getAttribute('d')),
  [...e.querySelectorAll('.lv-iou, .lv-headline, .lv-says, .lv-totals, .lv-out td')].map(t => t.textContent),
])"""


def close_all_but_first(page):
    page.page.evaluate(
        "() => { const [first, ...others] = [...jupyterapp.shell.widgets('main')];"
        " others.forEach(one => one.dispose()); jupyterapp.shell.activateById(first.id); }"
    )


@pytest.mark.parametrize("command", ["notebook:create-output-view", "docmanager:clone"])
@pytest.mark.parametrize("selector", GRIPS)
def test_two_views_follow_each_other(notebook, selector, command):
    """A second view of the output, or of the whole notebook, beside the first."""
    page = notebook
    reveal(page, selector)
    page.command(command)
    page.eventually(lambda: page.page.locator(selector).count() == 2)
    grip, outline, python = GRIPS[selector]

    def shown(view):
        return view.evaluate(f"(e, outline) => ({SHOWN})([e, outline])", outline.split(" >>")[0])

    first, second = page.page.locator(selector).all()
    try:
        for way, dragged in ((1, first), (-1, second)):
            numbers = page.python(python)
            stand_still(page, dragged.locator(grip).first)
            page.drag(dragged.locator(grip).first, 14 * way, 9 * way)
            assert page.settled(python) != numbers
            page.eventually(lambda: shown(first) == shown(second))
    finally:
        close_all_but_first(page)


def test_a_closed_tab_opens_with_what_was_there(notebook):
    page = notebook
    page.command("docmanager:save")
    page.page.evaluate("() => jupyterapp.shell.currentWidget.dispose()")
    page.page.locator(".locviz").first.wait_for(state="detached")
    page.command("docmanager:open", path=page.notebook)
    for selector in GRIPS:
        root = reveal(page, selector)
        drag_stays_under_pointer(page, root, selector, 8, 6)
        assert root.get_by_role("alert").is_hidden()
        assert root.locator(".lv-lost").is_hidden()


def test_a_new_kernel_and_the_way_back(notebook):
    """Every widget says so, breaks nothing, and is there again after what it says to do."""
    page = notebook
    page.page.evaluate(
        "() => jupyterapp.shell.currentWidget.sessionContext.restartKernel().then(() => null)"
    )
    for selector in NAMED:
        root = reveal(page, selector)
        root.locator(".lv-lost").wait_for()
        if selector in GRIPS:
            page.drag(root.locator(GRIPS[selector][0]).first, 6, 4)
    selector = ".locviz-roilab"
    reveal(page, selector).locator(".lv-lost").click()
    page.command("notebook:run-all-above")
    page.run_cell(1 + list(NAMED).index(selector))
    for one in (".locviz-assignlab", selector):
        drag_stays_under_pointer(page, reveal(page, one), one, 8, 6)
