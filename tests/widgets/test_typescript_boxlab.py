"""What BoxLab's view computes at once and the kernel behind it: names, arrows, spots, descent."""

import re

import pytest
import torch

from locviz import boxes
from locviz.losses import FOCAL_LOSSES, LIVE_LOSSES
from locviz.viz.theme import PALETTE
from locviz.widgets import BoxLab
from locviz.widgets.boxlab.picture import ZERO

ALL_LOSSES = (*LIVE_LOSSES, *FOCAL_LOSSES)
PARAMETRISATIONS = ("corners", "center_size", "offsets")
PULL, OVERLAP, HULL = (PALETTE[role][0] for role in ("pull", "overlap", "hull"))


def test_a_page_without_a_kernel_begins_as_boxlab_does(typescript):
    plain, lab = typescript("defaults.PLAIN"), BoxLab()
    assert plain == lab.get_state(plain.keys())
    assert BoxLab.keywords() == sorted(
        {*plain, "layout"} - {"seq", "gesture", "last_error", "challenges"}
    )


def test_losses_have_the_same_names_in_the_same_order(typescript):
    assert typescript("losses.LOSSES") == list(LIVE_LOSSES)
    assert typescript("losses.FOCAL_LOSSES") == list(FOCAL_LOSSES)
    for focal in (False, True):
        assert typescript("losses.shownLosses", focal) == list(BoxLab(focal=focal).loss_names)


def test_losses_have_the_same_titles(typescript):
    titles = typescript("losses.TITLES")
    assert list(titles) == list(ALL_LOSSES)
    said = BoxLab(focal=True).snapshot().text
    listed = re.search(r"Losses: (.*?)\. No gradient|Losses: (.*)\.$", said)
    shown = [part.rpartition(" ")[0] for part in (listed[1] or listed[2]).split(", ")]
    # Beside its measure, a loss is called "IoU loss".
    overlap = ("iou", "giou", "diou", "ciou", "eiou")
    assert shown == [
        f"{title} loss" if name in overlap else title for name, title in titles.items()
    ]


@pytest.mark.parametrize("loss", FOCAL_LOSSES)
def test_a_hidden_focal_variant_gives_way_to_the_same_loss(typescript, loss):
    lab = BoxLab(loss=loss)
    lab.focal = False
    assert typescript("losses.plainLoss", loss) == lab.loss
    assert typescript("losses.isFocal", loss)
    assert not typescript("losses.isFocal", lab.loss)


@pytest.mark.parametrize("kind", PARAMETRISATIONS)
def test_predicted_numbers_have_the_same_symbols(typescript, marks, kind):
    lab = BoxLab(parametrisation=kind)
    symbols = typescript("parameters.symbols", kind, 2)
    assert [element.text for element in marks(lab, "text", text_anchor="middle")] == symbols
    assert kind in typescript("parameters.PARAMETRISATIONS")


@pytest.mark.parametrize("kind", PARAMETRISATIONS)
@pytest.mark.parametrize("loss", ALL_LOSSES)
def test_arrows_stand_and_point_alike(typescript, marks, loss, kind):
    lab = BoxLab(loss=loss, parametrisation=kind, prediction=[100, 60, 230, 190])
    reading = {"value": lab.losses[loss], "gradient": lab.gradients[loss]}
    ours = typescript("arrows.arrows", lab.prediction, reading, kind, 1.0, 50.0)
    lines, tips = marks(lab, "line", stroke=PULL), marks(lab, "polygon", fill=PULL)
    assert len(ours) == len(lines) == len(tips) > 0
    for arrow, line, tip in zip(ours, lines, tips, strict=True):
        foot = torch.tensor([float(line.get("x1")), float(line.get("y1"))])
        end = torch.tensor(list(map(float, tip.get("points").split()[0].split(","))))
        # The picture has as many pixels as the lab: 400 wide.
        assert foot.tolist() == pytest.approx([arrow["x"], arrow["y"]], abs=0.01)
        way = (end - foot) / (end - foot).norm()
        own = torch.tensor([float(arrow["dx"]), float(arrow["dy"])])
        assert way.tolist() == pytest.approx((own / own.norm()).tolist(), abs=0.02)


def test_where_nothing_pulls_no_arrow_stands(typescript, marks):
    lab = BoxLab(loss="iou", target=[0, 0, 9, 9], prediction=[50, 50, 70, 70])
    reading = {"value": 1.0, "gradient": lab.gradients["iou"]}
    assert typescript("words.hasNoPull", reading)
    assert typescript("arrows.arrows", lab.prediction, reading, "corners", 1.0, 50.0) == []
    assert marks(lab, "line", stroke=PULL) == []


def test_below_the_same_number_a_slope_is_rounding(typescript):
    assert typescript("words.ZERO") == ZERO


def drawn(rect):
    x, y, width, height = (float(rect.get(name)) for name in ("x", "y", "width", "height"))
    return [x, y, x + width, y + height]


PAIRS = {
    "overlapping": ([90, 80, 210, 200], [170, 135, 310, 235]),
    "inside": ([90, 80, 210, 200], [120, 100, 130, 110]),
    "touching": ([0, 0, 100, 100], [100, 0, 200, 100]),
    "apart": ([0, 0, 50, 50], [200, 200, 300, 290]),
    "a point": ([90, 80, 210, 200], [100, 100, 100, 100]),
    "the same": ([90, 80, 210, 200], [90, 80, 210, 200]),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_what_two_boxes_share_and_what_holds_them(typescript, marks, pair):
    target, prediction = PAIRS[pair]
    lab = BoxLab(target=target, prediction=prediction)
    common = marks(lab, "rect", fill=OVERLAP)
    shared = typescript("boxes.intersection", target, prediction)
    assert [drawn(rect) for rect in common] == ([] if shared is None else [shared])
    (hull,) = marks(lab, "rect", stroke=HULL)
    assert drawn(hull) == typescript("boxes.hull", target, prediction)
    (way,) = marks(lab, "line", stroke=OVERLAP)
    ends = [[float(way.get(f"{axis}{end}")) for axis in "xy"] for end in (1, 2)]
    assert ends == [typescript("boxes.center", box) for box in (target, prediction)]


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("at", [(0, 0), (0, -80), (-90, 60), (999, 999)])
def test_names_stand_at_the_same_spots(typescript, marks, pair, at):
    target, prediction = PAIRS[pair]
    lab = BoxLab(target=target, prediction=prediction)
    for name in ("target", "prediction"):
        lab.drag(name, *at)  # both together, to the edges of the picture
    height, width = lab.size
    ours = typescript("labels.labelSpots", lab.target, lab.prediction, [width, height], 1)
    for name, spot in ours.items():
        (text,) = [one for one in marks(lab, "text", font_weight="600") if one.text == name]
        assert [float(text.get("x")), float(text.get("y"))] == pytest.approx([spot["x"], spot["y"]])


@pytest.mark.parametrize("loss", ALL_LOSSES)
@pytest.mark.parametrize("target", [[50, 40, 250, 200], [50, 40, 250, 40], [50, 40, 50, 40]])
def test_a_step_of_descent_is_the_same_for_flat_targets_too(typescript, loss, target):
    lab = BoxLab(loss=loss, target=target, learning_rate=0.1)
    start = list(lab.prediction)
    setting = {"parametrisation": "corners", "unit": [1, 1], "anchor": lab.anchor}
    ours = typescript("descent.descend", loss, start, target, setting, 0.1)
    lab.step()
    assert ours == pytest.approx(lab.prediction, rel=1e-9, abs=1e-9)


def test_the_rate_of_a_race_falls_alike(typescript):
    lab = BoxLab(loss="l1", race_steps=4, learning_rate=0.2)
    unit = typescript("descent.targetUnit", lab.target)
    side = lab.race().boxes[0, :, 0] / unit  # L1's slope by x1 is 1 until the corners meet
    rates = [typescript("descent.raceRate", 0.2, i, 4) for i in range(4)]
    assert (side[:-1] - side[1:]).tolist() == pytest.approx(rates, abs=1e-9)


def test_iou_of_regions_is_the_same(typescript):
    for target, prediction in PAIRS.values():
        pair = torch.tensor([target, prediction], dtype=torch.float64)
        ours = typescript("parameters.iou", prediction, target)
        assert ours == pytest.approx(boxes.iou(pair[1], pair[0]).item(), abs=1e-12)
