"""Pascal VOC's inclusive pixel numbers to continuous corners."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(voc):
    shift = torch.tensor([1.0, 1.0, 0.0, 0.0])
    return voc - shift


voc_to_corners = Exercise(
    name="01.voc_to_corners",
    title="Read a Pascal VOC box",
    task=(
        "Pascal VOC writes `xmin ymin xmax ymax`, counts pixels from 1, and the last pixel is "
        "still inside. Write `voc_to_corners(voc)`: a `(n, 4)` tensor as in the file in, "
        "continuous `x1 y1 x2 y2` out, where the first pixel spans 0 to 1."
    ),
    answer=_solution,
    cases=(
        Case(
            args=(torch.tensor([[1.0, 1.0, 1.0, 1.0]]),),
            says="the first pixel alone, which is (0, 0, 1, 1)",
        ),
        Case(
            args=(torch.tensor([[3.0, 2.0, 10.0, 5.0], [1.0, 1.0, 500.0, 375.0]]),),
            says="two boxes",
        ),
    ),
    mistakes=(
        Mistake(
            name="taken over unchanged",
            answer=lambda voc: voc.clone(),
            says=(
                "Then the first pixel has no width at all, and every box sits one pixel too far "
                "right and down."
            ),
        ),
        Mistake(
            name="one subtracted everywhere",
            answer=lambda voc: voc - 1,
            says=(
                "The low corner is right. But the last pixel is inside: pixel number 10, counted "
                "from 1, ends at 10. With - 1 every box is one pixel too small."
            ),
        ),
        Mistake(
            name="one added to the high corner",
            answer=lambda voc: voc + torch.tensor([0.0, 0.0, 1.0, 1.0]),
            says=(
                "The size is right, but the counting from 1 is still in it: the box is shifted by "
                "a pixel."
            ),
        ),
        Mistake(
            name="shifted by half a pixel",
            answer=lambda voc: voc - 0.5,
            says=(
                "That gives the pixels' centres. The first pixel's centre is at 0.5, but the pixel "
                "itself reaches from 0 to 1."
            ),
        ),
    ),
    hints=(
        (
            "Draw a row of pixels. Pixel number 1 reaches from 0 to 1. From where to where reaches "
            "pixel number 10?"
        ),
        "Pixel number n reaches from n - 1 to n. The box starts where its first pixel starts.",
        "Subtract 1 from `xmin` and `ymin`; `xmax` and `ymax` stay.",
    ),
)
