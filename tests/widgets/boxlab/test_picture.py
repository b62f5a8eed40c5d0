from xml.etree import ElementTree as ET

import pytest

from locviz.widgets import BoxLab

SVG = "{http://www.w3.org/2000/svg}"


def parsed(lab):
    return ET.fromstring(lab.snapshot().svg)


def texts(lab):
    return [element.text for element in parsed(lab).iter(f"{SVG}text")]


def arrows(lab):
    return list(parsed(lab).iter(f"{SVG}polygon"))


def test_every_loss_is_named_with_its_value():
    lab = BoxLab(target=[90, 80, 210, 200], prediction=[170, 135, 310, 235])
    words = texts(lab)
    assert words[words.index("L1") + 1] == "270"  # 80 + 55 + 100 + 35
    assert words[words.index("GIoU loss") + 1] == f"{lab.losses['giou']:.4g}"
    assert words[words.index("GIoU loss") + 2] == f"{lab.measures['giou']:.3f}"
    assert {"Smooth L1", "L2", "IoU loss", "DIoU loss", "CIoU loss", "EIoU loss"} <= set(words)
    assert {"target", "prediction", "measure"} <= set(words)


def test_focal_variants_have_rows_of_their_own_below():
    plain, focal = BoxLab(), BoxLab(focal=True)
    assert "Focal-L1" not in texts(plain)
    words = texts(focal)
    assert words[words.index("Focal-L1") + 1] == f"{focal.losses['focal_l1']:.4g}"
    assert words[words.index("Focal-EIoU") + 1] == f"{focal.losses['focal_eiou']:.4g}"
    place = next(text for text in parsed(focal).iter(f"{SVG}text") if text.text == "Focal-EIoU")
    assert float(place.get("y")) < float(parsed(focal).get("height")) - 16
    assert float(parsed(plain).get("height")) == 342
    focal.race()
    assert len(list(parsed(focal).iter(f"{SVG}polyline"))) == 10


def test_arrows_show_where_the_loss_pulls():
    lab = BoxLab(target=[90, 80, 210, 200], prediction=[170, 135, 310, 235])
    assert len(arrows(lab)) == 4
    lab.parametrisation = "center_size"
    assert len(arrows(lab)) == 5
    lab.prediction = lab.target
    assert arrows(lab) == []


def test_no_gradient_is_said():
    lab = BoxLab(target=[0, 0, 50, 50], prediction=[100, 100, 150, 150], loss="iou")
    assert texts(lab).count("no gradient") == 1
    assert "No gradient here: IoU loss." in lab.snapshot().text


@pytest.mark.parametrize("parametrisation", ["corners", "center_size", "offsets"])
@pytest.mark.parametrize("prediction", [[50, 50, 50, 50], [0, 0, 400, 300], [-50, -50, 500, 0]])
def test_any_box_can_be_drawn(prediction, parametrisation):
    lab = BoxLab(prediction=prediction, parametrisation=parametrisation)
    assert "nan" not in lab.snapshot().svg


def test_the_race_is_below():
    lab = BoxLab()
    before = float(parsed(lab).get("height"))
    lab.race()
    assert float(parsed(lab).get("height")) > before
    assert len(list(parsed(lab).iter(f"{SVG}polyline"))) == 8
