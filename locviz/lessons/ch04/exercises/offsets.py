"""The four numbers that turn an anchor into a box."""

import math

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(anchor, box):
    (ax, ay, aw, ah), (x, y, w, h) = anchor.tolist(), box.tolist()
    return torch.tensor([(x - ax) / aw, (y - ay) / ah, math.log(w / aw), math.log(h / ah)])


def _by_the_box(anchor, box):
    shift, ratio = (box[:2] - anchor[:2]) / box[2:], (box[2:] / anchor[2:]).log()
    return torch.cat([shift, ratio])


def _no_log(anchor, box):
    return torch.cat([(box[:2] - anchor[:2]) / anchor[2:], box[2:] / anchor[2:]])


def _in_pixels(anchor, box):
    return torch.cat([box[:2] - anchor[:2], (box[2:] / anchor[2:]).log()])


def _inverted(anchor, box):
    return torch.cat([(anchor[:2] - box[:2]) / anchor[2:], (anchor[2:] / box[2:]).log()])


def _corners_for_centres(anchor, box):
    corner_of_box, corner_of_anchor = box[:2] - box[2:] / 2, anchor[:2] - anchor[2:] / 2
    return torch.cat(
        [(corner_of_box - corner_of_anchor) / anchor[2:], (box[2:] / anchor[2:]).log()]
    )


def _size_difference(anchor, box):
    return (box - anchor) / anchor[[2, 3, 2, 3]]


offsets = Exercise(
    name="04.offsets",
    title="From an anchor to a box",
    task=(
        "Write `offsets(anchor, box)`: the four numbers that a network should predict so that `anchor` "
        "becomes `box`. Both are tensors `(4,)`: centre x, centre y, width, height. Return the "
        "shift of the centre in units of the anchor's width and height, then the logarithms of the "
        "ratios of widths and of heights."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([50.0, 40, 20, 10]), torch.tensor([54.0, 45, 40, 5])),
            says="moved, wider, lower",
        ),
        Case(
            args=(torch.tensor([8.0, 8, 16, 16]), torch.tensor([8.0, 8, 16, 16])),
            says="already there",
        ),
        Case(
            args=(torch.tensor([0.0, 0, 32, 16]), torch.tensor([-8.0, 4, 16, 48])),
            says="to the left",
        ),
    ),
    mistakes=(
        Mistake(
            name="the difference of the sizes instead of a logarithm",
            answer=_size_difference,
            says=(
                "A difference of sizes is no ratio. Take the logarithm of width over width, and of height over height."
            ),
        ),
        Mistake(
            name="another order",
            answer=lambda anchor, box: _solution(anchor, box)[[0, 2, 1, 3]],
            says=("The order is x, y, width, height: both shifts first, then both sizes."),
        ),
        Mistake(
            name="multiplied by the weights",
            answer=lambda anchor, box: _solution(anchor, box) * torch.tensor([10, 10, 5, 5]),
            says=("The weights 10 and 5 belong to the second stage. The exercise leaves them out."),
        ),
        Mistake(
            name="another logarithm",
            answer=lambda anchor, box: (
                _solution(anchor, box) / torch.tensor([1, 1, math.log(2), math.log(2)])
            ),
            says=("`log2` has the base 2. The inverse of `exp` is the natural logarithm: `log`."),
        ),
        Mistake(
            name="the shift is in units of the box",
            answer=_by_the_box,
            says="At test time the box is what you look for: only the anchor's size is known.",
        ),
        Mistake(
            name="no logarithm",
            answer=_no_log,
            says=(
                "A network can output a negative number as a ratio; exp of anything is positive. And log "
                "makes 1/2 and 2 equally far."
            ),
        ),
        Mistake(
            name="the shift is in pixels",
            answer=_in_pixels,
            says=(
                "Four pixels are much for a small anchor and little for a large one: divide by the "
                "anchor's size."
            ),
        ),
        Mistake(
            name="from the box to the anchor",
            answer=_inverted,
            says=(
                "The network starts at the anchor. What must be added to it, and multiplied, to "
                "reach the box?"
            ),
        ),
        Mistake(
            name="corners for centres",
            answer=_corners_for_centres,
            says=(
                "You compare the left top corners. The shift is that of the *centres*, which are "
                "the first two numbers given."
            ),
        ),
    ),
    hints=(
        "Two kinds of numbers: a shift (a difference) and a change of size (a ratio).",
        "`(x - anchor_x) / anchor_w`, and `log(w / anchor_w)`.",
        "`torch.cat([(box[:2] - anchor[:2]) / anchor[2:], (box[2:] / anchor[2:]).log()])`.",
    ),
)
