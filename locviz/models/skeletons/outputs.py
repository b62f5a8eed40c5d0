"""Losses of a network that predicts several times over: decoder layers, stages, steps."""

from collections.abc import Callable

from locviz.types import Losses, Predictions


def over_outputs(predictions: Predictions, output_loss: Callable[[Predictions], Losses]) -> Losses:
    """The losses of the last predictions and of all earlier ones in ``aux``.

    Each decoder layer, stage or step has its own matching and its own losses. The terms of the last
    keep their names; those of the i-th earlier one are called ``aux{i}_...``.
    """
    terms, weights = {}, {}
    # The last predictions come last, so the index of an earlier one is its place in ``aux``.
    for index, output in enumerate((*predictions.aux, predictions)):
        losses = output_loss(output)
        name = "" if index == len(predictions.aux) else f"aux{index}_"
        terms |= {name + term: value for term, value in losses.terms.items()}
        weights |= {name + term: weight for term, weight in losses.weights.items()}
    return Losses(terms, weights)
