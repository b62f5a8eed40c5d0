"""Width and height of anchors of one area and several aspect ratios."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(size, ratios):
    root = ratios.sqrt()
    return torch.stack([size / root, size * root], -1)


def _upside_down(size, ratios):
    root = ratios.sqrt()
    return torch.stack([size * root, size / root], -1)


def _no_root(size, ratios):
    return torch.stack([size / ratios, size * ratios], -1)


def _width_is_the_size(size, ratios):
    return torch.stack([torch.full_like(ratios, size), size * ratios], -1)


def _root_on_one_side(size, ratios):
    return torch.stack([torch.full_like(ratios, size), size * ratios.sqrt()], -1)


anchor_shapes = Exercise(
    name="04.anchor_shapes",
    title="Three shapes, one area",
    task=(
        "Write `anchor_shapes(size, ratios)`: the width and height of anchors that all have the "
        "*area* `size ** 2`. `ratios` is a tensor `(r,)` of height over width. Return a tensor "
        "`(r, 2)`: width, height."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(32.0, torch.tensor([0.5, 1.0, 2.0])),
            says="a third of RetinaNet's anchors on one cell",
        ),
        Case(args=(10.0, torch.tensor([4.0])), says="four times as high as wide"),
        Case(args=(7.0, torch.tensor([1.0])), says="a square"),
    ),
    mistakes=(
        Mistake(
            name="the area is the size",
            answer=lambda size, ratios: _solution(size**0.5, ratios),
            says=(
                "Their area is `size`. Asked for is `size ** 2`: at ratio 1 a square with sides of `size`."
            ),
        ),
        Mistake(
            name="one column for each shape",
            answer=lambda size, ratios: _solution(size, ratios).T,
            says=(
                "Yours has a row of widths and a row of heights. Each shape is a row: `torch.stack([...], -1)`."
            ),
        ),
        Mistake(
            name="width and height are exchanged",
            answer=_upside_down,
            says="A ratio is height over width here: a ratio of 2 stands upright.",
        ),
        Mistake(
            name="no square root",
            answer=_no_root,
            says=(
                "Dividing the one and multiplying the other by the ratio changes their quotient by "
                "its square."
            ),
        ),
        Mistake(
            name="the width stays, the area grows",
            answer=_width_is_the_size,
            says=(
                "All anchors of one size should cover the same area: the width must shrink where "
                "the height grows."
            ),
        ),
        Mistake(
            name="the root on one side only",
            answer=_root_on_one_side,
            says=(
                "Both sides change: one is divided by the root of the ratio, the other multiplied."
            ),
        ),
    ),
    hints=(
        (
            "Two equations: `width * height = size ** 2` and `height / width = ratio`. Solve them "
            "for the width."
        ),
        "`width ** 2 = size ** 2 / ratio`.",
        (
            "`size / ratios.sqrt()` and `size * ratios.sqrt()`, side by side: `torch.stack([...], "
            "-1)`."
        ),
    ),
)
