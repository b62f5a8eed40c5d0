import re
from xml.etree import ElementTree as ET

import pytest
import torch

from locviz.assign import ATSS
from locviz.types import Targets
from locviz.widgets import AssignLab

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
