import numpy as np
import pytest
import torch

from locviz.types import Detections, Targets
from locviz.widgets.core.chart import Photo
from locviz.widgets.core.matched_image import match_image, matched_image_message
from locviz.widgets.core.matched_picture import draw_legend, draw_matched_image, draw_order
from locviz.widgets.core.picture import Canvas

BOXES = torch.tensor([[0.0, 0, 10, 10], [20, 20, 30, 30], [0, 20, 8, 30]])


@pytest.fixture
def pair():
    """Two objects of class 0 and one of class 1; one right detection, one wrong, one of class 1."""
    truth = Targets(boxes=BOXES, labels=torch.tensor([0, 0, 1]), size=(40, 40))
    found = Detections(
        boxes=torch.tensor([[0.0, 0, 10, 9], [30, 0, 40, 9], [0, 20, 8, 30]]),
        scores=torch.tensor([0.9, 0.6, 0.3]),
        labels=torch.tensor([0, 0, 1]),
    )
    return found, truth


def test_right_wrong_and_missed(pair):
    image = match_image(*pair)
    assert image.outcome.tolist() == [1, 0, 1]
    assert image.found.tolist() == [1, 0, 1]
    assert image.tally == (2, 1, 1)
    assert image.overlap[0] == pytest.approx(0.9)


def test_one_class_and_a_score_threshold_leave_the_rest_out(pair):
    image = match_image(*pair, label=0, score_threshold=0.7)
    assert (len(image.detections), len(image.gt), image.tally) == (1, 2, (1, 0, 1))
    assert match_image(*pair, iou_threshold=0.95).tally == (1, 2, 2)


def test_what_does_not_count_is_neither_found_nor_missed(pair):
    found, truth = pair
    crowd = Targets(
        boxes=BOXES, labels=truth.labels, size=(40, 40), crowd=torch.tensor([False, True, False])
    )
    assert match_image(found, crowd).found.tolist() == [1, -1, 1]


def test_the_message_holds_what_the_view_reads(pair):
    image = match_image(*pair)
    message = matched_image_message(image)
    assert message["tally"] == [2, 1, 1]
    assert message["outcome"] == [1, 0, 1]
    assert np.frombuffer(message["gt"], np.float32).reshape(-1, 4) == pytest.approx(BOXES.numpy())
    assert np.frombuffer(message["scores"], np.float32) == pytest.approx([0.9, 0.6, 0.3])


def test_the_picture_shows_every_box_and_the_right_ones_on_top(pair):
    canvas = Canvas(100, 100, text="boxes")
    photo = Photo(canvas, left=0, top=0, side=80, size=(40, 40), content=b"")
    draw_matched_image(photo, matched_image_message(match_image(*pair)))
    draw_legend(canvas, left=0, y=90, tally=(2, 1, 1))
    texts = [element.text for element in canvas.root.iter("text")]
    assert texts == ["✗ 0.60", "✓ 0.30", "✓ 0.90", "✓ 2 right", "✗ 1 wrong", "1 missed"]
    assert len(list(canvas.root.iter("rect"))) == 1 + 2 * 6 + 3  # ground; box and rim; notes


def test_no_wrong_box_is_drawn_over_a_right_one():
    # By hand: the ignored one (2), the wrong ones by rising score (3, 0), the right ones likewise.
    assert draw_order([0, 1, -1, 0, 1], [0.9, 0.2, 0.8, 0.7, 0.6]) == [2, 3, 0, 1, 4]
    assert draw_order([0, 0], [0.5, 0.5]) == [1, 0]  # of equal ones the first lies on top
    assert draw_order([], []) == []
