"""The figures of lesson 10, each drawn from what the chapter has computed."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.assign import MutualLabelling
from locviz.evaluate import owners, spearman
from locviz.lessons.ch10.watch import RankWatch
from locviz.otsu import otsu_threshold
from locviz.types import Detections, ImagePredictions, Priors, Targets
from locviz.viz import (
    Picture,
    draw_boxes,
    draw_curves,
    draw_image,
    legend_above,
    new_figure,
    role_colour,
)

_MARGIN = 6
"""Pixels shown around an object."""


def one_object_figure(image: Tensor, truth: Targets, found: Detections, *, index: int) -> Picture:
    """One object with its surest and its best candidate, and the score of each against its IoU.

    Args:
        image: (3, h, w) in 0..1.
        truth: the objects of the image.
        found: all candidates before suppression.
        index: of the object.
    """
    score, overlap, boxes = candidates_of(found, truth, index)
    surest, best = int(score.argmax()), int(overlap.argmax())
    figure, axes = new_figure(width=8.4, height=3.6, columns=2)
    seen, plot = axes[0]
    draw_image(seen, image)
    _zoom(seen, torch.cat([truth.boxes[index : index + 1], boxes[[surest, best]]]))
    draw_boxes(seen, truth.boxes[index : index + 1], role="target")
    draw_boxes(seen, boxes[[surest]], role="bad", texts=["surest"], below=True)
    draw_boxes(seen, boxes[[best]], role="prediction", texts=["best placed"])
    seen.axis("off")
    plot.plot(score, overlap, "o", color=role_colour("hull"), markersize=5, clip_on=False)
    for at, name, role, mark in (
        (surest, "surest", "bad", "s"),
        (best, "best placed", "prediction", "D"),
    ):
        plot.plot(score[at], overlap[at], mark, color=role_colour(role), markersize=9, label=name)
    plot.set(xlim=(0, None), ylim=(0, 1), xlabel="score", ylabel="IoU with the object")
    legend_above(plot)
    alt = (
        f"{len(score)} candidates of one object. The surest has score {score[surest]:.2f} and IoU "
        f"{overlap[surest]:.2f}, the best placed {score[best]:.2f} and {overlap[best]:.2f}."
    )
    return Picture(figure, alt)


def candidates_of(
    found: Detections, truth: Targets, index: int
) -> tuple[Float[Tensor, "n"], Float[Tensor, "n"], Float[Tensor, "n 4"]]:
    """The scores (n,), the IoUs (n,) and the boxes (n, 4) of the candidates of one object."""
    owner, overlap = owners(found, truth)
    own = owner == index
    return found.scores[own].double(), overlap[own].double(), found.boxes[own]


def two_verdicts_figure(objects: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> Picture:
    """Scores against IoUs of a few objects, with the correlation of each and of all together.

    Args:
        objects: name -> the scores and the IoUs of its candidates.
    """
    figure, ((ax,),) = new_figure(width=5.6, height=3.4)
    for number, (name, (scores, overlaps)) in enumerate(objects.items()):
        rho = spearman(torch.tensor(scores), torch.tensor(overlaps))
        look = {"color": role_colour(("target", "pull")[number % 2]), "marker": "os"[number % 2]}
        ax.plot(scores, overlaps, linestyle=":", label=f"{name}: rho {rho:+.2f}", **look)
    pooled = spearman(
        *(torch.tensor([v for pair in objects.values() for v in pair[i]]) for i in (0, 1))
    )
    ax.set(xlim=(0, 1), ylim=(0, 1), xlabel="score", ylabel="IoU")
    ax.set_title(f"all in one list: rho {pooled:+.2f}")
    legend_above(ax)
    return Picture(
        figure, f"In each of two objects scores and IoUs disagree; pooled {pooled:+.2f}."
    )


_GROUPS = (
    ("both", "target", "o"),
    ("class only", "prediction", "s"),
    ("box only", "pull", "^"),
    ("neither", "hull", "x"),
)


def crossed_figure(
    image: Tensor, truth: Targets, priors: Priors, predicted: ImagePredictions, *, index: int
) -> Picture:
    """What each candidate of an object learns under mutual labelling: in the picture, and as a plot
    of probability against IoU with both thresholds.

    Args:
        image: (3, h, w) in 0..1.
        truth: the objects of the image.
        priors: of the image.
        predicted: what each of them predicts.
        index: of the object.
    """
    rule = MutualLabelling()
    answer, own = (
        rule(priors, truth, predicted),
        rule.candidates(priors, truth.boxes).owner == index,
    )
    assert answer.localization is not None
    assert answer.quality is not None
    assert predicted.logits is not None
    overlap = answer.quality[own].double()
    score = predicted.logits[own, truth.labels[index]].double().sigmoid()
    classes = answer.gt_index[own] == index
    places = answer.localization.gt_index[own] == index
    figure, axes = new_figure(width=8.4, height=3.8, columns=2)
    seen, plot = axes[0]
    draw_image(seen, image)
    _zoom(seen, truth.boxes[index : index + 1])
    draw_boxes(seen, truth.boxes[index : index + 1], role="target")
    seen.axis("off")
    masks = (classes & places, classes & ~places, places & ~classes, ~classes & ~places)
    counts = []
    for (name, role, mark), mask in zip(_GROUPS, masks, strict=True):
        look = {"linestyle": "none", "marker": mark, "color": role_colour(role), "markersize": 8}
        edge = {} if mark == "x" else {"markeredgecolor": role_colour("paper")}
        # Points of two levels may lie at one place: they stay apart by their stride.
        seen.plot(*priors.centers[own][mask].T, **look, **edge)
        plot.plot(score[mask], overlap[mask], label=name, **look, **edge)
        counts.append(f"{int(mask.sum())} {name}")
    line = {"color": role_colour("soft"), "linewidth": 1.2, "linestyle": (0, (4, 3))}
    plot.axvline(float(otsu_threshold(score)), **line)
    plot.axhline(float(otsu_threshold(overlap)), **line)
    plot.set(
        xlim=(0, None), ylim=(0, 1), xlabel="probability of the class", ylabel="IoU of its box"
    )
    legend_above(plot)
    return Picture(figure, f"What {int(own.sum())} candidates learn: {', '.join(counts)}.")


def runs_figure(runs: Mapping[str, RankWatch], *, every: int) -> Picture:
    """Rank correlation and AP of training runs.

    Args:
        runs: name -> the figures of a run, the first ones from before its first step.
        every: how many steps lie between two looks.
    """
    figure, axes = new_figure(width=8.4, height=3.4, columns=2)
    panels = {
        "rho, mean over objects": {name: run.spearman for name, run in runs.items()},
        "AP": {name: run.ap for name, run in runs.items()},
    }
    for ax, (label, curves) in zip(axes[0], panels.items(), strict=True):
        steps = [every * look for look in range(len(next(iter(curves.values()))))]
        draw_curves(ax, curves, steps, xlabel="step", ylabel=label)
    return Picture(figure, "Rank correlation and AP of each run, from the shared start on.")


def _zoom(ax: Any, boxes: Tensor) -> None:
    """Show the surroundings of some boxes."""
    (x1, y1), (x2, y2) = boxes[:, :2].amin(0).tolist(), boxes[:, 2:].amax(0).tolist()
    ax.set_xlim(x1 - _MARGIN, x2 + _MARGIN)
    ax.set_ylim(y2 + _MARGIN, y1 - _MARGIN)
