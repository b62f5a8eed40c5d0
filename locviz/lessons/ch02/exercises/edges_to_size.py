"""Find the mistake: derivatives by edges to derivatives by centre and size."""

from locviz.course import Case, Exercise, Mistake


def _solution(left, top, right, bottom):
    return left + right, top + bottom, (right - left) / 2, (bottom - top) / 2


edges_to_size = Exercise(
    name="02.edges_to_size",
    title="Find the mistake: from edges to centre and size",
    task=(
        "You have the derivatives of a loss by the four edges of a box, and want to descend on "
        "centre and size. Write `edges_to_size(left, top, right, bottom)`: it returns the "
        "derivatives by `cx`, `cy`, `w`, `h`, as four values."
    ),
    answer=_solution,
    cases=(
        Case(args=(1.0, 2.0, 5.0, 3.0), says="the derivatives by left, top, right, bottom"),
        Case(args=(-1.0, 0.0, 1.0, 0.0), says="the loss falls as the box gets narrower"),
    ),
    mistakes=(
        Mistake(
            name="coordinates instead of derivatives",
            answer=lambda left, top, right, bottom: (
                (left + right) / 2,
                (top + bottom) / 2,
                right - left,
                bottom - top,
            ),
            says=(
                "That turns edges into centre and size. Derivatives follow the chain rule: when `cx` "
                "grows by 1, both edges move by 1; when `w` grows by 1, each moves by a half."
            ),
        ),
        Mistake(
            name="the released one: size twice too strong",
            answer=lambda left, top, right, bottom: (
                left + right,
                top + bottom,
                right - left,
                bottom - top,
            ),
            says=(
                "The released code of the experiment does this, too. But right = cx + w / 2: when w "
                "grows by 1, each edge moves by a half."
            ),
        ),
        Mistake(
            name="the centre is halved as well",
            answer=lambda left, top, right, bottom: (
                (left + right) / 2,
                (top + bottom) / 2,
                (right - left) / 2,
                (bottom - top) / 2,
            ),
            says=(
                "When the centre moves by 1, both edges move by 1: their derivatives add. It is no "
                "mean."
            ),
        ),
        Mistake(
            name="left and right exchanged",
            answer=lambda left, top, right, bottom: (
                left + right,
                top + bottom,
                (left - right) / 2,
                (top - bottom) / 2,
            ),
            says=(
                "left = cx - w / 2: a wider box has its left edge further left. The minus belongs "
                "to left and top."
            ),
        ),
        Mistake(
            name="edges added for the size too",
            answer=lambda left, top, right, bottom: (
                left + right,
                top + bottom,
                (left + right) / 2,
                (top + bottom) / 2,
            ),
            says=(
                "When the box widens, its edges move in opposite directions: the derivatives are "
                "subtracted."
            ),
        ),
        Mistake(
            name="the four values in another order",
            answer=lambda left, top, right, bottom: (
                left + right,
                (right - left) / 2,
                top + bottom,
                (bottom - top) / 2,
            ),
            says="The order is `cx`, `cy`, `w`, `h`: both centres first, then both sizes.",
        ),
    ),
    hints=(
        (
            "Write the edges by centre and size: left = cx - w / 2, right = cx + w / 2. Then the "
            "chain rule."
        ),
        "d/dcx = d/dleft * 1 + d/dright * 1. And d/dw?",
        "d/dw = d/dleft * (-1/2) + d/dright * (1/2).",
    ),
)
