"""The first exercise: the area of a box from its two corners."""

from locviz.course import Case, Exercise, Mistake


def _solution(box):
    x1, y1, x2, y2 = box
    return (x2 - x1) * (y2 - y1)


def _far_corner_only(box):
    return box[2] * box[3]


def _sum_of_sides(box):
    x1, y1, x2, y2 = box
    return (x2 - x1) + (y2 - y1)


def _inclusive(box):
    x1, y1, x2, y2 = box
    return (x2 - x1 + 1) * (y2 - y1 + 1)


def _sides_mixed(box):
    x1, y1, x2, y2 = box
    return (y1 - x1) * (y2 - x2)


def _perimeter(box):
    x1, y1, x2, y2 = box
    return 2 * ((x2 - x1) + (y2 - y1))


area = Exercise(
    name="00.area",
    title="The area of a box",
    task=(
        "A box is four numbers, `x1 y1 x2 y2`: the top left corner, then the bottom right one. "
        "Return its area."
    ),
    answer=_solution,
    cases=(
        Case(args=((0.0, 0.0, 4.0, 3.0),), says="a box in the corner"),
        Case(args=((2.0, 1.0, 7.0, 3.0),), says="a box somewhere else"),
        Case(args=((5.0, 5.0, 5.0, 9.0),), says="a box without any width"),
    ),
    mistakes=(
        Mistake(
            name="only the far corner counts",
            answer=_far_corner_only,
            says=(
                "`x2 * y2` is the area only of a box that starts at (0, 0). How wide is a box from "
                "x1 to x2?"
            ),
        ),
        Mistake(
            name="the sides are added",
            answer=_sum_of_sides,
            says="Width plus height is half the way round the box. An area is a product.",
        ),
        Mistake(
            name="one pixel too many on each side",
            answer=_inclusive,
            says=(
                "`+ 1` belongs to formats in which the last pixel is inside. Here coordinates are "
                "continuous: a box from 5 to 5 has no width. Chapter 01 explains the difference."
            ),
        ),
        Mistake(
            name="x and y are mixed up",
            answer=_sides_mixed,
            says="The order is x1 y1 x2 y2: the two x are the first and the third number.",
        ),
        Mistake(
            name="the perimeter",
            answer=_perimeter,
            says="That is the way all round the box. The area is width *times* height.",
        ),
    ),
    hints=(
        "How long is the way from x1 to x2? And from y1 to y2?",
        "The width is `x2 - x1`, the height is `y2 - y1`.",
        "`x1, y1, x2, y2 = box`, then return the width times the height.",
    ),
)
