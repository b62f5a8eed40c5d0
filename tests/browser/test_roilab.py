"""RoILab in a real JupyterLab: dragged with mouse, touch and keys; light and dark; accessible."""

import pytest

SETUP = """
import torch
from locviz.layers import roi_align_reference, roi_pool_reference
from locviz.widgets import RoILab
"""
SHOW = "lab = RoILab({more})\nlab"
POOLED = (
    "roi_pool_reference(lab.map[None, None], [torch.tensor([lab.region])], "
    "output_size=lab.output_size, stride=16.0)"
)
ALIGNED = (
    "roi_align_reference(lab.map[None, None], [torch.tensor([lab.region])], output_size=lab.output_size, stride=16.0, "
    "sampling_ratio=lab.sampling_ratio, aligned=lab.aligned)"
)


@pytest.fixture
def show(open_notebook):
    """``show("aligned=False")`` -> the page, and RoILab's root in it."""

    def show_one(more="", **options):
        page = open_notebook([SETUP, SHOW.format(more=more)], **options)
        page.run_all()
        return page, page.widget(".locviz-roilab")

    return show_one


def body(root, kind="pool"):
    return root.locator(f'.lv-map-{kind} [data-part="body"]')


def wait_text(page, locator, text):
    """Wait until an element's text holds ``text``."""
    page.page.wait_for_function(
        "([e, t]) => e.textContent.includes(t)", arg=[locator.element_handle(), text]
    )


def first_value(root, kind):
    return root.locator(f".lv-out-{kind} td").first.locator("span")


@pytest.mark.parametrize("kind", ["pool", "align"])
def test_dragging_the_region_with_the_mouse(show, kind):
    page, root = show()
    before, rounded = root.screenshot(), root.locator(".lv-map-pool .lv-rounded").get_attribute("d")
    region = page.python("lab.region")
    page.drag(body(root, kind), 60, 40, steps=20)
    moved = page.settled("lab.region")
    assert moved[0] > region[0] + 5
    assert moved[1] > region[1] + 5
    assert page.python("lab.history[-1]['gesture']") == "drag"
    assert page.python("len(lab.history)") > 3  # while dragging, not only at its end
    # What is shown is what one line of torch says.
    wait_text(page, first_value(root, "pool"), f"{page.python(f'{POOLED}[0, 0, 0, 0].item()'):.1f}")
    wait_text(
        page, first_value(root, "align"), f"{page.python(f'{ALIGNED}[0, 0, 0, 0].item()'):.1f}"
    )
    wait_text(
        page,
        root.locator(".lv-panel-pool .lv-says"),
        f"mean error {page.python('lab.errors')['pool']:.3f}",
    )
    assert root.locator(".lv-map-pool .lv-rounded").get_attribute("d") != rounded
    assert root.screenshot() != before
    assert page.python("lab.last_error") == ""


def test_a_corner_alone(show):
    page, root = show()
    region = page.python("lab.region")
    page.drag(root.locator('.lv-map-pool [data-part="top left corner"]'), 20, 12)
    moved = page.settled("lab.region")
    assert moved[:2] != region[:2]
    assert moved[2:] == region[2:]


def test_touch_keys_escape_and_double_click(show):
    page, root = show()
    initial = page.python("lab.region")
    page.touch_drag(body(root), 50, 30)
    touched = page.settled("lab.region")
    assert touched[0] > initial[0] + 5
    page.key_drag(body(root), "ArrowRight", "Shift+ArrowDown")
    keyed = page.settled("lab.region")
    assert keyed == pytest.approx(
        [touched[0] + 1, touched[1] + 10, touched[2] + 1, touched[3] + 10], abs=1e-3
    )
    page.page.keyboard.press("Alt+ArrowRight")
    assert page.settled("lab.region")[2] == pytest.approx(keyed[2] + 1, abs=1e-3)
    page.page.keyboard.press("Escape")
    assert page.settled("lab.region") == initial  # as it was when the box got the focus, by touch
    body(root).dblclick()
    assert page.settled("lab.region") == initial
    assert body(root).get_attribute("aria-valuetext") == "x 22 to 110, y 22 to 91"


def test_tab_walks_the_handles_the_points_and_leaves(show):
    page, root = show()
    body(root).focus()
    name = (
        "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.tagName"
    )
    inside = "() => document.activeElement.closest('.locviz-roilab') !== null"
    walked = []
    while page.page.evaluate(inside) and len(walked) < 40:
        walked.append(page.page.evaluate(name))
        page.page.keyboard.press("Tab")
    assert not page.page.evaluate(inside)
    assert walked[:2] == ["region", "region, left edge"]
    assert walked[9] == "region"  # the same nine handles on the other map
    assert walked[18:] == [
        "Sample points of RoIAlign",
        "SELECT",
        "INPUT",
        "SELECT",
        "INPUT",
        "SELECT",
        "Reset all",
    ]


def test_a_sample_point_shows_its_weights_by_keyboard_and_by_hovering(show):
    page, root = show()
    points = root.locator(".lv-points")
    points.focus()
    page.page.keyboard.press("ArrowRight")
    weights = root.locator(".lv-weight").all_text_contents()
    # The second point of the first row: what the four cells round it count, by the layers' own
    # geometry.
    page.python("1", setup="from locviz.layers import sample_points")
    found = page.python(
        "sample_points(torch.tensor(lab.region), output_size=(3, 3), stride=16.0, map_size=(8, 10), "
        "aligned=True).weights[0, 0, 0, 1].tolist()"
    )
    assert weights == [f"×{weight:.2f}" for weight in found]
    text = points.get_attribute("aria-valuetext")
    assert text is not None
    assert text.startswith("point 2 of 36 at ")
    assert root.locator("td.lv-lit").count() == 3  # its bin, in all three tables
    body(root, "align").focus()
    page.page.wait_for_function("() => !document.querySelector('.lv-weight')")
    # Point 15 by its place: RoIAlign's half pixel is taken back where it is drawn.
    x, y = page.python(
        "(lab.reading.samples.points.permute(0, 2, 1, 3, 4).reshape(-1, 2)[14] + 0.5).tolist()"
    )
    area = root.locator(".lv-map-align").bounding_box()
    assert area is not None
    page.page.mouse.move(area["x"] + x * area["width"] / 10, area["y"] + y * area["height"] / 8)
    page.page.wait_for_function("() => document.querySelectorAll('.lv-weight').length === 4")
    page.screenshot("roilab-weights", root)


def test_half_pixel_samples_bins_map_and_stride(show):
    page, root = show()
    root.get_by_label("half pixel (aligned)").uncheck()
    page.wait_python("lab.aligned is False")
    wait_text(
        page, root.locator(".lv-panel-align .lv-says"), "mean error 5.500, looks 11.3 px beside"
    )
    root.get_by_label("bins on each axis").fill("5")
    page.wait_python("lab.output_size == 5")
    page.page.wait_for_function("() => document.querySelectorAll('.lv-out-exact td').length === 25")
    root.get_by_label("samples per bin and axis").select_option("4")
    page.wait_python("lab.sampling_ratio == 4")
    page.eventually(lambda: root.locator(".lv-points").get_attribute("aria-valuemax") == "400")
    root.locator("select").first.select_option("bump")
    page.wait_python("lab.function == 'bump'")
    region = page.python("lab.region")
    root.get_by_label("stride, px").select_option("32")
    page.wait_python("lab.stride == 32")
    assert page.python("lab.region") == pytest.approx([2 * value for value in region])
    root.get_by_label("Reset all").click()
    page.wait_python("(lab.stride, lab.function, lab.output_size, lab.aligned, lab.region) == "
                     "(16, 'ramp', 3, True, lab.initial['region'])")  # fmt: skip
    wait_text(page, root.locator(".lv-panel-align .lv-says"), "mean error 0.000")


def test_python_moves_the_view(show):
    page, root = show()
    page.python("1", setup="lab.region = [16.0, 16, 64, 64]; lab.output_size = 1")
    wait_text(page, root.locator(".lv-where"), "x 1.00 to 4.00, y 1.00 to 4.00 cells")
    # One bin of cells 1 to 4 inclusive: the last is row 4, column 4 of the map that counts its
    # cells.
    wait_text(page, first_value(root, "pool"), "44.0")


def test_an_error_shows_in_the_widget(show):
    page, root = show()
    page.python("1", setup="lab._answer = lambda *_: 1 / 0")
    page.key_drag(body(root), "ArrowRight")
    root.get_by_role("alert").wait_for(state="visible")
    assert "ZeroDivisionError" in root.get_by_role("alert").inner_text()


LOOKS = [("light", ""), ("dark", "function='waves', output_size=7, aligned=False")]


@pytest.mark.parametrize(("theme", "more"), LOOKS)
def test_no_accessibility_violation(show, theme, more):
    page, root = show(more, height=1100)
    page.theme(theme)
    assert page.axe(".locviz-roilab") == []
    page.screenshot(f"roilab-{theme}", root)


@pytest.mark.parametrize(
    ("name", "more", "width"), [("scaled", "scale=1.5", 1700), ("narrow", "output_size=4", 560)]
)
def test_other_sizes_fit(show, name, more, width):
    page, root = show(more, width=width, height=1500)
    page.screenshot(f"roilab-{name}", root)
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") <= 0
    assert page.axe(".locviz-roilab") == []
