"""The figures of lesson 08, each drawn from what the chapter has computed or the benchmark stored."""

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor

from locviz.experiments import imbalance
from locviz.experiments.side_doubt import SIDES, Sides
from locviz.viz import (
    Picture,
    draw_boxes,
    draw_curves,
    draw_image,
    legend_above,
    new_figure,
    role_colour,
    series_style,
)

_SPREAD = 0.2
"""Between two series at one remedy, in places of the axis."""
_SHORT = {
    "cross_entropy": "cross\nentropy",
    "balanced": "balanced",
    "hard_negatives": "hard\nnegatives",
    "focal": "focal",
    "cross_entropy_half": "cross entropy,\nprior 0.5",
    "focal_half": "focal,\nprior 0.5",
}


def seeds_figure(found: Mapping[str, Any]) -> Picture:
    """AP50 of every run after the first and after the last measurement: one dot per seed.

    Args:
        found: ``locviz.experiments.imbalance.results()``.
    """
    figure, ((ax,),) = new_figure(width=8.4, height=3.6)
    first, *_, last = found["protocol"]["measured_after"]
    for style, step in enumerate((first, last)):
        look = {"marker": "os"[style], "color": series_style(3 * style)["color"]}
        for at, name in enumerate(imbalance.REMEDIES):
            values = imbalance.by_seed(found, name, imbalance.ap50_after(step))
            where = [at + _SPREAD * (style - 0.5)] * len(values)
            label = f"after {step} steps" if not at else None
            ax.plot(where, values, linestyle="none", label=label, **look)
    ax.set_xticks(range(len(imbalance.REMEDIES)), [_SHORT[name] for name in imbalance.REMEDIES])
    ax.set(ylabel="AP50", ylim=(0, None))
    legend_above(ax)
    alt = f"AP50 of every run after {first} and after {last} steps, one dot per seed."
    return Picture(figure, alt)


def first_losses_figure(found: Mapping[str, Any], *, seed: int = 0) -> Picture:
    """The loss of the classes in the first steps of plain gradient descent, with both priors.

    Args:
        found: ``locviz.experiments.imbalance.results()``.
        seed: of the runs that are drawn.
    """
    figure, axes = new_figure(width=8.4, height=3.6, columns=2, sharey=True)
    for ax, loss in zip(axes[0], ("cross_entropy", "focal"), strict=True):
        runs = {f"prior {prior}": f"{loss}{end}/{seed}" for prior, end in _ENDS.items()}
        curves = {title: found["plain"][name]["losses"] for title, name in runs.items()}
        draw_curves(ax, curves, log="y", xlabel="step", title=_SHORT[loss].replace("\n", " "))
    axes[0, 0].set_ylabel("loss of the classes")
    told = "; ".join(
        f"{_SHORT[loss]} with prior {prior} starts at {found['plain'][f'{loss}{end}/{seed}']['losses'][0]:.3g}"
        for loss in ("cross_entropy", "focal")
        for prior, end in _ENDS.items()
    ).replace("\n", " ")
    return Picture(figure, f"The loss in the first steps of plain gradient descent: {told}.")


_ENDS = {0.01: "", 0.5: "_half"}


def sides_figure(images: Sequence[Tensor], box: Tensor, sides: Sequence[Sides]) -> Picture:
    """An object twice, as it is and with a patch, and the distribution of each of its sides.

    Args:
        images: (3, h, w) each, clear and covered.
        box: (4,) of the object.
        sides: what the same prior predicts for both.
    """
    figure, axes = new_figure(width=8.4, height=4.6, rows=2, columns=3)
    for row, (image, title) in enumerate(zip(images, ("clear", "patched"), strict=True)):
        draw_image(axes[row, 0], image)
        draw_boxes(axes[row, 0], box[None])
        axes[row, 0].set_title(f"{title}, score {sides[row].score:.2f}")
    places = ((0, 1), (0, 2), (1, 1), (1, 2))
    last = _last_bin(sides)
    for name, place, number in zip(SIDES, places, range(len(SIDES)), strict=True):
        _draw_side(axes[place], name, number, sides)
        axes[place].set_xlim(-sides[0].pixels, (last + 1) * sides[0].pixels)
    axes[1, 1].legend(loc="upper right", frameon=False)  # a frame stays light in a dark theme
    shown = "; ".join(f"{name}: {_peaks(sides, i)}" for i, name in enumerate(SIDES))
    return Picture(figure, f"Where each side lies, clear and patched. Largest bins: {shown}.")


def _draw_side(ax: Any, name: str, number: int, sides: Sequence[Sides]) -> None:
    for style, (one, label) in enumerate(zip(sides, ("clear", "patched"), strict=True)):
        bins = range(one.probabilities.shape[-1])
        at = [one.pixels * (i + 0.4 * (style - 0.5)) for i in bins]
        colour = role_colour("target") if style == 0 else role_colour("prediction")
        look = {"color": colour, "label": label, "hatch": "" if style == 0 else "///"}
        ax.bar(at, one.probabilities[number].tolist(), width=0.38 * one.pixels, **look)
    ax.set(title=f"{name} side", ylim=(0, 1), xlabel="pixels from the point")


def _last_bin(sides: Sequence[Sides]) -> int:
    """The last bin that any side gives a twentieth to."""
    return max(int((one.probabilities > 0.05).nonzero()[:, 1].max()) for one in sides)


def _peaks(sides: Sequence[Sides], number: int) -> str:
    return " and ".join(f"{float(one.probabilities[number].max()):.2f}" for one in sides)
