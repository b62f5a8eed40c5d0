"""The harness itself: what it reports is what is there."""

import pytest

CELLS = [
    "import ipywidgets\nslider = ipywidgets.IntSlider(value=3, max=100)\nslider",
    "slider.value * 2",
    "raise ValueError('on purpose')",
]


def test_cells_run_and_the_kernel_answers(open_notebook):
    page = open_notebook(CELLS)
    page.run_cell(0)
    assert page.python("slider.value") == 3
    handle = page.widget(".jupyter-widgets.widget-slider").locator("[role=slider]")
    page.drag(handle, 60, 0)
    dragged = page.settled("slider.value")
    page.key_drag(handle, "ArrowRight")
    stepped = page.settled("slider.value")
    page.touch_drag(handle, 60, 0)
    touched = page.settled("slider.value")
    assert 3 < dragged < stepped < touched


def test_a_failing_cell_fails_the_test(open_notebook):
    page = open_notebook(CELLS)
    with pytest.raises(AssertionError, match="on purpose"):
        page.run_all()
    with pytest.raises(RuntimeError, match="NameError"):
        page.python("not_there")


def test_theme_axe_and_screenshot(open_notebook):
    page = open_notebook(
        [
            'from IPython.display import HTML\nHTML(\'<p id="bad" style="color:#ccc;background:#fff">pale</p>\')'
        ]
    )
    page.run_all()
    page.widget("#bad", timeout=5)
    assert any("color-contrast" in line for line in page.axe("#bad"))
    pictures = []
    for theme in ("light", "dark"):
        page.theme(theme)
        pictures.append(page.screenshot(f"harness-{theme}").read_bytes())
    assert pictures[0] != pictures[1]
