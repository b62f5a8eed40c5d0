"""BoxLab in a real JupyterLab: every gesture, seen in Python's traits, in the picture, and checked
by torch.
"""

import re
from pathlib import Path

import nbformat
import pytest

CELLS = [
    "import torch\nfrom locviz.losses import LIVE_LOSSES\nfrom locviz.widgets import BoxLab",
    "lab = BoxLab(target=[90, 80, 210, 200], prediction=[170, 135, 310, 235])\nlab",
]
ROOT = ".locviz-boxlab"
TORCH = (
    "LIVE_LOSSES[lab.loss](torch.tensor([lab.prediction], dtype=torch.float64),"
    " torch.tensor([lab.target], dtype=torch.float64)).item()"
)


@pytest.fixture(scope="module")
def notebook(open_for_file):
    """One notebook for most tests: opening one takes longer than any of them."""
    page = open_for_file(CELLS, width=1300, height=1000)
    page.run_cell(0)
    return page


@pytest.fixture
def page(notebook):
    """A fresh BoxLab that torch has confirmed."""
    notebook.theme("light")
    notebook.run_cell(1)
    notebook.widget(ROOT)
    notebook.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for()
    return notebook


def handle(page, name, part="body"):
    return page.page.locator(f"{ROOT} .lv-handles.lv-{name} [data-part='{part}']")


def zoom(page):
    """Screen pixels per pixel of the picture."""
    return page.page.locator(f"{ROOT} .lv-canvas").bounding_box()["width"] / 400


def outline(page, name):
    """The box as it is drawn."""
    rect = page.page.locator(f"{ROOT} rect.lv-box.lv-{name}")
    x, y, w, h = (float(rect.get_attribute(key)) for key in ("x", "y", "width", "height"))
    return [x, y, x + w, y + h]


def shown_value(page, loss):
    """The value in the table's row of a loss."""
    row = page.page.locator(f"{ROOT} tbody tr", has=page.page.locator(f"input[value='{loss}']"))
    return float(row.locator("td.lv-number").inner_text().replace("−", "-"))


def confirmed(page):
    """Wait for torch's tick; no disagreement may show at any time."""
    page.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for()
    return page.page.locator(f"{ROOT} .lv-torch").inner_text()


def close(values, expected, tolerance=0.6):
    return all(abs(value - want) <= tolerance for value, want in zip(values, expected, strict=True))


def drawing(page):
    return page.page.locator(f"{ROOT} .lv-canvas svg").inner_html()


def moved_by(page, before, now, dx, dy):
    """Whether a body drag of (dx, dy) screen pixels is what happened."""
    dx, dy = dx / zoom(page), dy / zoom(page)
    return close(now, [before[0] + dx, before[1] + dy, before[2] + dx, before[3] + dy])


@pytest.mark.parametrize("name", ["prediction", "target"])
@pytest.mark.parametrize("way", ["drag", "touch_drag"])
def test_dragging_a_body(page, name, way):
    before, picture = page.python(f"lab.{name}"), drawing(page)
    getattr(page, way)(handle(page, name), -30, 24)
    now = page.settled(f"lab.{name}")
    assert moved_by(page, before, now, -30, 24)
    assert close(outline(page, name), now, 0.01)
    assert drawing(page) != picture
    assert shown_value(page, "giou") == pytest.approx(page.python(TORCH), rel=1e-3)
    assert page.python("lab.gesture") == "drag"
    assert confirmed(page).startswith("✓")


@pytest.mark.parametrize(
    ("part", "index"), [("left edge", 0), ("top edge", 1), ("right edge", 2), ("bottom edge", 3)]
)
def test_dragging_an_edge_moves_it_alone(page, part, index):
    before = page.python("lab.prediction")
    page.drag(handle(page, "prediction", part), 20, 20)
    expected = list(before)
    expected[index] += 20 / zoom(page)
    assert close(page.settled("lab.prediction"), expected)


def test_dragging_a_corner_by_touch_resizes(page):
    before = page.python("lab.target")
    page.touch_drag(handle(page, "target", "top left corner"), -25, -15)
    step = 1 / zoom(page)
    now = page.settled("lab.target")
    assert close(now, [before[0] - 25 * step, before[1] - 15 * step, *before[2:]])


def test_keys_move_resize_and_restore(page):
    body = handle(page, "prediction")
    page.key_drag(body, "ArrowRight", "ArrowRight", "Shift+ArrowUp")
    assert page.settled("lab.prediction") == [172, 125, 312, 225]
    page.key_drag(body, "Alt+ArrowRight", "Alt+Shift+ArrowDown")
    assert page.settled("lab.prediction") == [172, 125, 313, 235]
    assert body.get_attribute("aria-valuetext") == "x 172 to 313, y 125 to 235"
    page.page.keyboard.press("Escape")
    assert page.settled("lab.prediction") == [170, 135, 310, 235]


def test_escape_takes_back_a_drag_in_progress(page):
    page.drag(handle(page, "prediction"), 40, 30, hold=True)
    assert outline(page, "prediction")[0] > 190
    page.page.keyboard.press("Escape")
    page.page.mouse.move(5, 5)
    page.page.mouse.up()
    assert page.settled("lab.prediction") == [170, 135, 310, 235]


def test_double_click_resets_one_box(page):
    page.drag(handle(page, "prediction"), 20, 10)
    page.drag(handle(page, "target"), -10, 10)
    handle(page, "prediction").dblclick()
    assert page.settled("lab.prediction") == [170, 135, 310, 235]
    assert page.python("lab.target") != [90, 80, 210, 200]


def test_tab_walks_every_handle_and_leaves(page):
    handle(page, "target").focus()
    labels = []
    for _ in range(40):
        labels.append(page.page.evaluate("document.activeElement.getAttribute('aria-label') || ''"))
        page.page.keyboard.press("Tab")
        if not page.page.evaluate(f"Boolean(document.activeElement.closest('{ROOT}'))"):
            break
    else:
        pytest.fail("Tab never left the widget")
    parts = ["", ", left edge", ", top edge", ", right edge", ", bottom edge", ", top left corner"]
    assert {f"{name}{part}" for name in ("target", "prediction") for part in parts} <= set(labels)


def test_jupyterlab_keeps_its_hands_off_the_arrows(page):
    """In command mode an arrow would select another cell."""
    active = "jupyterapp.shell.currentWidget.content.activeCellIndex"
    page.key_drag(handle(page, "prediction"), "ArrowUp", "ArrowUp", "Escape")
    assert page.page.evaluate(f"document.activeElement.closest('{ROOT}') !== null && {active} >= 1")


@pytest.mark.parametrize("loss", ["l1", "smooth_l1", "l2", "iou", "giou", "diou", "ciou", "eiou"])
def test_every_loss_shows_torchs_value(page, loss):
    page.page.locator(f"{ROOT} input[value='{loss}']").check()
    assert page.wait_python(f"lab.loss == '{loss}'")
    assert shown_value(page, loss) == pytest.approx(page.python(TORCH), rel=1e-3)
    slopes = page.page.locator(f"{ROOT} .lv-slopes dd").all_inner_texts()
    theirs = page.python(f"lab.gradients['{loss}']")
    assert [float(text.replace("−", "-")) for text in slopes] == pytest.approx(
        theirs, rel=6e-3, abs=1e-9
    )
    assert confirmed(page).startswith("✓")


def test_focal_variants_show_by_choice(page):
    """The checkbox by keyboard; both variants chosen, confirmed by torch, raced; hiding them
    chooses the plain loss.
    """
    rows = page.page.locator(f"{ROOT} tbody tr:visible")
    assert rows.count() == 8
    page.screenshot("boxlab-default", page.widget(ROOT))
    box = page.page.get_by_role("checkbox", name="focal variants")
    box.focus()
    page.page.keyboard.press("Space")
    assert page.wait_python("lab.focal")
    assert rows.count() == 10
    for loss in ("focal_l1", "focal_eiou"):
        page.page.locator(f"{ROOT} input[value='{loss}']").check()
        assert page.wait_python(f"lab.loss == '{loss}'")
        page.screenshot(f"boxlab-{loss}", page.widget(ROOT))
        torchs = TORCH.replace("LIVE_LOSSES[lab.loss]", f"__import__('locviz').losses.{loss}_loss")
        assert shown_value(page, loss) == pytest.approx(page.python(torchs), rel=1e-3)
        slopes = page.page.locator(f"{ROOT} .lv-slopes dd").all_inner_texts()
        theirs = page.python(f"lab.gradients['{loss}']")
        assert [float(text.replace("−", "-")) for text in slopes] == pytest.approx(
            theirs, rel=6e-3, abs=1e-9
        )
        assert confirmed(page).startswith("✓")
    page.page.locator(f"{ROOT} select").nth(2).select_option("center")
    page.page.get_by_role("button", name="Race all losses").click()
    page.page.wait_for_function(
        f"document.querySelector('{ROOT} .lv-race-note').textContent.startsWith('✓')"
    )
    page.page.wait_for_timeout(4500)
    labels = page.page.locator(f"{ROOT} .lv-series-label").all_text_contents()
    final = {label.rsplit(" ", 1)[0]: float(label.rsplit(" ", 1)[1]) for label in labels}
    assert len(final) == 10
    assert final["Focal-EIoU"] == pytest.approx(
        page.python("lab.race().final()['focal_eiou']"), abs=0.006
    )
    for theme in ("light", "dark"):
        page.theme(theme)
        page.screenshot(f"boxlab-focal-{theme}", page.widget(ROOT))
        assert page.axe(ROOT) == []
    box.uncheck()
    assert page.wait_python("lab.loss == 'eiou' and not lab.focal")
    assert rows.count() == 8
    assert confirmed(page).startswith("✓")


def test_focal_variants_fit_a_narrow_page(open_notebook):
    page = open_notebook([CELLS[0], "lab = BoxLab(loss='focal_eiou')\nlab"], width=640, height=1400)
    page.run_all()
    page.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for()
    page.page.get_by_role("button", name="Race all losses").click()
    page.page.wait_for_timeout(4500)
    for theme in ("light", "dark"):
        page.theme(theme)
        page.screenshot(f"boxlab-focal-narrow-{theme}", page.widget(ROOT))
    wide = page.page.evaluate(
        f"(() => {{ const e = document.querySelector('{ROOT}'); return e.scrollWidth - e.clientWidth }})()"
    )
    assert wide <= 0
    assert page.axe(ROOT) == []


def test_no_gradient_is_said_in_words(page):
    page.page.locator(f"{ROOT} input[value='iou']").check()
    page.drag(handle(page, "target"), -400, -400)
    page.drag(handle(page, "prediction"), 400, 400)
    assert page.settled("lab.gradients['iou']") == [0, 0, 0, 0]
    assert (
        "No gradient here: the boxes share no area"
        in page.page.locator(f"{ROOT} .lv-note").inner_text()
    )
    assert page.page.locator(f"{ROOT} .lv-arrows g").count() == 0
    assert page.page.get_by_role("button", name="Descend").is_disabled()
    page.page.locator(f"{ROOT} input[value='giou']").check()
    page.page.locator(f"{ROOT} .lv-arrows g").first.wait_for(state="attached")


@pytest.mark.parametrize(
    ("label", "value"), [("centre and size", "center_size"), ("anchor offsets", "offsets")]
)
def test_parametrisation_changes_the_gradient(page, label, value):
    before = page.python("lab.gradients['giou']")
    page.page.locator(f"{ROOT} select").first.select_option(label=label)
    assert page.wait_python(f"lab.parametrisation == '{value}'")
    assert page.settled("lab.gradients['giou']") != before
    assert confirmed(page).startswith("✓")


def test_normalised_units(page):
    page.page.locator(f"{ROOT} select").nth(1).select_option("normalised")
    page.wait_python("lab.units == 'normalised'")
    assert shown_value(page, "l1") == pytest.approx(180 / 400 + 90 / 300, rel=1e-3)
    assert confirmed(page).startswith("✓")


@pytest.mark.parametrize("kind", ["center", "size"])
def test_landscape_is_painted_and_lowest_where_torch_says(page, kind):
    page.page.locator(f"{ROOT} select").nth(2).select_option(kind)
    page.wait_python(f"lab.landscape == '{kind}'")
    page.page.wait_for_timeout(600)
    colours = page.page.evaluate(
        f"""() => {{ const c = document.querySelector('{ROOT} .lv-underlay');
        const at = (x, y) => [...c.getContext('2d').getImageData(x * c.width / 400, y * c.height / 300, 1, 1).data];
        return [at(150, 140), at(395, 295), at(240, 185)]; }}"""
    )
    target, far, own_center = (sum(colour[:3]) for colour in colours)
    assert (target < far) if kind == "center" else (own_center > target)
    page.screenshot(f"boxlab-landscape-{kind}", page.widget(ROOT))


def test_step_is_torchs_step(page):
    page.page.get_by_role("button", name="Step", exact=True).click()
    now = page.settled("lab.prediction")
    assert now != [170, 135, 310, 235]
    page.python("lab.reset()")
    page.python("lab.step()")
    assert page.python("lab.prediction") == pytest.approx(now, abs=1e-9)
    page.eventually(lambda: close(outline(page, "prediction"), now, 0.01))


def test_descend_plays_until_paused(page):
    page.page.get_by_role("button", name="Descend").click()
    page.wait_python("lab.iou > 0.15")
    page.page.get_by_role("button", name="Pause").click()
    rested = page.settled("lab.iou")
    assert rested > 0.15
    assert page.python("lab.history[-1]['gesture']") == "descend"


def test_descend_jumps_where_motion_is_unwelcome(open_notebook):
    page = open_notebook(CELLS, width=1300, height=1000, reduced_motion="reduce")
    page.run_all()
    page.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for()
    page.page.get_by_role("button", name="Descend").click()
    page.wait_python("lab.prediction != [170, 135, 310, 235]")
    page.page.get_by_role("button", name="Pause").click()
    jumped = page.settled("lab.prediction")
    page.python("lab.reset()")
    steps = page.python("[lab.step(30) or lab.prediction for _ in range(9)]")
    assert any(close(jumped, after, 1e-6) for after in steps)


def test_race_is_confirmed_by_torch(page):
    page.page.get_by_role("button", name="Race all losses").click()
    note = page.page.locator(f"{ROOT} .lv-race-note")
    page.page.wait_for_function(
        f"document.querySelector('{ROOT} .lv-race-note').textContent !== ''"
    )
    assert note.inner_text().startswith("✓ torch ran the same race")
    page.page.wait_for_timeout(4500)
    labels = page.page.locator(f"{ROOT} .lv-series-label").all_text_contents()
    final = {label.rsplit(" ", 1)[0]: float(label.rsplit(" ", 1)[1]) for label in labels}
    assert final["GIoU"] == pytest.approx(page.python("lab.race().final()['giou']"), abs=0.006)
    page.screenshot("boxlab-race", page.widget(ROOT))


def test_python_moves_the_box_on_screen(page):
    page.python("setattr(lab, 'prediction', [100, 90, 220, 190])")
    page.page.wait_for_function(
        f"document.querySelector('{ROOT} rect.lv-box.lv-prediction').getAttribute('x') === '100'"
    )
    assert confirmed(page).startswith("✓")
    page.page.get_by_role("button", name="Reset").click()
    assert page.settled("lab.prediction") == [170, 135, 310, 235]


def test_an_error_in_a_handler_shows(page):
    page.python("lab.set_state({'prediction': [5, 5, 1, 1]})")
    alert = page.page.locator(f"{ROOT} .lv-error")
    alert.wait_for()
    assert "high < low" in alert.inner_text()
    page.drag(handle(page, "prediction"), 10, 10)
    alert.wait_for(state="hidden")


def test_a_restarted_kernel_shows_and_the_view_recovers(open_notebook):
    page = open_notebook(CELLS, width=1300, height=1000)
    page.run_all()
    page.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for()
    page.page.evaluate(
        "jupyterapp.shell.currentWidget.sessionContext.restartKernel().then(() => null)"
    )
    lost = page.page.locator(f"{ROOT} .lv-lost")
    lost.wait_for()
    assert "choose Run ▸ Run All Above Selected Cell" in lost.inner_text()
    page.drag(handle(page, "prediction"), -20, 0)  # still alive without a kernel
    assert outline(page, "prediction")[0] < 170
    page.run_all()
    page.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for()
    assert page.page.locator(f"{ROOT} .lv-lost:visible").count() == 0


def test_dragging_while_a_cell_runs(open_notebook):
    page = open_notebook([*CELLS, "import time\ntime.sleep(4)"], width=1300, height=1000)
    page.run_cell(0)
    page.run_cell(1)
    page.widget(ROOT)
    page.run_cell(2, wait=False)
    page.drag(handle(page, "prediction"), -30, 0)
    page.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for(timeout=2500)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible_in_both_themes(page, theme):
    page.theme(theme)
    page.page.get_by_role("button", name="Race all losses").click()
    page.page.wait_for_timeout(4500)
    page.screenshot(f"boxlab-{theme}", page.widget(ROOT))
    assert page.axe(ROOT) == []


def test_hit_targets_are_large_enough(page):
    small = page.page.evaluate(
        f"""() => [...document.querySelectorAll('{ROOT} .lv-hit, {ROOT} button, {ROOT} select, {ROOT} label')]
        .map(e => [e.parentElement.getAttribute('aria-label') || e.textContent, e.getBoundingClientRect()])
        .filter(([, r]) => Math.min(r.width, r.height) < 24).map(([n, r]) => `${{n}} ${{r.width}} x ${{r.height}}`)"""
    )
    assert small == []


def test_numbers_are_announced_politely(page):
    page.key_drag(handle(page, "prediction"), *["ArrowLeft"] * 5)
    region = page.page.locator(f"{ROOT} [aria-live=polite]")
    page.page.wait_for_function(
        f"document.querySelector('{ROOT} [aria-live=polite]').textContent !== ''"
    )
    assert re.match(r"IoU 0\.\d\d, GIoU loss \d", region.inner_text())


def test_a_corner_can_be_gripped_under_the_other_boxs_edge(page):
    """The target's right corners lie on the prediction's left edge."""
    page.python("setattr(lab, 'prediction', [210, 60, 330, 235])")
    page.page.wait_for_function(
        f"document.querySelector('{ROOT} rect.lv-box.lv-prediction').getAttribute('x') === '210'"
    )
    page.drag(handle(page, "target", "bottom right corner"), -20, 15)
    step = 1 / zoom(page)
    assert close(page.settled("lab.target"), [90, 80, 210 - 20 * step, 200 + 15 * step])
    assert page.python("lab.prediction") == [210, 60, 330, 235]
    kinds = page.page.evaluate(
        f"[...document.querySelectorAll('{ROOT} .lv-handle')].map(e => e.classList[1])"
    )
    assert kinds == ["lv-body"] * 2 + ["lv-edge"] * 8 + ["lv-corner"] * 8


def test_every_measure_shows_beside_its_loss(page):
    for name, value in page.python("lab.measures").items():
        row = page.page.locator(f"{ROOT} tbody tr", has=page.page.locator(f"input[value='{name}']"))
        shown = float(row.locator("td.lv-measure").inner_text().replace("−", "-"))
        assert shown == pytest.approx(value, abs=6e-4)
        assert row.locator("label").inner_text().strip().endswith("IoU loss")


# Watches the lab until `locvizWatch.stop()`: how much was written, which values although they were
# there already, and whose geometry was read.
WATCH = """(root) => {
  const watch = { writes: 0, again: [], read: [] };
  const last = new Map();  // what each node's values were before its newest write
  const wrote = (node, name, old) => {
    if (!last.has(node)) last.set(node, new Map());
    const before = last.get(node);
    if (before.has(name) && before.get(name) === old) watch.again.push(`${name}: ${old}`);
    before.set(name, old);
  };
  const markup = (nodes) => [...nodes].map((one) => one.outerHTML ?? one.data).join("");
  const note = (records) => {
    watch.writes += records.length;
    for (const { type, target, attributeName, oldValue, addedNodes, removedNodes } of records) {
      if (type !== "childList") wrote(target, attributeName ?? "text", oldValue);
      else if (addedNodes.length && markup(addedNodes) === markup(removedNodes))
        watch.again.push(`children: ${markup(addedNodes)}`);
    }
    for (const [node, values] of last)
      for (const [name, old] of values) {
        const now = name === "text" ? node.data : node.getAttribute(name);
        if (now === old) watch.again.push(`${name}: ${old}`);
      }
    last.clear();
  };
  const observer = new MutationObserver(note);
  const everything = { attributes: true, childList: true, characterData: true, subtree: true };
  observer.observe(root, { ...everything, attributeOldValue: true, characterDataOldValue: true });
  const places = [[Element, "getBoundingClientRect"], [SVGGraphicsElement, "getScreenCTM"]];
  const originals = places.map(([kind, name]) => {
    const original = kind.prototype[name];
    kind.prototype[name] = function () {
      if (root.contains(this)) watch.read.push(name);
      return original.call(this);
    };
    return original;
  });
  watch.stop = () => {
    note(observer.takeRecords());
    observer.disconnect();
    places.forEach(([kind, name], i) => { kind.prototype[name] = originals[i]; });
    return [watch.writes, watch.again, watch.read];
  };
  window.locvizWatch = watch;
}"""
STOP = "() => locvizWatch.stop()"


def test_a_drag_writes_only_what_changed(page):
    """A value that is there already is not written again, and geometry is read where the gesture
    begins: neither depends on how often a slow machine draws.
    """
    root = page.page.locator(ROOT)
    x, y = page.center(handle(page, "prediction"))
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    root.evaluate(WATCH)
    for i in range(60):
        page.page.mouse.move(x + i % 30, y + i % 20)
        page.page.wait_for_timeout(16)
    writes, again, read = page.page.evaluate(STOP)
    page.page.mouse.up()
    assert writes > 60
    assert again == []
    assert read == []


@pytest.mark.parametrize(
    ("act", "says"),
    [
        ("root.setAttribute('class', root.className)", "class: "),
        ("strong.firstChild.data += ''", "text: 0."),
        ("strong.textContent += ''", "children: 0."),
        ("(strong.title = 'a', strong.title = 'b', strong.title = 'b')", "title: b"),
    ],
)
def test_the_watch_sees_what_is_written_again(page, act, says):
    root = page.page.locator(ROOT)
    root.evaluate(WATCH)
    root.evaluate(
        f"(root) => {{ const strong = root.querySelector('.lv-iou'); {act}; strong.getBoundingClientRect(); }}"
    )
    writes, again, read = page.page.evaluate(STOP)
    assert writes >= 1
    assert [one.startswith(says) for one in again] == [True]
    assert read == ["getBoundingClientRect"]


def test_every_control_says_what_it_does(page):
    """On focus, on hover, and as a title; the learning rate's words give its unit."""
    hint = page.page.locator(f"{ROOT} .lv-hint")
    controls = page.page.locator(f"{ROOT} .lv-controls :is(select, button:enabled)")
    seen = set()
    for i in range(controls.count()):
        controls.nth(i).focus()
        assert hint.inner_text() == controls.nth(i).get_attribute("title")
        seen.add(hint.inner_text())
    assert len(seen) == controls.count() == 9
    assert any("now 120 pixels, counts as 1" in words for words in seen)
    page.page.locator(f"{ROOT} input[value='ciou']").focus()
    assert hint.inner_text().startswith("Choose CIoU loss: its pull is drawn")
    page.page.locator(f"{ROOT} button", has_text="Reset").hover()
    assert hint.inner_text() == "Both boxes go back to where they started."


@pytest.mark.parametrize(
    ("width", "row"), [(1024, "moves"), (1300, "controls"), (1920, "controls")]
)
def test_what_moves_a_box_stands_in_one_row(open_notebook, width, row):
    """With the other controls where there is room."""
    page = open_notebook(CELLS, width=width, height=1000)
    page.run_all()
    page.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for()
    controls = page.page.locator(f"{ROOT} .lv-{row} :is(select, button)").all()
    boxes = [control.bounding_box() for control in controls]
    page.screenshot(f"boxlab-controls-{width}", page.widget(ROOT))
    assert max(b["y"] for b in boxes) < min(b["y"] + b["height"] for b in boxes)


def test_simple_mode_shows_iou_and_no_losses(open_notebook):
    cell = "lab = BoxLab(simple=True, target=[90, 80, 210, 200], prediction=[170, 135, 310, 235])"
    page = open_notebook([CELLS[0], f"{cell}\nlab"], width=1024, height=768)
    page.run_all()
    page.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for()
    assert page.page.locator(f"{ROOT} :is(select, table, input)").count() == 0
    page.drag(handle(page, "prediction"), -30, 0)
    shared, union = page.settled("lab.result['areas']")
    cells = page.page.locator(f"{ROOT} .lv-areas dd").all_inner_texts()
    assert cells[2:4] == [f"{shared:,.0f} px²", f"{union:,.0f} px²"]
    assert cells[4] == page.page.locator(f"{ROOT} .lv-iou").inner_text()
    assert float(cells[4]) == pytest.approx(page.python("lab.iou"), abs=6e-4)
    for theme in ("light", "dark"):
        page.theme(theme)
        page.screenshot(f"boxlab-simple-{theme}", page.widget(ROOT))
        assert page.axe(ROOT) == []
    reset = page.page.get_by_role("button", name="Reset")
    reset.hover()
    words = page.page.locator(f"{ROOT} .lv-hint").inner_text()
    assert words == reset.get_attribute("title") == "Both boxes go back to where they started."
    reset.click()
    assert page.settled("lab.prediction") == [170, 135, 310, 235]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_a_drag_needs_fits_a_projector(open_notebook, theme):
    """1024 by 768: picture, table and numbers are seen at once."""
    page = open_notebook(CELLS, width=1024, height=768)
    page.run_all()
    page.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for()
    page.theme(theme)
    page.page.locator(f"{ROOT} .lv-main").evaluate("e => e.scrollIntoView({ block: 'start' })")
    page.screenshot(f"boxlab-1024-{theme}")
    needed = page.page.locator(f"{ROOT} .lv-main").bounding_box()
    panel = page.page.locator(".jp-WindowedPanel-outer").first.bounding_box()
    assert needed["height"] <= panel["height"]
    small = page.page.evaluate(
        f"""() => [...document.querySelectorAll('{ROOT} *')].filter(e => e.textContent.trim()
        && !e.children.length && e.getClientRects().length).map(e => [e.textContent,
        parseFloat(getComputedStyle(e).fontSize) * (e.getScreenCTM?.().a ?? 1)]).filter(([, s]) => s < 11)"""
    )
    assert small == []


# In the committed chapters

CHAPTERS = Path(__file__).parents[2] / "chapters"


def open_chapter(open_notebook, name, pattern):
    """Open a committed chapter, run its imports and the first cell that matches; the page and the
    widget's name.
    """
    path = CHAPTERS / name
    cells = nbformat.read(path, as_version=4).cells
    code = [i for i, cell in enumerate(cells) if cell.cell_type == "code"]
    found = next(i for i in code if re.search(pattern, cells[i].source))
    variable = re.search(r"(\w+) = BoxLab\(", cells[found].source)[1]
    page = open_notebook(path, width=1300, height=1000)
    page.run_cell(code[0])
    page.run_cell(found)
    page.widget(ROOT)
    page.page.locator(f"{ROOT} .lv-torch[data-state=agrees]").wait_for()
    return page, variable


@pytest.mark.parametrize("chapter", ["00_start_here.ipynb", "02_regression_losses.ipynb"])
def test_dragging_in_the_chapter(open_notebook, chapter):
    page, lab = open_chapter(open_notebook, chapter, r"= BoxLab\(")
    for way, move in {
        "drag": [-35, -12],
        "touch_drag": [-20, -8],
        "key_drag": ["Shift+ArrowLeft", "ArrowUp"],
    }.items():
        before, picture = page.python(f"{lab}.prediction"), drawing(page)
        getattr(page, way)(handle(page, "prediction"), *move)
        now = page.settled(f"{lab}.prediction")
        assert now[0] < before[0], way
        assert now[1] < before[1], way
        assert drawing(page) != picture, way
        if page.python(f"{lab}.simple"):
            shown = float(page.page.locator(f"{ROOT} .lv-iou").inner_text())
            assert shown == pytest.approx(page.python(f"{lab}.iou"), abs=6e-4), way
            continue
        loss = page.python(f"{lab}.loss")
        value = page.python(
            f"losses.LIVE_LOSSES['{loss}'](torch.tensor([{now}], dtype=torch.float64),"
            f" torch.tensor([{lab}.target], dtype=torch.float64)).item()"
        )
        assert shown_value(page, loss) == pytest.approx(value, rel=1e-3), way


def test_the_race_in_the_chapter(open_notebook):
    page, lab = open_chapter(
        open_notebook, "02_regression_losses.ipynb", r"= BoxLab\((.|\n)*\.race\(\)"
    )
    page.page.wait_for_function(
        f"document.querySelector('{ROOT} .lv-race-note').textContent.startsWith('✓')"
    )
    labels = page.page.locator(f"{ROOT} .lv-series-label").all_text_contents()
    shown = {label.rsplit(" ", 1)[0]: float(label.rsplit(" ", 1)[1]) for label in labels}
    final = page.python(f"{lab}.race().final()")
    assert shown["IoU"] == pytest.approx(final["iou"], abs=0.006)
    assert shown["GIoU"] == pytest.approx(final["giou"], abs=0.006)
    page.screenshot("boxlab-chapter-race", page.widget(ROOT))
