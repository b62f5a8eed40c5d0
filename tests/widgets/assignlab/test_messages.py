import numpy as np
import pytest
import torch

from locviz.types import Targets
from locviz.widgets import AssignLab
from locviz.widgets.assignlab import Replay
from locviz.widgets.assignlab.messages import (
    drawn_size,
    film_answer,
    places,
    side_message,
    steps_message,
)


@pytest.fixture
def image():
    boxes = torch.tensor([[8.0, 8, 24, 24], [36, 8, 60, 40]])
    return Targets(boxes=boxes, labels=torch.tensor([0, 1]), size=(48, 64))


@pytest.fixture
def timeline():
    return Targets(boxes=torch.tensor([[4.0, 20.0]]), labels=torch.tensor([0]), size=(60,))


def test_an_image_is_drawn_as_it_is_and_a_timeline_gets_a_height(image, timeline):
    assert drawn_size(Replay.synthetic([image])) == (48, 64)
    assert drawn_size(Replay.synthetic([timeline])) == (18, 60)


def test_priors_stand_at_their_centres_and_on_a_timeline_in_the_row_of_their_level(image, timeline):
    whole = Replay.synthetic([image], strides=[16])
    assert places(whole)[:2].tolist() == [[8, 8], [24, 8]]
    spans = Replay.synthetic([timeline], strides=[10, 30])  # 6 and 2 priors, rows of 9
    rows = [[5 + 10 * i, 4.5] for i in range(6)] + [[15, 13.5], [45, 13.5]]
    assert places(spans).tolist() == rows


def test_during_a_drag_only_what_is_drawn_is_sent(image):
    answer = AssignLab(targets=image).reading(0)
    moving = side_message(answer, selected=-1, flipped=None, by_step=None)
    assert (moving["ambiguous"], moving["num_ambiguous"], moving["by_step"]) == (b"", None, None)
    assert (moving["flipped"], moving["flips"]) == (b"", None)
    still = side_message(answer, selected=-1, flipped=answer.owner == 0, by_step=[answer])
    assert len(still["ambiguous"]) == len(answer.owner)
    assert still["flips"] == answer.positives[0] == sum(still["flipped"])
    assert np.frombuffer(still["owner"], np.int16).tolist() == answer.owner.tolist()


def test_steps_count_positives_and_flips_from_the_step_before(image):
    lab = AssignLab(targets=image, assigner="simota")
    answers = [lab.reading(0, step=i) for i in range(4)]
    message = steps_message(answers)
    assert message["positives"] == [sum(one.positives) for one in answers]
    assert message["flips"] == [0, *lab.flips_by_step.values()]


def test_nothing_to_play_is_an_empty_film():
    assert film_answer(None, side=1, at=7) == ({"name": "film", "side": 1, "at": 7, "film": ""}, ())
