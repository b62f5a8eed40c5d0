import numpy as np
import pytest
import torch

from locviz.widgets import BoxLab
from locviz.widgets.boxlab.messages import asked_message, race_answer, race_message
from locviz.widgets.boxlab.reading import Race


@pytest.fixture
def race():
    """Two losses, two steps."""
    ious = torch.tensor([[0.1, 0.4, 0.9], [0.1, 0.1, 0.1]], dtype=torch.float64)
    return Race(("giou", "iou"), torch.zeros(2, 3, 4, dtype=torch.float64), ious)


def test_a_race_is_its_losses_and_one_buffer(race):
    message = race_message(race)
    assert (message["losses"], message["shape"]) == (["giou", "iou"], [2, 3])
    sent = np.frombuffer(message["ious"], np.float32).reshape(2, 3)
    assert sent == pytest.approx(race.ious.numpy())
    assert race_answer(race) == ({"shape": [2, 3]}, [message["ious"]])


def test_a_result_says_what_it_answers():
    lab = BoxLab()
    asked = asked_message(
        0,
        boxes=(*lab.target, *lab.prediction, *lab.anchor),
        setting=("corners", "pixels"),
        losses=lab.loss_names,
    )
    assert {name: lab.result[name] for name in asked} == asked
    assert set(lab.result) == {*asked, "iou", "measures", "areas", "values", "gradients"}
