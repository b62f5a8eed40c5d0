"""NMSLab in a real JupyterLab: dragged with mouse, touch and keys; played; light and dark; accessible."""

import pytest
from lab_looks import cut_off, on_each_other, small_text, texts

SETUP = """
import torch
from locviz.boxes import pairwise_iou
from locviz.postprocess import GaussianDecay, PerLabel, SoftNMS, batched_nms
from locviz.types import Detections, Targets
from locviz.widgets import NMSLab
def tables():
    own = lab.detections
    return own.boxes, own.scores, own.labels
def crowd_of(num):
    generator = torch.Generator().manual_seed(0)
    low = torch.rand(num, 2, generator=generator) * 80
    scores = torch.rand(num, generator=generator)
    truth = Targets(torch.tensor([[10.0, 10, 40, 40], [50, 50, 90, 90]]), torch.tensor([0, 1]), (110, 110))
    return {"detections": Detections(torch.cat([low, low + 28], 1), scores, (scores > 0.4).long()), "targets": truth}
"""
# What the lab looks like under these arguments, in a window of this width.
LOOKS = {
    "light": ("second='soft_gaussian'", 1280),
    "dark": ("second='soft_gaussian', played=1", 1280),
    "scaled": ("scale=1.5", 1700),
    "phone": ("second='fusion'", 420),
    "sixty": ("**crowd_of(70), method='matrix'", 1280),
}
GRIP = '.lv-candidate-grip[data-row="{}"]:visible'
DRAWN = '.lv-candidate[data-box="{}"] .lv-line:visible'


@pytest.fixture(scope="module")
def notebook(open_for_file):
    """One notebook with a small lab for gestures, and four to be looked at."""
    cells = [SETUP, "lab = NMSLab()\nlab", *[f"NMSLab({more})" for more, _ in LOOKS.values()]]
    page = open_for_file(cells, width=1280, height=900)
    page.run_all()
    return page


@pytest.fixture
def shown(notebook):
    """The page and the lab's root in it, as the cell made it."""
    page = notebook
    page.page.set_viewport_size({"width": 1280, "height": 900})
    page.python("1", setup="lab.reset()")
    root = page.widget(".locviz-nmslab")
    page.page.mouse.move(2, 2)
    page.page.evaluate("document.activeElement.blur()")
    page.eventually(lambda: kept(root) == [0, 2, 3, 10, 11, 13])
    return page, root


def fate(root, row, panel=0):
    """What has become of a candidate, as its box is drawn."""
    classes = root.locator(f'.lv-panel-{panel} .lv-candidate[data-box="{row}"]').get_attribute(
        "class"
    )
    return next(name[8:] for name in classes.split() if name.startswith("lv-fate-"))


def kept(root, num=14, panel=0):
    return [row for row in range(num) if fate(root, row, panel) == "kept"]


def brief(root, row, side=0):
    return root.locator(".lv-bar").nth(row).locator(".lv-brief").nth(side).inner_text()


def unselect(page, root):
    """Click on ground where nothing lies: the handles go."""
    ground = root.locator(".lv-scene:visible").bounding_box()
    page.page.mouse.click(ground["x"] + ground["width"] / 2, ground["y"] + 3)
    page.eventually(lambda: root.locator(".lv-handle:visible").count() == 0)


def findings(root):
    return texts(root, ".lv-findings li span")


def test_the_opening_says_what_torch_says(shown):
    page, root = shown
    assert kept(root) == sorted(page.python("batched_nms(*tables(), threshold=0.5).tolist()"))
    iou = page.python("pairwise_iou(lab.detections.boxes, lab.targets.boxes)[1, 1].item()")
    by = page.python("pairwise_iou(lab.detections.boxes, lab.detections.boxes)[0, 1].item()")
    assert findings(root)[0] == (
        f"B, ring, is lost: its box 1 (IoU {iou:.2f} with it) was suppressed by box 0, which lies on A "
        f"(IoU {by:.2f})."
    )
    assert {"A", "B lost", "C", "D"} <= set(texts(root, ".lv-label text"))
    rho = page.python("lab.spearman")
    assert f"score and IoU: {rho:.2f}," in root.locator(".lv-agreement:visible").inner_text()
    assert root.locator(".lv-scatter:visible .lv-victim").count() == 3
    assert root.locator(".lv-scatter:visible .lv-outranked").count() == 5
    assert page.python("lab.last_error") == ""


def test_dragging_a_box_with_the_mouse_brings_the_ring_back(shown):
    page, root = shown
    before = root.locator(".lv-scene:visible").screenshot()
    unselect(page, root)
    line = root.locator(DRAWN.format(1)).bounding_box()
    zoom = line["width"] / 50
    x, y = line["x"] + line["width"] - 3, line["y"] + line["height"] * 0.6  # near its right side
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 8 * zoom, y - 2 * zoom, steps=12)
    page.page.mouse.up()
    assert page.settled("lab.boxes[1]") == pytest.approx([32.5, 14.5, 82.5, 64.5], abs=0.6)
    assert page.python("len([one for one in lab.history if one['gesture'] == 'drag'])") > 2
    page.eventually(lambda: fate(root, 1) == "kept")
    assert kept(root) == sorted(page.python("batched_nms(*tables(), threshold=0.5).tolist()"))
    assert not any("lost" in words for words in findings(root))
    after = root.locator(DRAWN.format(1)).bounding_box()
    assert after["x"] - line["x"] == pytest.approx(8 * zoom, abs=1.5)
    assert root.locator(".lv-scene:visible").screenshot() != before
    # It is selected now: a corner of it can be dragged, too.
    corner = root.locator('.lv-selected:visible [data-part="bottom right corner"]')
    before = page.python("lab.boxes[1]")
    page.drag(corner, -20, -10)
    moved = [-20 / zoom, -10 / zoom]
    after = page.settled("lab.boxes[1]")
    assert after[:2] == before[:2]
    assert [b - a for a, b in zip(before, after, strict=True)][2:] == pytest.approx(moved, abs=0.6)
    page.page.mouse.dblclick(*page.center(corner))
    page.wait_python("lab.boxes[1] == lab.initial['boxes'][1]")
    unselect(page, root)


def test_what_lights_up_outside_a_box_can_be_gripped(shown):
    page, root = shown
    unselect(page, root)
    line = root.locator(DRAWN.format(11)).bounding_box()
    zoom = line["width"] / 32
    x, y = line["x"] + line["width"] / 2, line["y"] + line["height"] + 6  # below its lower side
    page.page.mouse.move(x, y)
    root.locator('.lv-candidate-grip[data-row="11"].lv-under:visible').wait_for()
    page.page.mouse.down()
    page.page.mouse.move(x - 8 * zoom, y, steps=12)
    page.page.mouse.up()
    assert page.settled("lab.boxes[11]") == pytest.approx([80, 12, 112, 44], abs=0.6)
    page.python("1", setup="lab.reset()")
    unselect(page, root)


def test_keys_move_resize_and_take_back(shown):
    page, root = shown
    grip = root.locator(GRIP.format(1))
    assert grip.get_attribute("aria-label") == "box 1, ring"
    page.key_drag(grip, *["ArrowRight"] * 4)
    page.wait_python("lab.boxes[1][0] == 28.5 and lab.victims == ()")
    page.eventually(lambda: "picked" in grip.get_attribute("aria-valuetext"))
    page.page.keyboard.press("Alt+Shift+ArrowLeft")
    page.wait_python("lab.boxes[1] == [28.5, 16.5, 68.5, 66.5]")
    page.page.keyboard.press("Escape")
    page.wait_python("lab.boxes == lab.initial['boxes'] and lab.victims == (1,)")
    # A score, by its bar: B's box comes first.
    bar = root.locator(".lv-bar input").nth(1)
    page.key_drag(bar, *["ArrowRight"] * 8)
    page.wait_python("abs(lab.scores[1] - 0.93) < 1e-6 and lab.kept[0] == 1")
    page.eventually(lambda: brief(root, 0) == "out by 1")
    bar.dblclick()
    page.wait_python("lab.scores[1] == 0.85 and lab.victims == (1,)")
    bar.fill("0.2")
    page.wait_python("lab.scores[1] == 0.2")


def test_a_finger_takes_the_box_that_it_means(shown):
    """Box 0 lies under six others; the finger presses near its left side."""
    page, root = shown
    top = root.locator(DRAWN.format(0)).bounding_box()
    session = page.page.context.new_cdp_session(page.page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 1})

    def touch(kind, points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    x, y = top["x"] + 1, top["y"] + top["height"] * 0.8
    touch("touchStart", [{"x": x, "y": y}])
    for i in range(1, 9):
        touch("touchMove", [{"x": x - i, "y": y + 4 * i}])
    touch("touchEnd", [])
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    session.detach()
    assert page.settled("lab.boxes[0][1]") > 25
    assert page.python(
        "[row for row in range(14) if lab.boxes[row] != lab.initial['boxes'][row]]"
    ) == [0]


def test_playing_step_by_step(shown):
    page, root = shown
    step = root.locator(".lv-step:visible")
    root.get_by_role("button", name="To the start").click()
    page.eventually(lambda: step.inner_text() == "Before the first of 6 steps: 14 candidates.")
    root.get_by_role("button", name="One step on").click()
    page.wait_python("lab.played == 1")
    page.eventually(lambda: fate(root, 0) == "kept")
    words = page.python("lab.result['sides'][0]['words']")
    assert step.inner_text() == words
    assert [row for row in range(14) if fate(root, row) == "suppressed"] == [1, 4, 5, 7, 9, 12]
    assert root.locator(".lv-link-out:visible").count() == 6
    assert (brief(root, 1), brief(root, 2)) == ("out by 0", "0.84")
    page.screenshot("nmslab-step", root)
    root.get_by_role("button", name="Play").click()
    page.wait_python("lab.played == 2")
    root.get_by_role("button", name="Pause").click()
    root.get_by_role("button", name="One step back").click()
    page.wait_python("lab.played == 1 or lab.played == 2")
    root.get_by_role("button", name="To the start").click()
    page.wait_python("lab.played == 0")
    page.page.emulate_media(reduced_motion="reduce")
    root.get_by_role("button", name="Play").click()  # straight to the end
    page.wait_python("lab.played is None")
    root.locator(".lv-player input").fill("3")
    page.wait_python("lab.played == 3")
    root.get_by_role("button", name="To the end").click()
    page.eventually(lambda: "Step 6 of 6" in step.inner_text())


def test_methods_and_their_knobs(shown):
    page, root = shown
    root.get_by_label("Method", exact=True).select_option("soft_gaussian")
    page.wait_python("lab.method == 'soft_gaussian'")
    assert root.get_by_label("threshold").locator("visible=true").count() == 0
    root.get_by_label("sigma").fill("0.3")
    page.wait_python("lab.sigma == 0.3")
    soft = "PerLabel(SoftNMS(decay=GaussianDecay(sigma=0.3)))(*tables(), threshold=0.5)"
    score = page.python(f"dict(zip({soft}.index.tolist(), {soft}.scores.tolist()))[1]")
    page.eventually(lambda: brief(root, 1) == f"{score:.2f} by 0")
    root.get_by_label("Second method", exact=True).select_option("greedy")
    page.wait_python("lab.second == 'greedy'")
    page.eventually(lambda: fate(root, 1, panel=1) == "suppressed")
    assert brief(root, 1, side=1) == "out by 0"
    difference = root.locator(".lv-difference").inner_text()
    assert difference == page.python("lab.result['difference']") != ""
    root.locator(".lv-control-row").nth(1).get_by_label("threshold").fill("0.6")
    page.wait_python("lab.second_threshold == 0.6 and lab.threshold == 0.5")
    page.eventually(lambda: fate(root, 1, panel=1) == "kept")
    root.get_by_label("report above").fill("0.5")
    page.wait_python("lab.score_threshold == 0.5")
    root.get_by_label("all classes together").check()
    page.wait_python("lab.all_labels and 2 in lab.second_kept and 3 not in lab.second_kept")
    root.get_by_label("Reset all").click()
    page.wait_python("lab._settings() == lab.initial")
    page.eventually(lambda: "B, ring, is lost" in findings(root)[0])


def test_pointing_links_picture_bars_and_chart(shown):
    page, root = shown
    unselect(page, root)
    page.page.mouse.move(*page.center(root.locator(".lv-bar").nth(4)))
    lit = ".lv-lit:visible"
    look = root.locator(".lv-look")
    page.eventually(
        lambda: look.inner_text() == page.python("lab.result['sides'][0]['candidates'][4]['words']")
    )
    assert root.locator(f'.lv-candidate[data-box="4"]{lit}').count() == 1
    assert root.locator(f".lv-scatter .lv-outranked{lit}").count() == 1
    dot = root.locator(".lv-scatter:visible .lv-dot").nth(11)
    page.page.mouse.move(*page.center(dot))
    page.eventually(lambda: look.inner_text().startswith("Box 11, ring"))
    page.page.mouse.move(*page.center(root.locator(".lv-agreement:visible")))
    page.eventually(lambda: look.inner_text() == "")


def test_python_moves_the_view(shown):
    page, root = shown
    page.python("1", setup="lab.drag('box 1', 8, 0); lab.threshold = 0.4; lab.step(-1)")
    page.eventually(lambda: root.get_by_label("threshold").first.input_value() == "0.4")
    total = page.python("lab.steps")
    page.eventually(
        lambda: f"{total - 1} of {total}" in root.locator(".lv-player output").inner_text()
    )


def test_every_control_says_what_it_does(shown):
    page, root = shown
    page.python("1", setup="lab.second = 'balanced'")
    page.eventually(lambda: root.locator(".lv-difference").is_visible())
    hint = root.locator(".lv-hint")
    rest = hint.inner_text()
    said = set()
    controls = root.locator(".lv-controls :is(button, input, select):visible")
    for i in range(controls.count()):
        controls.nth(i).focus()
        said.add(hint.inner_text())
    assert rest not in said
    assert len(said) == controls.count() == 14
    root.locator(GRIP.format(0)).first.focus()
    assert hint.inner_text().startswith("Drag it")


@pytest.mark.parametrize("name", LOOKS)
def test_how_it_looks(notebook, name):
    page, width = notebook, LOOKS[name][1]
    page.page.set_viewport_size({"width": width, "height": 900})
    root = page.page.locator(".locviz-nmslab").nth(1 + list(LOOKS).index(name))
    if name == "dark":
        page.theme("dark")
    try:
        root.scroll_into_view_if_needed()
        page.page.wait_for_timeout(200)
        page.screenshot(f"nmslab-{name}", root)
        assert small_text(root) == []
        assert on_each_other(root, ".lv-label text") == []
        assert cut_off(root) == []
        assert len(texts(root, ".lv-bar")) > 10
        mark = "e => e.setAttribute('data-looked', '')"
        root.evaluate(mark)
        assert page.axe(".locviz-nmslab[data-looked]") == []
        root.evaluate("e => e.removeAttribute('data-looked')")
    finally:
        if name == "dark":
            page.theme("light")


def test_a_small_projector_shows_controls_picture_and_bars(shown):
    page, root = shown
    page.page.set_viewport_size({"width": 1024, "height": 768})
    page.page.wait_for_timeout(200)
    page.screenshot("nmslab-1024", root)
    bars, top = root.locator(".lv-bars").bounding_box(), root.bounding_box()["y"]
    assert bars["y"] + bars["height"] - top < 570
    assert small_text(root) == []


def test_labs_share_no_names(notebook):
    ids = notebook.page.eval_on_selector_all(".locviz-nmslab [id]", "all => all.map((e) => e.id)")
    assert len(ids) == len(set(ids)) >= 5


def test_an_error_shows_in_the_widget(shown):
    page, root = shown
    page.python("1", setup="answer, lab._answer = lab._answer, lambda *_: 1 / 0")
    page.key_drag(root.locator(GRIP.format(0)), "ArrowRight")
    root.get_by_role("alert").wait_for(state="visible")
    assert "ZeroDivisionError" in root.get_by_role("alert").inner_text()
    page.python("1", setup="lab._answer = answer")
    page.page.keyboard.press("ArrowLeft")
    root.get_by_role("alert").wait_for(state="hidden")
