"""The figures of lesson 13."""

from collections.abc import Sequence

from torch import Tensor

from locviz.types import Detections, Targets
from locviz.viz import (
    Picture,
    draw_boxes,
    draw_image,
    legend_above,
    new_figure,
    role_colour,
)


def all_queries_figure(
    image: Tensor,
    targets: Targets,
    shown: dict[str, Detections],
    *,
    sure: float = 0.5,
) -> Picture:
    """Every box that a set detector predicts for an image, the sure ones drawn strong.

    Args:
        image: (3, h, w) in 0..1.
        targets: the objects of the image.
        shown: title of a panel -> all its detections.
        sure: a score above this is.
    """
    figure, axes = new_figure(width=4.2 * len(shown), height=4.2, columns=len(shown))
    told = []
    for ax, (title, found) in zip(axes[0], shown.items(), strict=True):
        strong = found.scores > sure
        draw_image(ax, image)
        draw_boxes(ax, targets.boxes, role="target")
        draw_boxes(ax, found.boxes[~strong], role="hull")
        draw_boxes(ax, found.boxes[strong], role="prediction")
        ax.set_title(title)
        ax.axis("off")
        told.append(f"{title}: {int(strong.sum())} of {len(found)} boxes are sure")
    return Picture(figure, "; ".join(told) + ".")


def settling_figure(flips: Sequence[tuple[int, int]], losses: Sequence[float]) -> Picture:
    """How many matches flip from look to look, and the loss of each step.

    Args:
        flips: (step, number of objects with another query than at the look before).
        losses: of each step.
    """
    figure, axes = new_figure(width=8.4, height=3.2, columns=2)
    bars, curve = axes[0]
    steps, numbers = zip(*flips, strict=True)
    bars.bar(range(len(steps)), numbers, color=role_colour("prediction"), label="flipped matches")
    bars.set_xticks(range(len(steps)), [str(step) for step in steps])
    bars.set(xlabel="step of the look", ylabel="objects with another query")
    curve.plot(range(1, len(losses) + 1), losses, color=role_colour("target"), label="loss")
    curve.set(xlabel="step", ylabel="loss, all layers", ylim=(0, None))
    legend_above(bars)
    legend_above(curve)
    last = max((step for step, number in flips if number), default=0)
    return Picture(
        figure,
        f"Matches flip until step {last}; the loss goes from {losses[0]:.1f} to {losses[-1]:.2f}.",
    )
