"""Smooth L1 with a beta: a parabola and a line that meet without a kink."""

import torch

from locviz.course import Case, Exercise, Mistake
from locviz.lessons.ch02.doubles import doubles


def _solution(d, beta):
    a = d.abs()
    return torch.where(a < beta, 0.5 * a**2 / beta, a - 0.5 * beta)


smooth_l1 = Exercise(
    name="02.smooth_l1",
    title="Smooth L1 with a beta",
    task=(
        "Write `smooth_l1(d, beta)` for a tensor of errors `d`, positive or negative: a parabola "
        "below `beta`, a line of slope 1 above it, and neither a jump nor a kink where they meet."
    ),
    answer=_solution,
    cases=(
        Case(args=(doubles(0.5, 2.0), 1.0), says="beta 1, a small and a large error"),
        Case(args=(doubles(0.05, 2.0), 1 / 9), says="beta 1/9, as detectors use it"),
        Case(args=(doubles(-0.5, -3.0), 2.0), says="beta 2, negative errors"),
    ),
    mistakes=(
        Mistake(
            name="plain L1",
            answer=lambda d, beta: d.abs(),
            says=("The parabola is missing: for `|d| < beta` the slope must fade."),
        ),
        Mistake(
            name="half of L2",
            answer=lambda d, beta: 0.5 * d**2,
            says=(
                "A parabola everywhere: a large error would lead the whole batch. Above `beta` it becomes a line."
            ),
        ),
        Mistake(
            name="the two branches are exchanged",
            answer=lambda d, beta: torch.where(
                d.abs() < beta, d.abs() - 0.5 * beta, 0.5 * d**2 / beta
            ),
            says=(
                "Below `beta` stands the parabola, above it the line. Yours has them the other way round."
            ),
        ),
        Mistake(
            name="the line is lowered by 0.5",
            answer=lambda d, beta: torch.where(d.abs() < beta, 0.5 * d**2 / beta, d.abs() - 0.5),
            says=(
                "Right for beta = 1 only. The parabola ends at `beta / 2`, so the line must begin there."
            ),
        ),
        Mistake(
            name="the line is lowered by beta",
            answer=lambda d, beta: torch.where(d.abs() < beta, 0.5 * d**2 / beta, d.abs() - beta),
            says=(
                "At `|d| = beta` your line is at 0, the parabola at `beta / 2`: the loss jumps down."
            ),
        ),
        Mistake(
            name="the parabola is not divided by beta",
            answer=lambda d, beta: torch.where(d.abs() < beta, 0.5 * d**2, d.abs() - 0.5 * beta),
            says=(
                "Right for beta = 1 only, and so it stands in many papers. At `|d| = beta` the "
                "parabola must reach `beta / 2`, with slope 1."
            ),
        ),
        Mistake(
            name="the line starts at zero",
            answer=lambda d, beta: torch.where(d.abs() < beta, 0.5 * d**2 / beta, d.abs()),
            says=(
                "At `|d| = beta` the parabola has reached `beta / 2`, your line starts at `beta`: "
                "the loss jumps."
            ),
        ),
        Mistake(
            name="Huber's loss",
            answer=lambda d, beta: torch.where(
                d.abs() < beta, 0.5 * d**2, beta * (d.abs() - 0.5 * beta)
            ),
            says="That is Huber's loss, `beta` times this one. Its line has slope `beta`, not 1.",
        ),
        Mistake(
            name="negative errors are taken as small",
            answer=lambda d, beta: torch.where(d < beta, 0.5 * d**2 / beta, d - 0.5 * beta),
            says="`d < beta` holds for every negative error. Take the absolute value first.",
        ),
        Mistake(
            name="the half is missing",
            answer=lambda d, beta: torch.where(d.abs() < beta, d**2 / beta, d.abs() - 0.5 * beta),
            says="The slope of `d**2 / beta` at beta is 2, that of the line is 1: a kink.",
        ),
        Mistake(
            name="the line goes down for negative errors",
            answer=lambda d, beta: torch.where(d.abs() < beta, 0.5 * d**2 / beta, d - 0.5 * beta),
            says=(
                "You took the absolute value in the condition only. The line needs it, too: "
                "`d.abs() - 0.5 * beta`."
            ),
        ),
        Mistake(
            name="summed to one number",
            answer=lambda d, beta: _solution(d, beta).sum(),
            says="The task asks for one loss per error. Leave out `.sum()`; who calls it may sum.",
        ),
        Mistake(
            name="averaged to one number",
            answer=lambda d, beta: _solution(d, beta).mean(),
            says=(
                "The task asks for one loss per error. Leave out `.mean()`, or give "
                "`reduction='none'` to torch's function."
            ),
        ),
    ),
    hints=(
        (
            "Take the line of slope 1 and the parabola `c * d**2`. Which c gives the parabola "
            "slope 1 at `beta`?"
        ),
        (
            "The slope of `c * d**2` at `beta` is `2 * c * beta`, so `c = 1 / (2 * beta)`. How "
            "high is it there?"
        ),
        "`torch.where(a < beta, 0.5 * a**2 / beta, a - 0.5 * beta)` with `a = d.abs()`.",
    ),
)
