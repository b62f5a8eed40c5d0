"""Monitor in a real JupyterLab: its buttons work while the training cell runs; nothing of the data
becomes markup.
"""

import pytest

HOSTILE = "<img src=x onerror=alert(1)>"
SETUP = f"""
import time, torch, locviz
from torch import nn
from locviz.train import Step
from locviz.types import Detections
from locviz.widgets import Monitor
data = locviz.data.Shapes(level="first", split="test", num_scenes=12)
names = [{HOSTILE!r}, *data.class_names[1:]]
class Finder(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(1))
    def detect(self, images):
        return [Detections(boxes=data[i][1].boxes + self.weight.item(), labels=data[i][1].labels,
                           scores=torch.full((len(data[i][1]),), 0.8)) for i in range(len(images))]
def run(count, seconds=0.01, finder=Finder()):
    for i in range(count):
        time.sleep(seconds)
        finder.weight.data.fill_(30 * (1 - i / count) ** 3)
        terms = {{"box": 2 / (i + 1) ** 0.5, {HOSTILE!r}: 1 / (i + 1) ** 0.5}}
        yield Step(i, count, terms, sum(terms.values()), 1e-3, 1.0, seconds, 0.0, finder)
"""
SHOW = "monitor = Monitor(scenes=[data[i] for i in range(4)], class_names=names{more})\nmonitor"
TRAIN = "for step in monitor.watch(run({count}), evaluate=data, every={every}):\n    pass"
STATUS = "s => document.querySelector('.locviz-monitor .lv-status').dataset.status === s"


@pytest.fixture
def show(open_notebook):
    """``show(count, every)`` -> the page; cell 2 trains so many steps."""

    def show_one(count, every=50, more="", **options):
        page = open_notebook(
            [SETUP, SHOW.format(more=more), TRAIN.format(count=count, every=every)], **options
        )
        page.run_cell(0)
        page.run_cell(1)
        return page, page.widget(".locviz-monitor")

    return show_one


def reach(page, status, timeout=15):
    page.page.wait_for_function(STATUS, arg=status, timeout=timeout * 1000)


def words(root):
    return root.locator(".lv-progress-words").inner_text()


def step_shown(root):
    """The number in "step 12 of 300, ..."; 0 where nothing is said yet."""
    return int("".join(words(root).split()[1:2]) or 0)


def click(root, name):
    root.get_by_role("button", name=name, exact=True).click()


def test_pause_resume_and_stop_while_the_cell_runs(show):
    page, root = show(100_000)
    page.run_cell(2, wait=False)
    reach(page, "running")
    for _ in range(2):  # twice: the way of the second click may differ from that of the first
        before = step_shown(root)
        click(root, "Pause")
        reach(page, "paused")
        assert step_shown(root) - before < 1000  # of 100,000: no time, as the machine may be busy
        held = words(root)
        page.page.wait_for_timeout(500)
        assert words(root) == held
        click(root, "Resume")
        reach(page, "running")
        page.page.wait_for_function(
            "([w, held]) => w.textContent !== held",
            arg=[root.locator(".lv-progress-words").element_handle(), held],
        )
    click(root, "Stop")
    reach(page, "stopped")
    assert page.python("monitor.status") == "stopped"
    assert page.python("len(monitor.record)") < 100_000
    for name in ("Pause", "Stop"):
        assert root.get_by_role("button", name=name, exact=True).is_disabled()


def test_made_shown_and_stopped_in_one_cell(open_notebook):
    cell = SHOW.format(more="").replace("\nmonitor", "\ndisplay(monitor)\n") + TRAIN.format(
        count=100_000, every=50
    )
    page = open_notebook([SETUP, cell])
    page.run_cell(0)
    page.run_cell(1, wait=False)
    root = page.widget(".locviz-monitor")
    reach(page, "running")
    click(root, "Stop")
    reach(page, "stopped")


def test_a_run_to_its_end(show):
    page, root = show(300, every=60)
    before = root.screenshot()
    page.run_cell(2)
    reach(page, "finished")
    root = page.widget(".locviz-monitor")
    assert root.screenshot() != before
    assert "step 300 of 300" in words(root)
    one_line = "locviz.train.measure(Finder(), data).ap50"  # its weight is 0: every box is right
    assert page.python(one_line) == pytest.approx(1)
    final = page.python("monitor.rounds[-1].figures['AP50']")
    assert f"AP50 {final:.3f}" in root.locator(".lv-series").nth(1).inner_text()
    assert page.python("[r.step for r in monitor.rounds]") == [60, 120, 180, 240, 300]
    right = page.python("sum(s.tally[0] for s in monitor.rounds[-1].scenes)")
    assert f"{right} right" in root.locator(".lv-outcomes").inner_text()


def test_looking_back_with_the_keyboard(show):
    page, root = show(200, every=50)
    page.run_cell(2, wait=False)
    reach(page, "running")
    page.page.wait_for_function(
        "() => document.querySelector('.locviz-monitor .lv-slider output').textContent === 'step 150'"
    )
    slider = root.get_by_label("look back")
    slider.focus()
    page.page.keyboard.press("ArrowLeft")
    assert "after step 100" in root.locator(".lv-caption").inner_text()
    reach(page, "finished")
    root = page.widget(".locviz-monitor")
    slider = root.get_by_label("look back")
    slider.focus()
    page.page.keyboard.press("Home")  # a view made after the run can look back as well
    assert "after step 50" in root.locator(".lv-caption").inner_text()


def test_the_notebook_keeps_the_picture_of_the_end(show):
    page, _ = show(40, every=20)
    page.run_cell(2)
    reach(page, "finished")
    page.command("docmanager:save")
    page.page.wait_for_timeout(500)
    saved = (page.lab.root / page.notebook).read_text()
    assert "finished after step 40 of 40" in saved
    assert "nothing trained yet" not in saved


def test_hostile_names_are_text(show):
    page, root = show(40, every=20)
    page.run_cell(2)
    reach(page, "finished")
    root = page.widget(".locviz-monitor")
    assert HOSTILE in root.locator(".lv-series").first.inner_text()
    assert root.locator("img").count() == 0


def test_a_failing_run_shows_its_error(show):
    page, _ = show(40)
    page.run_cell(0)
    page.python(
        "1", setup="def bad():\n    yield from run(2)\n    raise FloatingPointError('not finite')"
    )
    page.python("1", setup="try:\n    monitor.run(bad())\nexcept FloatingPointError:\n    pass")
    reach(page, "failed")
    assert "not finite" in page.widget(".locviz-monitor").get_by_role("alert").inner_text()


@pytest.mark.parametrize(
    ("name", "theme", "more", "width"),
    [
        ("light", "light", "", 1280),
        ("dark", "dark", "", 1280),
        ("scaled", "light", ", scale=1.5", 1700),
        ("narrow", "light", "", 560),
    ],
)
def test_every_size_and_theme_is_accessible(show, name, theme, more, width):
    page, root = show(200, every=40, more=more, width=width, height=1300)
    page.theme(theme)
    page.run_cell(2)
    reach(page, "finished")
    root = page.widget(".locviz-monitor")
    page.screenshot(f"monitor-{name}", root)
    assert page.axe(".locviz-monitor") == []
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
