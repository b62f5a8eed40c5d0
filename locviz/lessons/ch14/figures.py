"""The figures of lesson 14, each drawn from what the chapter has computed or a stored run."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from locviz.experiments.query_starts import STARTS, runs_of
from locviz.layers import DenoisingQueries, Memory
from locviz.lessons.ch14.watch import MatchWatch
from locviz.types import Targets
from locviz.viz import Picture, draw_curves, new_figure, role_colour, show_curves


def watch_figure(watches: Mapping[str, MatchWatch]) -> Picture:
    """Flipped matches between two looks, and the places that a head reads from in the last layer.

    Args:
        watches: name -> the figures of a run.
    """
    first = next(iter(watches.values()))
    figure, axes = new_figure(width=8.4, height=3.6, columns=2)
    shares = {
        name: [100 * one / run.num_objects for one in run.flipped[1:]]
        for name, run in watches.items()
    }
    places = {name: [row[-1] for row in run.places] for name, run in watches.items()}
    every = first.steps[1] - first.steps[0]
    draw_curves(
        axes[0, 0],
        shares,
        first.steps[1:],
        xlabel="epoch",
        ylabel=f"flipped in {every} epochs, %",
    )
    draw_curves(
        axes[0, 1],
        places,
        first.steps,
        xlabel="epoch",
        ylabel="places that a head reads",
    )
    axes[0, 1].set_ylim(bottom=0)
    alt = "; ".join(
        f"{name}: {sum(run.flipped)} flips in all, {run.places[0][-1]:.1f} places at first, "
        f"{run.places[-1][-1]:.1f} in the end"
        for name, run in watches.items()
    )
    return Picture(figure, alt)


def starts_figure(found: Mapping[str, Any]) -> Picture:
    """AP50 against steps, the mean over the seeds that are stored, per start of the queries.

    Args:
        found: ``locviz.experiments.query_starts.results()``, or one without runs.
    """
    curves: dict[str, list[float]] = {}
    steps: list[int] = []
    for name, start in STARTS.items():
        looks = [run["looks"] for run in runs_of(found, name).values()]
        if not looks:
            continue
        steps = [look["step"] for look in looks[0]]
        curves[start.title] = torch.tensor([[k["ap50"] for k in row] for row in looks]).mean(0)  # type: ignore[assignment]
    if not curves:
        figure, ((ax,),) = new_figure(width=8.4, height=1.2)
        ax.axis("off")
        says = f"No run is stored yet. They are made by: {found['command']}"
        ax.text(0.5, 0.5, says, ha="center", va="center", color=role_colour("text"))
        return Picture(figure, says)
    return show_curves(
        curves, steps, xlabel="step", ylabel="AP50, mean over seeds", width=8.4, height=4.0
    )


def mask_figure(maker: DenoisingQueries, memory: Memory, targets: Targets) -> Picture:
    """Who may look at whom in one training step: a row looks, a column is looked at.

    Args:
        maker: in training mode.
        memory: of one image.
        targets: of this image.
    """
    queries = maker(memory, [targets])
    assert queries.hidden is not None
    hidden = queries.hidden.reshape(-1, *queries.hidden.shape[-2:])[0]
    given = queries.num_given
    figure, ((ax,),) = new_figure(width=4.6, height=4.4)
    num = len(hidden)
    for row, visible in enumerate((~hidden).int()):
        ax.broken_barh(_stretches(visible), (row - 0.5, 1.0), color=role_colour("prediction"))
    ax.grid(visible=False)
    line = {"color": role_colour("text"), "linewidth": 1.0}
    ax.axhline(given - 0.5, **line)
    ax.axvline(given - 0.5, **line)
    ax.set(xlim=(-0.5, num - 0.5), ylim=(num - 0.5, -0.5), aspect="equal")
    ticks = [given / 2 - 0.5, (given + num) / 2 - 0.5]
    ax.set_xticks(ticks, ["noised", "queries"])
    ax.set_yticks(ticks, ["noised", "queries"], rotation=90, va="center")
    ax.set(xlabel="is looked at", ylabel="looks")
    groups = given // max(1, len(targets))
    return Picture(
        figure,
        f"{num} rows: {given} noised ground truths in {groups} groups, and {num - given} queries. A "
        "group sees itself and the queries; the queries see only themselves.",
    )


def _stretches(visible: Int[Tensor, "n"]) -> list[tuple[float, int]]:
    """Where stretches of ones begin in (n,), half a cell before, and how long they are."""
    edges = torch.cat([visible.new_zeros(1), visible, visible.new_zeros(1)]).diff()
    begins, ends = (edges == 1).nonzero()[:, 0].tolist(), (edges == -1).nonzero()[:, 0].tolist()
    return [(begin - 0.5, end - begin) for begin, end in zip(begins, ends, strict=True)]
