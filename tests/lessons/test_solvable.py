"""Each challenge of chapters 03 and 04 can be solved from the state in which its widget opens.

The widgets are made as the chapters make them, and only what a learner can set is set: sliders in
their own steps, drags, pages. What a challenge shows as its solution solves it there.
"""

import numpy as np
import pytest

from locviz import data
from locviz.course.challenge import read_state
from locviz.lessons.ch03 import challenges as ch03
from locviz.lessons.ch04 import challenges as ch04
from locviz.widgets import AnchorLab, APLab, RoILab

SCORE_STEP, IOU_STEP = 0.01, 0.005  # of the sliders, as `src/aplab/view.ts` has them


def solved(challenge, widget):
    state = read_state(widget, challenge.reads)
    return all(goal.met(state) for goal in challenge.goals)


@pytest.fixture
def ap_lab(evaluated):
    return APLab(**evaluated, label="6", score_threshold=0.1)


def settings(lab, knob, step, low):
    """Put a slider to each of its places in turn, and give them."""
    for i in range(round((1 - low) / step) + 1):
        setattr(lab, knob, min(round(low + i * step, 6), 1.0))
        yield getattr(lab, knob)


def test_nineteen_out_of_twenty(ap_lab):
    assert not solved(ch03.careful, ap_lab)
    places = settings(ap_lab, "score_threshold", SCORE_STEP, 0.0)
    assert sum(solved(ch03.careful, ap_lab) for _ in places) >= 5


def test_how_strict_is_half(ap_lab):
    """At steps of 0.01 AP jumped from 0.530 to 0.376 over the range that is asked for."""
    assert not solved(ch03.half_the_area, ap_lab)
    places = settings(ap_lab, "iou_threshold", IOU_STEP, 0.05)
    assert any(solved(ch03.half_the_area, ap_lab) for _ in places)


def test_one_box_two_errors(ap_lab):
    ap_lab.iou_threshold = 0.9
    pages = len(ap_lab.curve["pages"])
    assert any(solved(ch03.two_in_one, ap_lab) for _ in range(pages) if not ap_lab.step())


def test_the_sliders_have_the_steps_of_this_test(typescript_source):
    assert f"fine ? {IOU_STEP} : {SCORE_STEP}" in typescript_source


@pytest.fixture
def typescript_source():
    from pathlib import Path

    root = Path(__file__).resolve().parents[2]
    return (root / "locviz/widgets/src/aplab/view.ts").read_text(encoding="utf-8")


def test_lucky_rounding():
    """Arrow keys move a corner by whole pixels, from the fractions where the region opens."""
    roi = RoILab(stride=16, output_size=3)
    assert not solved(ch04.lucky, roi)
    for part in ("top left corner", "bottom right corner"):
        for axis in (0, 1):
            roi.drag("region", *along(axis, nearest(roi, part, axis)), part=part)
    assert solved(ch04.lucky, roi)


def along(axis, by):
    return (by, 0) if axis == 0 else (0, by)


def nearest(roi, part, axis):
    """By how many pixels to move a corner along an axis, so that RoIPool is off least."""
    off = {}
    for by in range(-20, 21):
        before = list(roi.region)
        roi.drag("region", *along(axis, by), part=part)
        if min(roi.region[2] - roi.region[0], roi.region[3] - roi.region[1]) >= 40:
            off[by] = roi.misalignment["pool"]
        roi.region = before
    return min(off, key=lambda by: off[by])


@pytest.fixture
def anchor_lab():
    return AnchorLab(boxes=data.bccd_boxes("train")[:24], positive=0.7, negative=0.3)


def test_a_tenth_of_the_anchors(anchor_lab):
    """The design that the chapter shows afterwards."""
    assert not solved(ch04.beat_the_default, anchor_lab)
    anchor_lab.scales = [2.5, 6, 7.2]
    anchor_lab.ratios, anchor_lab.strides = [0.8, 1.2], [16]
    assert solved(ch04.beat_the_default, anchor_lab)


def test_where_nobody_looks(anchor_lab):
    """The object is drawn out to a strip across the picture, by its edges alone."""
    assert not solved(ch04.blind_spot, anchor_lab)
    x1, y1, x2, y2 = anchor_lab.target
    anchor_lab.drag("target", -x1, 0, part="left edge")
    anchor_lab.drag("target", 640 - x2, 0, part="right edge")
    anchor_lab.drag("target", 0, y1 + 32 - y2, part="bottom edge")
    assert np.isclose(anchor_lab.target[3] - anchor_lab.target[1], 32)
    assert solved(ch04.blind_spot, anchor_lab)


def roi_lab():
    return RoILab(stride=16, output_size=3)


@pytest.mark.parametrize(
    ("challenge", "opens"),
    [
        (ch03.careful, "ap_lab"),
        (ch03.half_the_area, "ap_lab"),
        (ch03.two_in_one, "ap_lab"),
        (ch04.lucky, roi_lab),
        (ch04.beat_the_default, "anchor_lab"),
        (ch04.blind_spot, "anchor_lab"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_shown_solution_solves_it(challenge, opens, request):
    widget = request.getfixturevalue(opens) if isinstance(opens, str) else opens()
    assert not solved(challenge, widget)
    for name, value in challenge.settings.items():
        setattr(widget, name, value)
        assert f"`{challenge.widget}.{name} = {value!r}`" in repr(challenge.solution()).replace(
            "\n    ", " "
        )
    assert solved(challenge, widget)
