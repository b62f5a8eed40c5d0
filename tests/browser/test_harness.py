"""The harness itself: what it reports is what is there."""

import os
import re
import signal
import subprocess
import time

import psutil
import pytest
import warm_kernels
from lab_driver import REPOSITORY, JupyterLab
from lab_page import Desk, LabPage

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


def ended(process: psutil.Process) -> bool:
    """Within five seconds; its parent may not have asked how."""
    for _ in range(100):
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


def test_kernels_have_torch_at_once_and_nothing_of_locviz(open_notebook):
    first, second = open_notebook(["1"]), open_notebook(["1"])
    modules = (
        "[name for name in ('torch', 'locviz', 'lab_driver') if name in __import__('sys').modules]"
    )
    drawn = "[__import__('torch').rand(()).item(), float(__import__('numpy').random.rand())]"
    assert first.python(modules) == second.python(modules) == ["torch"]
    numbers = first.python(drawn), second.python(drawn)
    assert numbers[0][0] != numbers[1][0]
    assert numbers[0][1] != numbers[1][1]


def test_a_kernel_can_be_interrupted(open_notebook):
    page = open_notebook(["import time\nprint('on')\ntime.sleep(60)", "1"])
    page.run_cell(0, wait=False)
    page.page.get_by_text("on", exact=True).wait_for()
    page.command("notebook:interrupt-kernel")
    page.page.get_by_text("KeyboardInterrupt").first.wait_for()


@pytest.mark.parametrize("way", ["shut down", "killed"])
def test_a_fork_ends_with_its_stand_in(open_notebook, way):
    page = open_notebook(["1"])
    fork = psutil.Process(page.python("__import__('os').getpid()"))
    (stand_in,) = [
        one
        for one in psutil.Process(page.lab.process.pid).children()
        if page.lab.kernel_id(page.notebook) in " ".join(one.cmdline())
    ]
    if way == "killed":
        os.kill(stand_in.pid, signal.SIGKILL)
    page.lab.shut_down(page.notebook)
    assert ended(fork)
    assert ended(stand_in)


def test_failed_imports_are_said(monkeypatch, tmp_path):
    monkeypatch.setattr(warm_kernels.sys, "executable", "/bin/false")
    with warm_kernels.WarmKernels() as kernels, pytest.raises(RuntimeError, match="imports"):
        kernels.install(tmp_path)


def test_one_page_serves_one_notebook_after_the_other(lab, chromium):
    desk = Desk(lab, chromium)
    first = desk.open(["1"], width=900)
    beside = desk.open(["2"])
    assert beside.page is not first.page
    first.theme("dark")
    desk.clear(first, keep=True)
    desk.clear(beside, keep=False)
    assert beside.page.is_closed()
    again = desk.open(["raise ValueError('on purpose')"], width=800)
    assert again.page is first.page
    assert again.page.viewport_size == {"width": 800, "height": 900}
    assert again.page.locator(".jp-Notebook").count() == 1
    assert again.page.evaluate("document.body.dataset.jpThemeLight") == "true"
    again.page.evaluate("() => { setTimeout(() => { throw new Error('thrown'); }); }")
    again.eventually(lambda: again.errors)
    assert first.errors == []
    desk.clear(again, keep=False)
    assert again.page.is_closed()


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
