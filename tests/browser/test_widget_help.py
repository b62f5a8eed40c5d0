"""What mouse and keys do in a widget is said in it, and what can be gripped is seen before it is."""

import pytest
from every_widget import SETUP, WIDGETS
from lab_driver import REPOSITORY


@pytest.fixture(scope="module")
def notebook(open_for_file):
    """Every widget once."""
    page = open_for_file([SETUP, *WIDGETS.values()], height=1500)
    page.run_all()
    return page


def test_no_widget_is_left_out():
    folders = REPOSITORY.glob("locviz/widgets/*/lab.py")
    assert set(WIDGETS) == {f".locviz-{path.parent.name}" for path in folders}


@pytest.mark.parametrize("selector", WIDGETS)
def test_a_button_opens_what_mouse_and_keys_do(notebook, selector):
    page, root = notebook, notebook.widget(selector)
    ask, panel = root.locator(".lv-ask"), root.locator(".lv-help")
    assert not panel.is_visible()
    for theme in ("light", "dark"):
        page.theme(theme)
        page.screenshot(f"help-{selector[8:]}-{theme}-closed", root)
        ask.focus()
        page.page.keyboard.press("Enter")
        assert panel.is_visible()
        assert ask.get_attribute("aria-expanded") == "true"
        assert page.axe(f"{selector} .lv-top") == []
        page.screenshot(f"help-{selector[8:]}-{theme}", root)
        page.page.keyboard.press("Escape")
        assert not panel.is_visible()
        assert ask.get_attribute("aria-expanded") == "false"
    handles = root.locator("svg [data-part], svg [data-object], svg [data-box]").count()
    assert ("Alt + arrows" in panel.text_content()) == (handles > 0)


def test_corners_show_before_a_click(notebook):
    """On a box that the pointer rests on, without a box selected."""
    page, root = notebook, notebook.widget(".locviz-assignlab")
    scene = root.locator(".lv-scene").first
    scene.click(position={"x": 4, "y": 4})  # on nothing
    corner = scene.locator(".lv-grip-corner[data-object='3'][data-part='bottom right corner']")
    assert not corner.is_visible()
    scene.locator(".lv-grip-body[data-object='3']").hover()
    page.eventually(corner.is_visible)
    line = scene.locator(".lv-object-line").nth(3)
    before = [float(line.get_attribute(name)) for name in ("x", "width")]
    page.drag(corner, 20, 0)
    x, width = (float(line.get_attribute(name)) for name in ("x", "width"))
    assert x == pytest.approx(before[0], abs=0.01)
    assert width > before[1] + 10
