"""FocalLab in a real JupyterLab: dragged with mouse, touch and keys; light and dark; accessible."""

import pytest

SETUP = """
import torch
from torch.nn import functional as F
from locviz.losses import sigmoid_focal_loss
from locviz.widgets import FocalLab
from locviz.widgets.focallab.batch import Batch
batch = Batch.shipped()
def share(alpha, gamma, threshold, step=-1):
    x, truth = batch.logits[step].clone().requires_grad_(), batch.targets
    g = torch.autograd.grad(sigmoid_focal_loss(x, truth, alpha=alpha, gamma=gamma).sum(), x)[0].abs()
    return float(g[~truth & (torch.sigmoid(-x) > threshold)].sum() / g.sum())
"""


@pytest.fixture
def show(open_notebook):
    """``show("gamma=1")`` -> the page, and FocalLab's root in it."""

    def show_one(more="", **options):
        page = open_notebook([SETUP, f"lab = FocalLab({more})\nlab"], **options)
        page.run_all()
        return page, page.widget(".locviz-focallab")

    return show_one


def bar(root, row):
    """The share of easy negatives that a bar says, in percent."""
    return root.locator(".lv-bars b").nth(row).inner_text()


def numbers(root, row):
    """Loss, gradient and times less of a row of the table."""
    return root.locator(".lv-numbers tbody tr").nth(row).locator("td").all_inner_texts()


def test_the_opening_says_what_torch_says(show):
    page, root = show()
    for row, (alpha, gamma) in enumerate([(None, 0), (0.25, 0), (0.25, 2)]):
        share = page.python(f"share({alpha}, {gamma}, 0.6)")
        assert bar(root, row) == f"{100 * share:.1f} %"
        x = "torch.logit(torch.tensor(0.9, dtype=torch.float64))"
        loss = f"sigmoid_focal_loss({x}, torch.ones(()), alpha={alpha}, gamma={gamma}).item()"
        assert float(numbers(root, row)[0]) == pytest.approx(page.python(loss), rel=5e-3)
    assert numbers(root, 2)[2] == "400"
    assert page.python("lab.last_error") == ""


def test_dragging_the_point_with_the_mouse(show):
    page, root = show("alpha=None, p_t=0.5")
    before = root.screenshot()
    page.drag(root.locator(".lv-rule").nth(0), 40, 25, steps=20)  # up and down changes nothing
    p_t = page.settled("lab.p_t")
    frame = root.locator(".lv-chart").nth(0).bounding_box()
    assert p_t == pytest.approx(0.5 + 40 / (frame["width"] * 254 / 300), abs=0.004)
    assert page.python("lab.history[-1]['gesture']") == "drag"
    assert page.python("len(lab.history)") > 3  # while dragging, not only at its end
    loss = page.python(f"-({1 - p_t}) ** 2 * torch.tensor({p_t}).log().item()")
    assert float(numbers(root, 2)[0]) == pytest.approx(loss, rel=5e-3)
    assert float(numbers(root, 2)[2]) == pytest.approx((1 - p_t) ** -2, rel=5e-3)
    assert root.screenshot() != before


def test_keys_reach_the_thousandfold(show):
    """The paper's example: 0.968 has about 1000 times less loss, exactly 976.6."""
    page, root = show("alpha=None, p_t=0.9")
    rule = root.locator(".lv-rule").nth(1)
    page.key_drag(rule, *["Shift+ArrowRight"] * 7, "ArrowLeft", "ArrowDown")
    page.wait_python("abs(lab.p_t - 0.968) < 1e-9")
    page.eventually(lambda: numbers(root, 2)[2] == "977")
    assert "977 times less than cross entropy" in rule.get_attribute("aria-valuetext")
    page.page.keyboard.press("Escape")
    page.wait_python("lab.p_t == 0.9")
    page.eventually(lambda: numbers(root, 2)[2] == "100")


def test_touch_moves_the_border_and_a_double_click_takes_it_back(show):
    page, root = show()
    rule = root.locator(".lv-rule").nth(2)
    page.touch_drag(rule, 50, 0)
    threshold = page.settled("lab.threshold")
    assert 0.7 < threshold < 0.9
    share = page.python(f"share(0.25, 2, {threshold})")
    page.eventually(lambda: bar(root, 2) == f"{100 * share:.1f} %")
    assert f"p_t above {threshold:.2f}" in root.locator(".lv-words").nth(1).inner_text()
    # Both charts of the batch have their rule where the border is.
    lefts = [
        root.locator(".lv-rule .lv-line").nth(i).bounding_box()["x"]
        - root.locator(".lv-chart").nth(i).bounding_box()["x"]
        for i in (2, 3)
    ]
    assert lefts[0] == pytest.approx(lefts[1], abs=1)
    root.locator(".lv-rule").nth(3).dblclick()
    page.wait_python("lab.threshold == 0.6")


def test_sliders_switch_and_buttons(show):
    page, root = show()
    root.get_by_label("gamma").fill("0")
    page.wait_python("lab.gamma == 0")
    page.eventually(lambda: bar(root, 2) == bar(root, 1) != bar(root, 0))
    root.get_by_label("use alpha").uncheck()
    page.wait_python("lab.alpha is None")
    page.eventually(lambda: bar(root, 2) == bar(root, 1) == bar(root, 0))
    assert root.locator(".lv-alpha [type=range]").is_disabled()
    root.get_by_label("use alpha").check()
    page.wait_python("lab.alpha == 0.25")
    root.locator(".lv-alpha [type=range]").fill("0.75")
    page.wait_python("lab.alpha == 0.75")
    root.get_by_label("training step").fill("0")
    page.wait_python("lab.training_step == 0")
    share = page.python("share(None, 0, 0.6, step=0)")
    page.eventually(lambda: bar(root, 0) == f"{100 * share:.1f} %")
    root.get_by_label("negatives per positive").fill("1")
    page.wait_python("lab.imbalance == 2")
    page.eventually(lambda: "of 837 predictions" in root.locator(".lv-words").nth(1).inner_text())
    root.get_by_role("button", name="negatives").click()
    page.wait_python("lab.side == 'negative'")
    page.eventually(lambda: "of a negative" in root.locator(".lv-words").nth(0).inner_text())
    root.get_by_label("Reset all").click()
    page.wait_python("lab._settings() == lab.initial")
    page.eventually(lambda: bar(root, 0) == f"{100 * page.python('share(None, 0, 0.6)'):.1f} %")


def test_tab_walks_the_controls_and_leaves(show):
    page, root = show()
    root.locator(".lv-sides button").first.focus()
    name = "() => document.activeElement.getAttribute('role') ?? document.activeElement.tagName"
    inside = "() => document.activeElement.closest('.locviz-focallab') !== null"
    walked = []
    while page.page.evaluate(inside) and len(walked) < 30:
        walked.append(page.page.evaluate(name))
        page.page.keyboard.press("Tab")
    assert not page.page.evaluate(inside)
    assert walked == [*["BUTTON"] * 2, *["slider"] * 4, *["INPUT"] * 5, "BUTTON"]


def test_every_control_says_what_it_does(show):
    page, root = show()
    hint = root.locator(".lv-hint")
    rest = hint.inner_text()
    said = set()
    controls = root.locator(".lv-body :is(button, input, [role=slider])")
    for i in range(controls.count()):
        controls.nth(i).focus()
        said.add(hint.inner_text())
    assert rest not in said
    assert len(said) == 9  # two sides, and two rules of each kind, share their words
    root.get_by_label("gamma").hover()
    assert "How strongly focal loss" in hint.inner_text()
    root.locator("h4").first.hover()
    page.page.evaluate("document.activeElement.blur()")
    assert hint.inner_text() == rest


def test_two_labs_do_not_share_names(open_notebook):
    page = open_notebook([SETUP, "a = FocalLab(threshold=0.2)\na", "b = FocalLab()\nb"])
    page.run_all()
    page.widget(".locviz-focallab")
    ids = page.page.eval_on_selector_all(".locviz-focallab [id]", "all => all.map((e) => e.id)")
    assert len(ids) == len(set(ids)) >= 2


def test_python_moves_the_view(show):
    page, root = show()
    page.python("1", setup="lab.gamma, lab.imbalance, lab.p_t = 3.5, 7, 0.25")
    page.eventually(lambda: "3.5" in root.locator(".lv-slider output").nth(0).inner_text())
    page.eventually(lambda: root.locator(".lv-slider output").nth(3).inner_text() == "7")
    page.eventually(lambda: "p_t = 0.250" in root.locator(".lv-words").nth(0).inner_text())


def test_an_own_batch_without_training_steps(show):
    page, root = show(
        "logits=torch.randn(4, 30) - 2, targets=torch.rand(4, 30) < 0.1, scale=1.2, source='<img>'"
    )
    assert root.get_by_label("training step").is_hidden()
    assert "<img>: 120 predictions" in root.inner_text()
    assert page.axe(".locviz-focallab") == []


def test_an_error_shows_in_the_widget(show):
    page, root = show()
    page.python("1", setup="lab._answer = lambda *_: 1 / 0")
    page.key_drag(root.locator(".lv-rule").first, "ArrowRight")
    root.get_by_role("alert").wait_for(state="visible")
    assert "ZeroDivisionError" in root.get_by_role("alert").inner_text()


TEXT_SIZES = """root => [...root.querySelectorAll("text, span, p, li, td, th, button, output, b")]
  .filter((e) => e.childNodes.length && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .map((e) => [e.textContent, parseFloat(getComputedStyle(e).fontSize)
    * (e.ownerSVGElement ? e.ownerSVGElement.getScreenCTM().a : 1)])"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_violation(show, theme):
    page, root = show()
    page.theme(theme)
    assert page.axe(".locviz-focallab") == []
    page.screenshot(f"focallab-{theme}", root)


def test_it_fits_a_small_projector(show):
    page, root = show(width=1024, height=768)
    page.screenshot("focallab-1024", root)
    page.screenshot("focallab-1024-page")
    assert root.bounding_box()["height"] <= 660  # with a line of goals less than 700
    small = [(text, size) for text, size in root.evaluate(TEXT_SIZES) if size < 11]
    assert small == []


SIZES = [("scaled", "scale=1.5", 1700), ("narrow", "", 560), ("phone", "", 420)]


@pytest.mark.parametrize(("name", "more", "width"), SIZES)
def test_other_sizes_fit(show, name, more, width):
    page, root = show(more, width=width, height=1300)
    page.screenshot(f"focallab-{name}", root)
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
    assert [pair for pair in root.evaluate(TEXT_SIZES) if pair[1] < 11] == []
    assert page.axe(".locviz-focallab") == []
