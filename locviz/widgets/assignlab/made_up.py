"""Made-up predictions for one image: the ground truth, jittered."""

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.boxes import clip, pairwise_iou
from locviz.types import Priors, Targets


def made_up(
    priors: Priors, truth: Targets, num_classes: int, jitter: float, generator: torch.Generator
) -> tuple[Float[Tensor, "p k"], Float[Tensor, "p coords"], Float[Tensor, "p"]]:
    """Return logits (p, k), regions (p, 2*dim) and quality (p,) of an image, as if predicted.

    Every prior predicts the nearest object whose region holds its centre, as a network that looks
    at its surroundings would, or a region of about its own size where there is none.

    Args:
        priors: p of them.
        truth: the ground truths.
        num_classes: k.
        jitter: 0 is the truth, 1 is nearly noise.
        generator: where the noise comes from.
    """
    noise = torch.randn(len(priors), 2 * truth.dim + num_classes + 1, generator=generator)
    shift, chatter, doubt = noise.split([2 * truth.dim, num_classes, 1], 1)
    reach = 2 * priors.strides[:, None] * torch.tensor([-1.0] * truth.dim + [1.0] * truth.dim)
    regions, logits = priors.centers.repeat(1, 2) + reach, chatter * (0.4 + jitter) - 3
    if len(truth):
        away, nearest = _distance(priors, truth).min(1)
        sees = away < 0.5  # the centre is inside
        blend = truth.boxes[nearest] * (1 - 0.5 * jitter) + regions * 0.5 * jitter
        regions = torch.where(sees[:, None], blend, regions)
        rows = torch.arange(len(priors))
        logits[rows, truth.labels[nearest]] += torch.where(sees, 5 * (1 - jitter), 0.0)
    regions = _ordered(regions + shift * jitter * priors.strides[:, None], truth.size)
    fit = pairwise_iou(regions, truth.boxes).amax(1) if len(truth) else torch.zeros(len(priors))
    return logits, regions, 4 * fit - 2 + jitter * doubt[:, 0]


def _distance(priors: Priors, truth: Targets) -> Float[Tensor, "p g"]:
    """Return how far each prior is from each object's centre, in sizes of the object."""
    low, high = truth.boxes.chunk(2, -1)
    gaps = priors.centers[:, None] - (low + high) / 2
    return (gaps / (high - low).clamp(min=1)).abs().amax(-1)


def _ordered(regions: Float[Tensor, "p coords"], size) -> Float[Tensor, "p coords"]:
    """Return the regions with low <= high, cut at the image's edge."""
    low, high = regions.chunk(2, -1)
    return clip(torch.cat([torch.minimum(low, high), torch.maximum(low, high)], 1), size)
