"""What the sum of a loss is divided by: the number of positives of the whole batch, or of each
image.
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor

from locviz.models.skeletons.matched import mean_over_processes

PerImage = Float[Tensor, "b"]
# (sums, amounts, smallest amount) to a scalar: ``over_batch`` or ``over_images``.
Normalise = Callable[[PerImage, PerImage, float], Tensor]


def over_batch(sums: PerImage, amounts: PerImage, least: float) -> Float[Tensor, ""]:
    """The sum of the whole batch divided by its amount, on all processes: every positive counts the
    same.

    Args:
        sums: (b,) summed losses of each image.
        amounts: (b,) how much each image has of what is divided by, such as positives.
        least: smallest amount of the batch.
    """
    return sums.sum() / mean_over_processes(amounts.sum(), least=least)


def over_images(sums: PerImage, amounts: PerImage, least: float) -> Float[Tensor, ""]:
    """The sum of each image divided by its amount, then the mean over images. Every image counts
    the same (torchvision's RetinaNet), so an object among many counts less.

    Args:
        sums: (b,) summed losses of each image.
        amounts: (b,) how much each image has of what is divided by, such as positives.
        least: smallest amount of an image.
    """
    shares = sums / amounts.detach().clamp(min=least)
    # Processes may have different numbers of images: each divides by the mean of these numbers.
    return shares.sum() / mean_over_processes(shares.new_tensor(len(shares)), least=1.0)
