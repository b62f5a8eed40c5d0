"""A network that predicts several times over: decoder layers, stages, steps, heads of two kinds."""

from collections.abc import Callable, Mapping
from typing import Any, final

from torch import Tensor

from locviz.types import Assignment, ImagePredictions, Losses, Predictions, Priors, Targets

# What a head predicts once: logits (b, p, k), deltas (b, p, 2*dim), quality (b, p) or None.
HeadOutput = tuple[Tensor, Tensor, Tensor | None]


@final
class PerOutput:
    """An assigner for the last predictions, which detect, and another one for all earlier ones.

    YOLOv10 trains its one-to-many head by ten priors per object and the one that detects by a
    single one. To whoever calls it, this is the assigner of the last predictions.

    Args:
        earlier: assigns where the predictions in ``Predictions.aux`` are trained.
        last: assigns where the last ones are.
    """

    def __init__(self, *, earlier: Callable[..., Assignment], last: Callable[..., Assignment]):
        self.earlier, self.last = earlier, last

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the priors (p, 2*dim) of one image for the last predictions."""
        return self.last(priors, targets, predicted)


def assigner_of(assigner: Any, *, last: bool) -> Any:
    """Which assigner the last predictions, or earlier ones, are trained by: one serves all, unless
    it is a ``PerOutput``.
    """
    if isinstance(assigner, PerOutput):
        return assigner.last if last else assigner.earlier
    return assigner


def all_outputs(predictions: Predictions) -> tuple[Predictions, ...]:
    """Everything that was predicted, in order: the earlier ones, which are in ``aux``, then the
    last. Logits are (b, p, k) in each.
    """
    return (*predictions.aux, predictions)


def output_at(predictions: Predictions, index: int) -> Predictions:
    """One of ``all_outputs``, the last one being -1. Logits are (b, p, k).

    Raises:
        IndexError: there are not that many.
    """
    outputs = all_outputs(predictions)
    if not -len(outputs) <= index < len(outputs):
        raise IndexError(
            f"output must be in 0..{len(outputs) - 1}, or -1 for the last: this model predicts "
            f"{len(outputs)} times, got {index}"
        )
    return outputs[index]


def over_outputs(predictions: Predictions, output_loss: Callable[[Predictions], Losses]) -> Losses:
    """The losses of the last predictions and of all earlier ones in ``aux``.

    Each decoder layer, stage or step has its own matching and its own losses. The terms of the last
    keep their names; those of the i-th earlier one are called ``aux{i}_...``.
    """
    # The last predictions come last, so the index of an earlier one is its place in ``aux``.
    return joined(
        {
            "" if output is predictions else f"aux{index}_": output_loss(output)
            for index, output in enumerate(all_outputs(predictions))
        }
    )


def joined(parts: Mapping[str, Losses]) -> Losses:
    """The losses of several parts (scalars each) as one, their terms with the part's key in front.

    Law: the total is the sum of the totals.
    """
    terms, weights = {}, {}
    for name, losses in parts.items():
        terms |= {name + term: value for term, value in losses.terms.items()}
        weights |= {name + term: weight for term, weight in losses.weights.items()}
    return Losses(terms, weights)
