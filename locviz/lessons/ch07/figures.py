"""The figures of lesson 07, each drawn from what the chapter has computed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from locviz.assign import ATSS
from locviz.assign.atss import mean_plus_deviation
from locviz.assign.sinkhorn import SinkhornStep
from locviz.boxes import iou
from locviz.experiments import assigner_comparison as comparison
from locviz.types import Assignment, Priors, Targets
from locviz.viz import Picture, draw_curves, legend_above, new_figure, role_colour, series_style

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SPREAD = 0.16
"""Between two series at one object or one assigner, in places of the axis."""


def candidates_figure(priors: Priors, targets: Targets) -> Picture:
    """The IoU of each object's ATSS candidates, level by level, and the threshold that they set.

    Args:
        priors: points; an anchor is a square around one, as in the comparison.
        targets: the objects of one image.
    """
    half = comparison.SIDE / 2 * priors.strides[:, None]
    squares = replace(priors, regions=torch.cat([priors.centers - half, priors.centers + half], 1))
    found = ATSS().candidates(squares, targets.boxes)
    overlap = iou(squares.regions[found], targets.boxes[:, None])
    figure, ((ax,),) = new_figure(width=8.4, height=3.4)
    each, places = overlap.shape[1] // len(priors.levels), torch.arange(len(targets))
    for level, part in enumerate(overlap.split(each, dim=1)):
        at = places[:, None] + _SPREAD * (level - 1) + torch.zeros(1, part.shape[1])
        side = int(2 * half[sum(priors.levels[:level]), 0])
        look = {"color": series_style(level)["color"], "label": f"squares of {side} pixels"}
        ax.plot(at.ravel(), part.ravel(), "os^"[level % 3], clip_on=False, **look)
    own, colour = mean_plus_deviation(overlap)[:, 0], role_colour("target")
    ax.hlines(own, places - 0.4, places + 0.4, color=colour, label="threshold")
    ax.set(xticks=places, xticklabels=_LETTERS[: len(targets)], ylim=(0, 1))
    ax.set(xlabel="object", ylabel="IoU of its candidates")
    legend_above(ax)
    alt = f"IoUs of the candidates of {len(targets)} objects, by level, and each one's threshold."
    return Picture(figure, alt)


def plans_figure(
    steps: Sequence[SinkhornStep], answer: Assignment, *, rounds: Sequence[int] = (1, 5, 50)
) -> Picture:
    """Sinkhorn's plan after some rounds: a row per supplier, a column per prior of an object.

    Args:
        steps: all rounds of one problem, the background as the last supplier.
        answer: what the plan became; its positives are the columns, sorted by object.
        rounds: after which rounds, counted from 1.
    """
    chosen = answer.positive.nonzero()[:, 0]
    chosen = chosen[answer.gt_index[chosen].argsort(stable=True)]
    figure, axes = new_figure(width=8.4, height=2.8, columns=len(rounds), sharey=True)
    names = [*_LETTERS[: len(steps[0].plan) - 1], "-"]
    for ax, number in zip(axes[0], rounds, strict=True):
        step = steps[number - 1]
        _draw_plan(ax, step.plan[:, chosen])
        ax.set(title=f"round {number}: {step.demand_gap:.0f} off", xlabel="prior")
        ax.set_yticks(range(len(names)), names)
    axes[0, 0].set_ylabel("supplier")
    told = ", ".join(map(str, rounds))
    return Picture(figure, f"The plan after {told} rounds: each object's row becomes a short bar.")


def _draw_plan(ax: Any, plan: Tensor) -> None:
    ax.imshow(plan.numpy(), vmin=0, vmax=1, aspect="auto", cmap="cividis", interpolation="nearest")
    ax.grid(False)


def runs_figure(runs: Mapping[str, comparison.RunHistory], *, every: int) -> Picture:
    """AP50 of training runs with NMS and without, and how many positive priors changed.

    Args:
        runs: name -> the figures of a run.
        every: how many steps lie between two looks.
    """
    figure, axes = new_figure(width=8.4, height=3.6, columns=2)
    scores: dict[str, Sequence[float]] = {}
    for name, run in runs.items():
        scores |= {f"{name}, with NMS": run.ap50, f"{name}, without": run.ap50_without_nms}
    flips = {name: run.flips for name, run in runs.items()}
    for ax, curves, label in zip(
        axes[0], (scores, flips), ("AP50", "positives that changed"), strict=True
    ):
        steps = [every * (look + 1) for look in range(len(next(iter(curves.values()))))]
        draw_curves(ax, curves, steps, xlabel="step", ylabel=label)
        ax.set(ylim=(0, None))
    return Picture(figure, "AP50 of each run with and without NMS, and its share of flips.")


def seeds_figure(found: Mapping[str, Any]) -> Picture:
    """AP50 of every run of the comparison, with NMS and without: one dot per seed.

    Args:
        found: ``locviz.experiments.assigner_comparison.results()``.
    """
    figure, ((ax,),) = new_figure(width=8.4, height=3.6)
    names = list(comparison.ENTRANTS)
    for style, (key, label) in enumerate(
        {"ap50": "with NMS", "ap50_without_nms": "without NMS"}.items()
    ):
        look = {"marker": "os"[style], "color": series_style(3 * style)["color"]}
        for at, values in enumerate(comparison.by_seed(found, key).values()):
            where = [at + _SPREAD * (style - 0.5)] * len(values)
            ax.plot(where, values, linestyle="none", label=label if not at else None, **look)
    ax.set_xticks(range(len(names)), [name.replace("_", "\n") for name in names])
    ax.set(ylabel="AP50", ylim=(0, None))
    legend_above(ax)
    return Picture(figure, "AP50 of every run of seven assigners, one dot per seed.")
