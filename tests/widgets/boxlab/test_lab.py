import struct
import warnings

import numpy as np
import pytest
import torch
import traitlets

from locviz import boxes
from locviz.losses import FOCAL_LOSSES, LIVE_LOSSES, ciou_loss, giou_loss
from locviz.widgets import BoxLab


def t(values):
    return torch.tensor([values], dtype=torch.float64)


@pytest.fixture
def lab():
    return BoxLab(target=[90, 80, 210, 200], prediction=[170, 135, 310, 235])


def test_repr_is_short_and_stable(lab):
    lab.prediction = [100, 80, 220, 200]
    assert repr(lab) == f"BoxLab(loss='giou', iou={110 / 130:.3f})"


def test_values_are_the_models_own_functions(lab):
    target, prediction = t(lab.target), t(lab.prediction)
    for name, loss in LIVE_LOSSES.items():
        leaf = prediction.clone().requires_grad_()
        value = loss(leaf, target)
        value.sum().backward()
        assert lab.losses[name] == pytest.approx(value.item(), rel=1e-12)
        assert lab.gradients[name] == pytest.approx(leaf.grad[0].tolist(), rel=1e-9)
    assert lab.iou == pytest.approx(boxes.iou(prediction, target).item())


def test_normalised_units_rescale_coordinate_losses_and_leave_iou(lab):
    before = lab.losses
    lab.units = "normalised"
    # |80|/400 + |55|/300 + |100|/400 + |35|/300
    assert lab.losses["l1"] == pytest.approx(180 / 400 + 90 / 300)
    assert lab.losses["iou"] == pytest.approx(before["iou"])


def test_center_size_gradient_is_the_chain_rule_by_hand(lab):
    corners = lab.gradients["giou"]
    lab.parametrisation = "center_size"
    x1, y1, x2, y2 = corners
    assert lab.gradients["giou"] == pytest.approx([x1 + x2, y1 + y2, (x2 - x1) / 2, (y2 - y1) / 2])


def test_offsets_gradient_is_in_units_of_the_anchor(lab):
    lab.parametrisation = "center_size"
    size = lab.gradients["ciou"]
    lab.parametrisation = "offsets"
    anchor = [lab.anchor[2] - lab.anchor[0], lab.anchor[3] - lab.anchor[1]]
    width, height = 140, 100
    expected = [size[0] * anchor[0], size[1] * anchor[1], size[2] * width, size[3] * height]
    assert lab.gradients["ciou"] == pytest.approx(expected)


@pytest.mark.parametrize("loss", [*LIVE_LOSSES, *FOCAL_LOSSES])
@pytest.mark.parametrize("parametrisation", ["corners", "center_size", "offsets"])
@pytest.mark.parametrize(
    "prediction", [[50, 50, 50, 50], [90, 80, 210, 200], [0, 0, 0, 300], [0, 0, 400, 300]]
)
def test_degenerate_boxes_are_finite(loss, parametrisation, prediction):
    lab = BoxLab(
        target=[90, 80, 210, 200], prediction=prediction, parametrisation=parametrisation, loss=loss
    )
    assert all(np.isfinite(value) for value in lab.losses.values())
    assert all(np.isfinite(slope) for gradient in lab.gradients.values() for slope in gradient)
    lab.step(2)
    assert all(np.isfinite(lab.prediction))


# Focal variants


def test_focal_variants_show_by_choice(lab, fake_comm):
    comm = fake_comm(lab)
    assert list(lab.losses) == list(lab.gradients) == list(LIVE_LOSSES)
    assert "Focal" not in lab.snapshot().text
    lab.focal = True
    assert list(lab.losses) == list(lab.gradients) == [*LIVE_LOSSES, *FOCAL_LOSSES]
    assert comm.states()[-1]["result"]["losses"] == [*LIVE_LOSSES, *FOCAL_LOSSES]
    for name, loss in FOCAL_LOSSES.items():
        leaf = t(lab.prediction).requires_grad_()
        value = loss(leaf, t(lab.target))
        value.sum().backward()
        assert lab.losses[name] == pytest.approx(value.item(), rel=1e-12)
        assert lab.gradients[name] == pytest.approx(leaf.grad[0].tolist(), rel=1e-9)
    assert f"Focal-EIoU {lab.losses['focal_eiou']:.4g}" in lab.snapshot().text
    lab.focal = False
    assert list(lab.losses) == list(LIVE_LOSSES)


@pytest.mark.parametrize(("loss", "plain"), [("focal_l1", "l1"), ("focal_eiou", "eiou")])
def test_a_chosen_focal_variant_shows_and_hiding_it_chooses_its_plain_loss(loss, plain):
    chosen = BoxLab(loss=loss)
    assert chosen.focal
    later = BoxLab()
    later.loss = loss
    assert later.focal
    assert later.history[-1]["value"] == later.losses[loss]
    assert len(later.history) == 2
    later.loss = "giou"
    assert later.focal  # they stay until they are hidden
    chosen.focal = False
    assert chosen.loss == plain
    assert list(chosen.losses) == list(LIVE_LOSSES)


def test_a_hidden_focal_variant_cannot_be_asked_for():
    with pytest.raises(
        traitlets.TraitError, match=r"'focal_eiou' is a focal variant, .* leave focal out"
    ):
        BoxLab(loss="focal_eiou", focal=False)


def test_the_browsers_checkbox_takes_the_same_path(fake_comm):
    lab = BoxLab(loss="focal_l1")
    comm = fake_comm(lab)
    lab.set_state({"focal": False, "loss": "l1", "gesture": "setting", "seq": 3})
    assert (lab.focal, lab.loss, lab.last_error) == (False, "l1", "")
    assert comm.states()[-1]["result"]["losses"] == list(LIVE_LOSSES)


def test_focal_eiou_does_not_pull_boxes_that_are_apart_and_descends_elsewhere():
    lab = BoxLab(target=[0, 0, 50, 50], prediction=[100, 100, 150, 150], loss="focal_eiou")
    assert lab.losses["focal_eiou"] == 0
    assert lab.gradients["focal_eiou"] == [0, 0, 0, 0]
    assert "No gradient here: IoU loss, Focal-EIoU." in lab.snapshot().text
    lab.prediction = [20, 10, 80, 60]
    before = lab.iou
    lab.step(20)
    assert lab.iou > before


def test_focal_variants_race_where_they_show(lab):
    lab.focal = True
    race = lab.race()
    assert race.losses == (*LIVE_LOSSES, *FOCAL_LOSSES)
    assert race.boxes.shape == (10, lab.race_steps + 1, 4)
    assert race.final()["focal_eiou"] > 0.9
    assert "Focal-L1" in lab.snapshot().text.split("after a race")[1]
    lab.focal = False
    assert lab.raced == 0
    assert lab.race().losses == tuple(LIVE_LOSSES)


def test_the_race_answers_what_the_browser_showed_when_it_asked(lab, fake_comm):
    comm = fake_comm(lab)
    ends = {"prediction": lab.prediction, "target": lab.target}
    lab._handle_custom_msg({"kind": "ask", "seq": 4, "name": "race", **ends, "focal": True}, [])
    assert comm.custom() == [{"kind": "answer", "seq": 4, "shape": [10, 201]}]


# Headless gestures


def test_drag_moves_and_stays_in_the_picture(lab):
    lab.drag("prediction", -20, 10)
    assert lab.prediction == [150, 145, 290, 245]
    lab.drag("prediction", 1000, 1000)
    assert lab.prediction == [260, 200, 400, 300]
    assert lab.history[-1]["gesture"] == "drag"


def test_drag_of_an_edge_or_corner_resizes_and_never_turns_inside_out(lab):
    lab.drag("target", 0, -30, part="top edge")
    assert lab.target == [90, 50, 210, 200]
    lab.drag("target", -500, -500, part="bottom right corner")
    assert lab.target == [90, 50, 90, 50]


def test_drag_names_what_it_does_not_know(lab):
    with pytest.raises(ValueError, match="name must be 'target' or 'prediction', got 'box'"):
        lab.drag("box", 1, 1)
    with pytest.raises(ValueError, match="part must be one of 'body', 'left edge'"):
        lab.drag("target", 1, 1, part="middle")


def test_step_is_gradient_descent_in_units_of_the_target(lab):
    gradient = lab.gradients["giou"]
    size = 120.0  # root of the target's area: the gradient per unit is 120 times that per pixel
    expected = [
        x - lab.learning_rate * size * size * slope
        for x, slope in zip(lab.prediction, gradient, strict=True)
    ]
    lab.step()
    assert lab.prediction == pytest.approx(expected)
    assert lab.history[-1]["gesture"] == "step"


def test_steps_descend(lab):
    before = lab.losses["giou"]
    lab.step(20)
    assert lab.losses["giou"] < before
    assert [state["gesture"] for state in lab.history] == ["", *["step"] * 20]
    with pytest.raises(ValueError, match="n must be 0 or more"):
        lab.step(-1)


def test_reset_restores_the_constructors_boxes(lab):
    lab.drag("target", 10, 10)
    lab.step(3)
    lab.reset()
    assert lab.target == [90, 80, 210, 200]
    assert lab.prediction == [170, 135, 310, 235]
    assert lab.history[-1]["gesture"] == "reset"


def test_race_starts_every_loss_from_this_box(lab):
    race = lab.race()
    assert race.losses == tuple(LIVE_LOSSES)
    assert race.boxes.shape == (8, lab.race_steps + 1, 4)
    assert (race.boxes[:, 0] == t(lab.prediction)).all()
    assert race.final()["giou"] > 0.95
    assert lab.prediction == [170, 135, 310, 235]
    assert lab.raced == 1
    assert "after a race of 200 steps" in lab.snapshot().text
    lab.drag("prediction", 1, 0)
    assert lab.raced == 0
    assert "race" not in lab.snapshot().text


def test_iou_is_stuck_where_the_boxes_are_apart():
    lab = BoxLab(target=[90, 80, 210, 200], prediction=[230, 210, 330, 290], learning_rate=0.1)
    final = lab.race().final()
    assert final["iou"] == 0
    assert final["giou"] > 0.9
    assert "No gradient here: IoU loss" in lab.snapshot().text


# The browser's side


def test_the_browsers_drag_takes_the_same_path(lab, fake_comm):
    comm = fake_comm(lab)
    lab.set_state({"prediction": [100, 90, 220, 210], "gesture": "drag", "seq": 5})
    result = next(state["result"] for state in comm.states() if "result" in state)
    assert result["seq"] == 5
    assert result["boxes"][4:8] == [100, 90, 220, 210]
    assert result["values"][4] == pytest.approx(
        giou_loss(t([100, 90, 220, 210.0]), t(lab.target)).item()
    )
    assert lab.history[-1]["gesture"] == "drag"
    assert all(
        "prediction" not in state for state in comm.states()
    )  # the kernel does not answer with the box


def test_a_change_of_seq_alone_is_answered(lab, fake_comm):
    comm = fake_comm(lab)
    lab.set_state({"gesture": "drag", "seq": 9})
    assert any(state.get("result", {}).get("seq") == 9 for state in comm.states())


def test_a_bad_box_from_the_browser_shows(lab, fake_comm):
    fake_comm(lab)
    lab.set_state({"prediction": [10, 10, 5, 20]})
    assert "BoxLab.prediction has high < low" in lab.last_error
    assert lab.prediction == [170, 135, 310, 235]


def test_race_question_is_answered_with_float32(lab, fake_comm):
    comm = fake_comm(lab)
    question = {
        "kind": "ask",
        "seq": 2,
        "name": "race",
        "prediction": lab.prediction,
        "target": lab.target,
    }
    question["focal"] = False
    lab._handle_custom_msg(question, [])
    answer, buffers = next((d["content"], b) for d, b in comm.messages if d["method"] == "custom")
    assert answer == {"kind": "answer", "seq": 2, "shape": [8, 201]}
    first = struct.unpack("<f", bytes(buffers[0])[:4])[0]
    assert first == pytest.approx(lab.iou, abs=1e-7)
    assert lab.history[-1]["gesture"] == "race"


# Measures, and the simple lab


def test_a_measure_is_one_minus_its_loss_and_torch_gives_both(lab):
    target, prediction = t(lab.target), t(lab.prediction)
    assert list(lab.measures) == ["iou", "giou", "diou", "ciou", "eiou"]
    for name, value in lab.measures.items():
        assert value == pytest.approx(getattr(boxes, name)(prediction, target).item(), rel=1e-12)
        assert value == pytest.approx(1 - lab.losses[name], abs=1e-12)


def test_areas_by_hand(lab, fake_comm):
    comm = fake_comm(lab)
    lab.drag("prediction", 0, 0.5)
    result = comm.states()[-1]["result"]
    # 40 by 64.5 of 120 by 120 and 140 by 100
    assert result["areas"] == [40 * 64.5, 120 * 120 + 140 * 100 - 40 * 64.5]
    assert result["iou"] == result["areas"][0] / result["areas"][1]
    lab.prediction = [300, 210, 390, 290]
    assert lab.result["areas"] == [0, 120 * 120 + 90 * 80]


def test_a_simple_lab_shows_iou_and_what_it_is_made_of():
    lab = BoxLab(simple=True, target=[0, 0, 100, 100], prediction=[50, 0, 150, 100])
    assert repr(lab) == "BoxLab(simple=True, iou=0.333)"
    picture = lab.snapshot()
    assert picture.text.endswith("IoU 0.333 intersection 5000 px², union 15000 px².")
    assert "GIoU" not in picture.svg
    assert "polygon" not in picture.svg  # no arrows
    lab.drag("prediction", -50, 0)
    assert lab.iou == 1
    assert lab.history[-1]["gesture"] == "drag"


@pytest.mark.parametrize("name", ["loss", "focal", "parametrisation", "units", "landscape"])
def test_a_simple_lab_takes_no_setting_that_it_does_not_show(name):
    with pytest.raises(traitlets.TraitError, match=f"shows IoU alone and no {name}: leave {name}"):
        BoxLab(simple=True, **{name: BoxLab().trait_defaults(name)})


# Bad input


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"target": [1, 2, 3]}, "BoxLab.target must be four numbers x1, y1, x2, y2"),
        ({"target": "boxes"}, "BoxLab.target must be four numbers"),
        ({"prediction": None}, "BoxLab.prediction must be four numbers"),
        ({"prediction": [0, 0, float("nan"), 1]}, "NaN or infinity"),
        ({"prediction": [5, 0, 4, 1]}, "high < low"),
        ({"anchor": [5, 0, 5, 1]}, "BoxLab.anchor must have positive width and height"),
        ({"loss": "gio"}, "BoxLab.loss must be one of 'l1'"),
        ({"focal": "yes"}, "expected a boolean"),
        ({"parametrisation": "polar"}, "must be one of 'corners', 'center_size', 'offsets'"),
        ({"units": "metres"}, "must be one of 'pixels', 'normalised'"),
        ({"landscape": "moon"}, "must be one of 'off', 'center', 'size'"),
        ({"learning_rate": 0.0}, "BoxLab.learning_rate must be more than 0 and finite"),
        ({"race_steps": 10_000}, "a whole number from 1 to 2000"),
        ({"size": [300, -1]}, "BoxLab.size must be positive"),
    ],
)
def test_bad_values_say_what_to_give(keywords, message):
    with pytest.raises(traitlets.TraitError, match=message):
        BoxLab(**keywords)


def test_unknown_keyword_names_the_nearest():
    with pytest.raises(TypeError, match="no argument 'los': did you mean 'loss'"):
        BoxLab(los="giou")


def test_boxes_may_be_tensors_and_arrays():
    lab = BoxLab(target=torch.tensor([1.0, 2, 3, 4]), prediction=np.array([1, 2, 3, 4]))
    assert lab.target == lab.prediction == [1, 2, 3, 4]


def test_defaults_follow_the_size():
    lab = BoxLab(size=(100, 200))
    assert all(0 <= value <= 200 for value in [*lab.target, *lab.prediction, *lab.anchor])
    assert max(lab.target[3], lab.prediction[3], lab.anchor[3]) <= 100


# Pictures


def test_snapshot_says_and_shows_the_state(lab):
    picture = lab.snapshot()
    value = ciou_loss(t(lab.prediction), t(lab.target)).item()
    assert f"CIoU loss {value:.4g}" in picture.text
    assert f"CIoU {1 - value:.3f}" in picture.text
    assert f">{value:.4g}<" in picture.svg
    lab.drag("prediction", -30, -30)
    assert lab.snapshot().svg != picture.svg


def test_display_carries_widget_and_picture(lab):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data, _ = lab._repr_mimebundle_()
    assert data["text/html"].count("<svg") >= 1
    assert len(data["text/html"]) < 15_000
