import pytest

from locviz.widgets.core.region import PARTS, between, dragged, moved

SIZE = (30, 40)  # height, width
BOX = [10.0, 5.0, 20.0, 15.0]


def test_the_body_moves_and_stays_in_the_picture():
    assert moved(BOX, "body", 3, -2, SIZE) == [13, 3, 23, 13]
    assert moved(BOX, "body", 99, 99, SIZE) == [30, 20, 40, 30]
    assert moved(BOX, "body", -99, -99, SIZE) == [0, 0, 10, 10]


@pytest.mark.parametrize(
    ("part", "box"),
    [
        ("left edge", [12, 5, 20, 15]),
        ("top edge", [10, 8, 20, 15]),
        ("right edge", [10, 5, 22, 15]),
        ("bottom edge", [10, 5, 20, 18]),
        ("top left corner", [12, 8, 20, 15]),
        ("top right corner", [10, 8, 22, 15]),
        ("bottom right corner", [10, 5, 22, 18]),
        ("bottom left corner", [12, 5, 20, 18]),
    ],
)
def test_a_part_moves_its_own_sides(part, box):
    assert moved(BOX, part, 2, 3, SIZE) == box


@pytest.mark.parametrize("part", [part for part in PARTS if part != "body"])
@pytest.mark.parametrize(("dx", "dy"), [(99, 99), (-99, -99)])
def test_no_part_turns_the_box_inside_out_or_leaves_the_picture(part, dx, dy):
    x1, y1, x2, y2 = moved(BOX, part, dx, dy, SIZE)
    assert 0 <= x1 <= x2 <= 40
    assert 0 <= y1 <= y2 <= 30


def test_an_unknown_part_is_named():
    with pytest.raises(ValueError, match=r"part must be one of 'body', 'left edge'.*got 'middle'"):
        moved(BOX, "middle", 1, 1, SIZE)


def test_a_span_has_no_vertical_way_to_go():
    assert dragged([4.0, 9.0], "body", 3, 99, (10,)) == [5, 10]
    assert dragged([4.0, 9.0], "left edge", 2, 0, (10,)) == [6, 9]
    assert dragged(BOX, "body", 3, -2, SIZE) == moved(BOX, "body", 3, -2, SIZE)


def test_between_is_the_low_end_where_the_ends_cross():
    assert (between(5, 0, 3), between(-1, 0, 3), between(2, 4, 3)) == (3, 0, 4)
