import pytest
import torch

from locviz.types import Detections, Targets
from locviz.viz import as_boxes, draw_boxes, draw_image, new_figure, show_boxes

IMAGE = torch.full((3, 20, 30), 0.5)
TARGETS = Targets(boxes=as_boxes((2, 3, 10, 12)), labels=torch.tensor([1]), size=(20, 30))
DETECTIONS = Detections(
    boxes=as_boxes((3, 3, 11, 12), (0, 0, 5, 5)),
    scores=torch.tensor([0.9, 0.1]),
    labels=torch.tensor([1, 0]),
)


def texts(picture):
    return [text.get_text() for ax in picture.figure.axes for text in ax.texts]


def edges(picture):
    patches = [patch for ax in picture.figure.axes for patch in ax.patches]
    return [
        (p.get_x(), p.get_y(), p.get_width(), p.get_height())
        for p in patches
        if p.get_linewidth() == 1.8
    ]


def test_boxes_stand_where_they_are_and_carry_names_and_scores():
    picture = show_boxes(IMAGE, TARGETS, DETECTIONS, class_names=("cat", "dog"))
    assert edges(picture) == [(2, 3, 8, 9), (3, 3, 8, 9)]
    assert texts(picture) == ["dog", "dog 0.90"]
    assert picture.alt == "1 image. Ground truths: 1. Detections scored 0.3 or more: 1."


def test_pixel_zero_reaches_from_zero_to_one():
    _, axes = new_figure()
    draw_image(axes[0, 0], IMAGE)
    assert axes[0, 0].images[0].get_extent() == [0, 30, 20, 0]


def test_ground_truth_and_prediction_differ_in_more_than_colour():
    picture = show_boxes(IMAGE, TARGETS, DETECTIONS)
    truth, found = [p for p in picture.figure.axes[0].patches if p.get_linewidth() == 1.8]
    assert truth.get_linestyle() != found.get_linestyle()
    assert truth.get_edgecolor() != found.get_edgecolor()


def test_several_images_stand_in_rows():
    picture = show_boxes([IMAGE] * 5, titles=list("abcde"))
    assert [ax.get_title() for ax in picture.figure.axes if ax.images] == list("abcde")
    assert picture.alt == "5 images."


def test_class_names_are_shown_as_text():
    page = show_boxes(IMAGE, TARGETS, class_names=("", "<img src=x onerror=alert(1)> $x^2$")).html()
    assert "<img" not in page
    assert "&lt;img" in page
    assert "$x^2$" in page


def test_a_label_without_a_name_shows_its_number():
    assert texts(show_boxes(IMAGE, TARGETS, class_names=("cat",))) == ["1"]


def test_an_image_without_boxes_is_valid():
    empty = Targets(boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.long), size=(20, 30))
    assert edges(show_boxes(IMAGE, empty)) == []


def test_bad_input_names_the_argument():
    with pytest.raises(ValueError, match=r"image must be \(3, h, w\), got \(20, 30\)"):
        show_boxes(IMAGE[:, :, :1].expand(-1, -1, 30)[0])
    with pytest.raises(ValueError, match="targets has 1 entries for 2 images"):
        show_boxes([IMAGE, IMAGE], [TARGETS])
    _, axes = new_figure()
    with pytest.raises(ValueError, match=r"boxes must be \(n, 4\), got \(4,\)"):
        draw_boxes(axes[0, 0], torch.zeros(4))
    with pytest.raises(ValueError, match="texts has 2 entries for 1 boxes"):
        draw_boxes(axes[0, 0], torch.zeros(1, 4), texts=("a", "b"))


def test_names_stay_inside_the_image_and_off_each_other():
    boxes = as_boxes((22, 0, 30, 8), (21, 0, 29, 8), (0, 12, 6, 20))
    found = Detections(
        boxes=boxes, scores=torch.tensor([0.9, 0.8, 0.7]), labels=torch.zeros(3).long()
    )
    truth = Targets(boxes=boxes, labels=torch.zeros(3).long(), size=(20, 30))
    picture = show_boxes(IMAGE, truth, found, class_names=("square",), size=3)
    (ax,) = [one for one in picture.figure.axes if one.images]
    areas = [text.get_window_extent() for text in ax.texts]
    frame = ax.get_window_extent().padded(0.5)
    assert all(frame.x0 <= one.x0 and one.x1 <= frame.x1 for one in areas)
    assert all(frame.y0 <= one.y0 and one.y1 <= frame.y1 for one in areas)
    assert not any(a.overlaps(b) for i, a in enumerate(areas) for b in areas[:i])
