"""The harness itself: what it reports is what is there."""

import re
import subprocess

import pytest
from lab_driver import REPOSITORY, JupyterLab
from lab_page import LabPage

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


def test_make_lab_asks_nothing_on_the_first_visit(tmp_path, chromium):
    """No question about news lies over the first chapter, for someone who has no settings yet."""
    told = subprocess.run(
        ["make", "-n", "lab"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout
    options = tuple(
        "".join(one) for one in re.findall(r'(--LabApp\.app_settings_dir=)"(.*?)"', told)
    )
    with JupyterLab(tmp_path, settings={}, server_options=options) as fresh:
        page = LabPage(chromium.new_page(), fresh, fresh.add(["1"])).open()
        page.page.wait_for_timeout(2000)
        asked = page.page.locator(".Toastify__toast").all_inner_texts()
        fresh.shut_down(page.notebook)
        page.page.close()
    assert asked == []
    assert page.foreign == []
