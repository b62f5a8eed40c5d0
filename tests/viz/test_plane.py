import pytest
import torch

from locviz.viz import BoxGroup, as_boxes, show_plane

TARGET = BoxGroup(boxes=as_boxes((0, 0, 10, 20)), texts=["target"], fill=True)
FOUND = BoxGroup(boxes=as_boxes((5, 5, 15, 30), (1, 1, 2, 2)), role="prediction")


def edges(picture):
    patches = picture.figure.axes[0].patches
    return [p.get_bbox().extents.tolist() for p in patches if p.get_linewidth() == 1.8]


def test_groups_are_drawn_in_their_order():
    picture = show_plane([TARGET, FOUND], alt="two groups")
    assert edges(picture) == [[0, 0, 10, 20], [5, 5, 15, 30], [1, 1, 2, 2]]
    assert [text.get_text() for text in picture.figure.axes[0].texts] == ["target"]
    assert picture.alt == "two groups"


def test_y_points_down_and_a_margin_stands_around_all_boxes():
    ax = show_plane([TARGET, FOUND], alt="two groups").figure.axes[0]
    margin = 0.08 * 30  # of the longer side
    assert ax.get_xlim() == pytest.approx((-margin, 15 + margin))
    assert ax.get_ylim() == pytest.approx((30 + margin, -margin))


def test_an_extent_says_what_is_seen():
    ax = show_plane([TARGET], extent=(1, 2, 3, 4), alt="a part").figure.axes[0]
    assert (ax.get_xlim(), ax.get_ylim()) == ((1, 3), (4, 2))


def test_an_image_lies_under_the_boxes_and_sets_the_extent():
    ax = show_plane([TARGET], image=torch.zeros(3, 40, 50), alt="on an image").figure.axes[0]
    assert ax.images[0].get_extent() == [0, 50, 40, 0]
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 50), (40, 0))


def test_bad_input_names_the_argument():
    with pytest.raises(ValueError, match="groups is empty"):
        show_plane([], alt="nothing")
    with pytest.raises(ValueError, match="texts has 1 entries for 2 boxes"):
        show_plane([BoxGroup(boxes=FOUND.boxes, texts=["one"])], alt="one text")
