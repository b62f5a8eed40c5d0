import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import torch

import locviz.widgets
from locviz.assign import ATSS
from locviz.types import Targets
from locviz.widgets import AssignLab
from locviz.widgets.assignlab.picture import COLOURS

SVG = "{http://www.w3.org/2000/svg}"


def texts(lab):
    return [element.text for element in ET.fromstring(lab.snapshot().svg).iter(f"{SVG}text")]


@pytest.fixture
def lab():
    boxes = torch.tensor([[8.0, 8, 24, 24], [36, 8, 60, 40]])
    truth = Targets(boxes=boxes, labels=torch.tensor([0, 1]), size=(64, 64))
    names = ["ring", "a name longer than fourteen"]
    return AssignLab(targets=truth, class_names=names, assigner="atss")


def test_every_object_has_its_letter_its_class_and_its_count(lab):
    a, b = lab.positives
    assert f"A ring: {a}" in texts(lab)
    assert f"B a name longer…: {b}" in texts(lab)
    summary = f"{a + b} of 336 priors positive, {lab.ambiguous} ambiguous, {lab.ignored} ignored"
    assert texts(lab)[-1] == summary


def test_knobs_stand_under_the_title_as_they_are_turned(lab):
    lab.turn(top_k=5)
    words = texts(lab)
    assert words[words.index("ATSS") + 1] == "nearest per level (k) 5, anchor side (strides) 4"


def test_while_an_object_is_dragged_nobody_counts_the_ambiguous(lab):
    lab._change("drag", boxes=[[9.0, 8, 25, 24], lab.boxes[1]])
    assert texts(lab)[-1] == f"{sum(lab.positives)} of 336 priors positive, {lab.ignored} ignored"
    lab._change("drop")
    assert "ambiguous" in texts(lab)[-1]


def test_two_assigners_stand_side_by_side(lab):
    lab.second = "ota"
    assert {"ATSS", "OTA"} <= set(texts(lab))
    assert "; OTA: " in lab.snapshot().text


def test_long_words_are_wrapped_and_what_is_below_makes_room():
    """A title of 70 letters takes two lines of 40, the sentence below the scene two of 51."""
    long = " ".join(["assigner"] * 8)
    mine = AssignLab(
        targets=Targets(
            boxes=torch.tensor([[100.0, 100, 700, 700]]), labels=torch.tensor([0]), size=(800, 800)
        ),
        assigners={long: ATSS()},
        assigner=long,
        second="rpn",
    )
    rows = {
        (float(one.get("x")), float(one.get("y"))): one.text
        for one in ET.fromstring(mine.snapshot().svg).iter(f"{SVG}text")
    }
    assert (rows[20, 30], rows[20, 48]) == (" ".join(["assigner"] * 4),) * 2
    below = [text for (x, y), text in sorted(rows.items()) if x == 400 and y > 450]
    assert len(below) == 2
    assert re.fullmatch(r"\d+ ignored", below[1])
    assert all(len(text) <= 60 for text in rows.values())


SHEET = Path(locviz.widgets.__file__).parent / "src" / "assignlab" / "assignlab.css"
NORMAL = torch.eye(3, dtype=torch.float64)
# Machado, Oliveira and Fernandes 2009, severity 1: what red-blind and green-blind readers see.
PROTAN = torch.tensor(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    dtype=torch.float64,
)  # fmt: skip
DEUTAN = torch.tensor(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    dtype=torch.float64,
)  # fmt: skip


def linear(colours):
    parts = [[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in colours]
    rgb = torch.tensor(parts, dtype=torch.float64)
    return torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def oklab(rgb):
    """Björn Ottosson's space, in which distances are about as large as they look."""
    to_lms = [[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
              [0.0883024619, 0.2817188376, 0.6299787005]]  # fmt: skip
    to_lab = [[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
              [0.0259040371, 0.7827717662, -0.8086757660]]  # fmt: skip
    lms = rgb @ torch.tensor(to_lms, dtype=torch.float64).T
    return lms.sign() * lms.abs() ** (1 / 3) @ torch.tensor(to_lab, dtype=torch.float64).T


def declared_colours():
    """Eight pairs of a light and a dark colour, as the view's style sheet has them."""
    pattern = r"--lv-object-\d: light-dark\((#\w{6}), (#\w{6})\)"
    return list(zip(*re.findall(pattern, SHEET.read_text()), strict=True))


def test_the_picture_has_the_views_colours():
    assert declared_colours()[0] == COLOURS


@pytest.mark.parametrize(("half", "ground"), [(0, "#ffffff"), (1, "#111418")])
def test_eight_objects_stay_apart_for_every_reader(half, ground):
    """0.02 is about the least difference that one sees side by side."""
    colours = linear(declared_colours()[half])
    assert len(colours) == 8
    for sight, least in ((NORMAL, 0.16), (PROTAN, 0.1), (DEUTAN, 0.1)):
        apart = torch.pdist(oklab(colours @ sight.T))
        assert float(apart.min()) >= least
    weights = torch.tensor([0.2126, 0.7152, 0.0722], dtype=torch.float64)
    light = torch.stack([colours @ weights, (linear([ground]) @ weights).expand(8)])
    contrast = (light.amax(0) + 0.05) / (light.amin(0) + 0.05)
    assert float(contrast.min()) >= 4.5
