"""Chapter 04 as committed: RoIPool has luck, anchors are designed, a box finds the blind spot."""

import pytest
from chapter_page import CHAPTERS, assert_proved, run

CHAPTER = CHAPTERS / "04_anchors.ipynb"
DESIGN = "design(scales=lab.scales, ratios=lab.ratios, strides=lab.strides)"


@pytest.fixture(scope="module")
def page(open_for_file):
    """The chapter with its imports."""
    page = open_for_file(CHAPTER, width=1300, height=1300)
    run(page, CHAPTER, "^import")
    return page


def test_shoving_the_region_makes_roipool_lucky(page):
    run(page, CHAPTER, r"^roi = RoILab", r"ch04\.lucky\.watch")
    root = page.widget(".locviz-roilab")
    body = root.locator('.lv-map-pool [data-part="body"]')
    says = root.locator(".lv-panel-pool .lv-says")
    before, words = page.python("roi.region"), says.inner_text()
    page.drag(body, 12, 9, steps=12)
    now = page.settled("roi.region")
    assert now[0] > before[0]
    page.eventually(lambda: says.inner_text() != words)
    # What the layer says, in one line of torchvision.
    ops, shape = "__import__('torchvision').ops", "(roi.output_size, roi.output_size)"
    features = "roi.map.double()[None, None]"
    corners = "torch.tensor([[0, *roi.region]], dtype=torch.float64)"
    pooled = f"{ops}.roi_pool({features}, {corners}, {shape}, 1 / roi.stride)[0, 0].tolist()"
    rows = page.python("roi.pool.tolist()")
    for row, expected in zip(rows, page.python(pooled), strict=True):
        assert row == pytest.approx(expected, rel=1e-4)
    page.python("setattr(roi, 'region', [23.9, 23.9, 87.9, 87.9])")
    assert_proved(page, "Lucky rounding", "04.lucky")
    page.screenshot("chapter-04-roilab", root)


def test_designing_anchors_beats_the_default(page):
    run(
        page,
        CHAPTER,
        r"^cells, photos = data",
        "^def design",
        r"ch04\.beat_the_default\.watch",
        r"ch04\.blind_spot\.watch",
    )
    root = page.widget(".locviz-anchorlab")
    assert page.python("lab.recall == lab.default_recall and lab.num_anchors == 76740")
    shown = root.locator(".lv-scene image")
    assert shown.get_attribute("href").startswith("blob:")  # the photographs lie under the boxes
    assert (
        page.python("[tuple(photo.shape[-2:]) == t.size for photo, t in zip(photos, cells)]")
        == [True] * 24
    )
    curve = root.locator(".lv-own").get_attribute("d")
    for stride in (4, 8, 32, 64):
        root.get_by_label(f"Stride {stride}", exact=True).click()
        page.wait_python(f"{stride} not in lab.strides")
    page.wait_python("lab.num_anchors == 3600")
    page.eventually(lambda: root.locator(".lv-own").get_attribute("d") != curve)
    page.python(
        "[setattr(lab, 'ratios', [0.8, 1.2]), setattr(lab, 'scales', [2.5, 6, 7.2])] and None"
    )
    assert_proved(page, "A tenth of the anchors", "04.beat_the_default")
    page.eventually(
        lambda: f"{page.python('lab.recall'):.3f}" in root.locator(".lv-recall").inner_text()
    )
    # Recall by the package's own function over all anchors.
    recall = (
        f"float(priors.anchor_recall({DESIGN}(priors.pyramid_sizes((480, 640), lab.strides), input_size=(480, 640)),"
        " [t.boxes for t in cells], thresholds=(0.7,))[0])"
    )
    assert page.python("lab.recall") == pytest.approx(page.python(recall), abs=1e-6)


def goals_met(page, name):
    """Which goals of a challenge the lab meets, in their order."""
    state = (
        f"__import__('locviz.course.challenge', fromlist=['_']).read_state(lab, ch04.{name}.reads)"
    )
    return page.python(f"[goal.met({state}) for goal in ch04.{name}.goals]")


def test_dragging_its_edges_finds_the_blind_spot(page):
    """A strip across the picture, as thin as the challenge allows, over the default's anchors."""
    root = page.widget(".locviz-anchorlab")
    root.get_by_label("Reset all").click()
    page.wait_python("lab.num_anchors == 76740")
    assert goals_met(page, "blind_spot") == [True, False, True]
    _, top, _, bottom = page.python("lab.target")
    for side, dx in (("left edge", -300), ("right edge", 500)):
        page.drag(root.locator(f'[data-part="{side}"]'), dx, 0)
    page.wait_python("(lab.target[0], lab.target[2]) == (0, 640)")
    tens, ones = divmod(int(bottom - top - page.python("ch04.blind_spot.goals[2].low")), 10)
    edge = root.locator('[data-part="bottom edge"]')
    page.key_drag(edge, *["Shift+ArrowUp"] * tens, *["ArrowUp"] * ones)
    box = page.settled("lab.target")
    assert box == [0, top, 640, bottom - 10 * tens - ones]
    assert goals_met(page, "blind_spot") == [True, True, True]
    # The best of all anchors, by the package's own function.
    laid = f"{DESIGN}(priors.pyramid_sizes((480, 640), lab.strides), input_size=(480, 640))"
    best = f"float(priors.best_iou({laid}, torch.tensor([lab.target]))[0])"
    assert page.python("float(lab.gt_best_iou[lab.selected])") == pytest.approx(
        page.python(best), abs=1e-5
    )
    assert_proved(page, "Where nobody looks", "04.blind_spot")
    for theme in ("light", "dark"):
        page.theme(theme)
        page.screenshot(f"chapter-04-anchorlab-{theme}", root)
