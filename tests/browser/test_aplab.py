"""APLab in a real JupyterLab: dragged with mouse, touch and keys; light and dark; accessible; data
stays text.
"""

import pytest

HOSTILE = "<img src=x onerror=alert(1)>"
SETUP = f"""
import torch, locviz
from locviz.types import Detections
from locviz.widgets import APLab
from locviz.evaluate import evaluate, match
data = locviz.data.Shapes(level="crowded", split="test", num_scenes=20)
random = torch.Generator().manual_seed(0)
def found(truth):
    keep = torch.rand(len(truth), generator=random) < 0.9
    near = truth.boxes[keep] + torch.randn(int(keep.sum()), 4, generator=random)
    corner = torch.rand(3, 2, generator=random) * 70
    boxes = torch.cat([near, torch.cat([corner, corner + 18], 1)])
    scores = torch.cat([0.35 + 0.65 * torch.rand(len(near), generator=random), 0.8 * torch.rand(3, generator=random)])
    labels = torch.cat([truth.labels[keep], torch.randint(0, 6, (3,), generator=random)])
    return Detections(boxes=boxes, scores=scores, labels=labels)
scenes = [data[i] for i in range(20)]
images, targets = [image for image, _ in scenes], [truth for _, truth in scenes]
detections = [found(truth) for truth in targets]
names = [{HOSTILE!r}, *data.class_names[1:]]
"""
SHOW = "lab = APLab(detections=detections, targets=targets, images=images, class_names=names{more})\nlab"


@pytest.fixture
def show(open_notebook):
    """``show("label=0")`` -> the page, and APLab's root in it."""

    def show_one(more="", **options):
        page = open_notebook([SETUP, SHOW.format(more=f", {more}" if more else "")], **options)
        page.run_all()
        return page, page.widget(".locviz-aplab")

    return show_one


def numbers(root):
    return root.locator(".lv-numbers").inner_text()


def test_dragging_the_point_with_the_mouse(show):
    page, root = show("label=2, score_threshold=0.9")
    before = root.screenshot()
    point = root.locator(".lv-point")
    page.drag(point, 120, 20, steps=20)
    threshold = page.settled("lab.score_threshold")
    assert threshold < 0.9
    assert page.python("lab.history[-1]['gesture']") == "drag"
    assert page.python("len(lab.history)") > 3  # while dragging, not only at its end
    # What is shown is what one line of locviz.evaluate says.
    right = page.python(
        "sum(int((match(d, t, score_threshold=lab.score_threshold).outcome[d.labels == 2] == 1).sum()) "
        "for d, t in zip(detections, targets))"
    )
    assert f"{right} of" in numbers(root)
    assert page.python("lab.reading['counts'][0]") == right
    assert root.screenshot() != before
    assert page.python("lab.last_error") == ""


def test_touch_keys_escape_and_double_click(show):
    page, root = show("label=2, score_threshold=0.9")
    point = root.locator(".lv-point")
    page.touch_drag(point, 90, 10)
    touched = page.settled("lab.score_threshold")
    assert touched < 0.9
    page.key_drag(point, "ArrowRight", "ArrowRight")
    keyed = page.settled("lab.score_threshold")
    assert keyed < touched
    page.page.keyboard.press("Escape")
    assert page.settled("lab.score_threshold") == 0.9  # as it was when the point got the focus
    page.key_drag(point, "Shift+ArrowRight")
    assert page.settled("lab.score_threshold") < touched
    point.dblclick()
    assert page.settled("lab.score_threshold") == 0.9
    text = point.get_attribute("aria-valuetext")
    assert text is not None
    assert text.startswith("score at least 0.90: precision")


def test_tab_walks_the_knobs_and_leaves(show):
    page, root = show()
    root.locator(".lv-pager button").first.focus()
    name = "() => document.activeElement.getAttribute('role') ?? document.activeElement.tagName"
    inside = "() => document.activeElement.closest('.locviz-aplab') !== null"
    walked = []
    while page.page.evaluate(inside) and len(walked) < 30:
        walked.append(page.page.evaluate(name))
        page.page.keyboard.press("Tab")
    assert not page.page.evaluate(inside)
    assert walked == [
        "BUTTON",
        "BUTTON",
        "slider",
        *["BUTTON"] * 10,
        "SELECT",
        "INPUT",
        "INPUT",
        "BUTTON",
        "BUTTON",
    ]


STANDS = """root => {
  const frame = root.querySelector(".lv-chart").getBoundingClientRect();
  const dot = root.querySelector(".lv-dot").getBoundingClientRect();
  const at = [(dot.left + dot.right) / 2 - frame.left, (dot.top + dot.bottom) / 2 - frame.top];
  const [x, y] = at.map(value => value * 356 / frame.width);
  return {recall: (x - 40) / 304, precision: (306 - y) / 280,
          text: root.querySelector(".lv-point").getAttribute("aria-valuetext"),
          numbers: [...root.querySelectorAll(".lv-numbers b")].map(b => b.textContent)};
}"""


def test_dot_words_and_numbers_agree(show):
    """Also in the middle of a run of wrong boxes, where the drawn curve has no corner."""
    page, root = show("label=2, iou_threshold=0.8")
    for threshold in (0.05, 0.13, 0.22, 0.31, 0.45, 0.6, 0.77):
        root.get_by_label("score threshold").fill(str(threshold))
        page.settled("lab.score_threshold")
        page.page.wait_for_timeout(200)
        precision, recall = page.python("(lab.precision, lab.recall)")
        stands = root.evaluate(STANDS)
        assert stands["precision"] == pytest.approx(precision, abs=0.005)
        assert stands["recall"] == pytest.approx(recall, abs=0.005)
        assert stands["numbers"] == [f"{precision:.3f}", f"{recall:.3f}"]
        assert stands["text"].endswith(f"precision {precision:.3f}, recall {recall:.3f}")


FILLED = "root => root.querySelector('.lv-swept').getBoundingClientRect().width"


def test_the_sweep_fills_the_area(show):
    page, root = show("label=2")
    assert root.evaluate(FILLED) == 0
    root.get_by_role("button", name="Sweep").click()
    wide = []
    while not wide or wide[-1] == 0:
        page.page.wait_for_timeout(50)
        wide.append(root.evaluate(FILLED))
    root.get_by_role("button", name="Sweep").wait_for(timeout=15_000)  # while it runs: "Stop"
    assert page.settled("lab.score_threshold") == 0
    page.page.wait_for_timeout(200)
    assert root.evaluate(FILLED) > wide[-1]
    assert page.python("lab.history[-1]['gesture']") == "sweep"
    assert page.python("sum(entry['gesture'] == 'sweep' for entry in lab.history)") > 10
    ap = page.python("lab.ap")
    assert root.locator(".lv-so-far").inner_text() == f"swept so far: {ap:.3f}"
    page.screenshot("aplab-swept", root)
    root.get_by_label("score threshold").fill("0.5")  # another gesture ends it
    page.settled("lab.score_threshold")
    assert root.evaluate(FILLED) == 0


def test_a_sweep_without_motion_is_at_its_end_at_once(show):
    page, root = show("label=2", reduced_motion="reduce")
    root.get_by_role("button", name="Sweep").click()
    page.wait_python("lab.score_threshold == 0")
    assert page.python("[entry['gesture'] for entry in lab.history]") == ["", "sweep"]


def test_bars_sliders_classes_and_pages(show):
    page, root = show("label=2")
    ap50 = root.locator(".lv-ap").inner_text()
    root.locator(".lv-bars button").nth(5).click()
    page.wait_python("lab.iou_threshold == 0.75")
    page.page.wait_for_function(
        "([a, b]) => a.textContent !== b", arg=[root.locator(".lv-ap").element_handle(), ap50]
    )
    whole = "evaluate(detections, targets, num_classes=6).average_precision(iou=0.75, label=2)"
    assert root.locator(".lv-ap").inner_text() == f"{page.python(whole):.3f}"

    root.get_by_label("IoU threshold").fill("0.6")
    page.wait_python("lab.iou_threshold == 0.6")
    root.locator("select").select_option("")
    page.wait_python("lab.label is None")
    image = page.python("lab.image")
    photo = root.locator(".lv-scene image")
    before = photo.get_attribute("href")
    root.get_by_label("Next image").click()
    page.wait_python(f"lab.image == {image + 1}")
    page.page.wait_for_function(
        "([a, b]) => a.getAttribute('href') !== b", arg=[photo.element_handle(), before]
    )
    root.get_by_label("Reset all").click()
    page.wait_python("(lab.label, lab.iou_threshold, lab.image) == (2, 0.5, lab.initial['image'])")


def test_python_moves_the_view(show):
    page, root = show("label=2")
    page.python("1", setup="lab.score_threshold = 0.123")
    page.page.wait_for_function(
        "a => a.textContent === '0.12'",
        arg=root.locator(".lv-slider output").first.element_handle(),
    )


def test_a_hostile_class_name_is_text(show):
    page, root = show("label=0")
    assert HOSTILE in root.locator("select").inner_text()
    assert root.locator("img").count() == 0
    page.python("1", setup="lab.label = None")
    page.page.wait_for_timeout(300)
    assert root.locator("img").count() == 0


def test_a_bad_knob_shows_in_the_widget(show):
    page, root = show()
    page.python("1", setup="lab._answer = lambda *_: 1 / 0")
    page.key_drag(root.locator(".lv-point"), "ArrowRight")
    root.get_by_role("alert").wait_for(state="visible")
    assert "ZeroDivisionError" in root.get_by_role("alert").inner_text()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_violation(show, theme):
    page, root = show("label=2")
    page.theme(theme)
    assert page.axe(".locviz-aplab") == []
    page.screenshot(f"aplab-{theme}", root)


SIZES = [
    ("scaled", "label=None, scale=1.5", 1700),
    ("narrow", "label=2", 560),
    ("middle", "label=2", 860),
]


@pytest.mark.parametrize(("name", "more", "width"), SIZES)
def test_other_sizes_fit(show, name, more, width):
    page, root = show(more, width=width, height=1300)
    page.screenshot(f"aplab-{name}", root)
    overflow = root.evaluate("root => root.scrollWidth - root.clientWidth")
    assert overflow <= 0
    assert page.axe(".locviz-aplab") == []
