"""DETR's classification loss: a weighted mean."""

import torch

from locviz.course import Case, Exercise, Mistake


def _solution(logits, columns, no_object):
    losses = -logits.log_softmax(-1).gather(1, columns[:, None])[:, 0]
    weights = torch.where(columns == 0, no_object, 1.0)
    return (weights * losses).sum() / weights.sum()


def _parts(logits, columns, no_object):
    losses = -logits.log_softmax(-1).gather(1, columns[:, None])[:, 0]
    return losses, torch.where(columns == 0, no_object, 1.0)


def _by_the_count(*given):
    losses, weights = _parts(*given)
    return (weights * losses).mean()


def _by_the_objects(logits, columns, no_object):
    losses, weights = _parts(logits, columns, no_object)
    return (weights * losses).sum() / (columns > 0).sum().clamp(min=1)


def _no_weights(logits, columns, no_object):
    return _parts(logits, columns, no_object)[0].mean()


def _sum_only(*given):
    losses, weights = _parts(*given)
    return (weights * losses).sum()


def _objects_weighed_down(logits, columns, no_object):
    losses, _ = _parts(logits, columns, no_object)
    weights = torch.where(columns == 0, 1.0, no_object)
    return (weights * losses).sum() / weights.sum()


def _last_column_is_background(logits, columns, no_object):
    losses, _ = _parts(logits, columns, no_object)
    weights = torch.where(columns == logits.shape[1] - 1, no_object, 1.0)
    return (weights * losses).sum() / weights.sum()


def _objects_only(logits, columns, no_object):
    losses, _ = _parts(logits, columns, no_object)
    return (losses * (columns > 0)).sum() / (columns > 0).sum().clamp(min=1)


def _probability(logits, columns, no_object):
    _, weights = _parts(logits, columns, no_object)
    p = logits.softmax(-1).gather(1, columns[:, None])[:, 0]
    return (weights * (1 - p)).sum() / weights.sum()


def _softmax_twice(logits, columns, no_object):
    return _solution(logits.softmax(-1), columns, no_object)


def _negative(*given):
    return -_solution(*given)


def _each_query(*given):
    losses, weights = _parts(*given)
    return weights * losses / weights.sum()


def _column_off(logits, columns, no_object):
    weights = torch.where(columns == 0, no_object, 1.0)
    losses = _parts(logits, (columns - 1) % logits.shape[1], no_object)[0]
    return (weights * losses).sum() / weights.sum()


_LOGITS = torch.tensor([
    [1.0, 0.0, -1.0], [0.2, 1.2, 0.4], [2.0, -0.5, 0.3], [-1.0, 0.5, 1.5], [0.5, 0.6, -0.2],
])  # fmt: skip

class_loss = Exercise(
    name="13.class_loss",
    title="Four of twenty-five",
    task=(
        "Write `class_loss(logits, columns, no_object)`: `logits` `(q, 1 + k)`, and for each query the "
        'column `(q,)` that it should predict, 0 for "no object". The cross entropy of a query with '
        "an object has the weight 1, of one without it the weight `no_object`. Return the weighted "
        "mean: the sum, divided by the sum of the *weights*."
    ),
    answer=_solution,
    cases=(
        Case(args=(_LOGITS, torch.tensor([0, 1, 0, 2, 0]), 0.1), says="two of five have an object"),
        Case(args=(_LOGITS[:3], torch.tensor([2, 0, 2]), 0.4), says="another weight"),
        Case(args=(_LOGITS[:2], torch.tensor([0, 0]), 0.1), says="an image without objects"),
    ),
    mistakes=(
        Mistake(
            name="divided by the number of queries",
            answer=_by_the_count,
            says=(
                "That is no weighted mean: with 25 queries and 4 objects it is about four times too "
                "small, beside the losses of the boxes. Divide by the sum of the weights."
            ),
        ),
        Mistake(
            name="divided by the number of objects",
            answer=_by_the_objects,
            says="So are the losses of the boxes; this one is divided by the sum of the weights.",
        ),
        Mistake(
            name="no weights",
            answer=_no_weights,
            says="The many queries without an object would decide. Their weight is `no_object`.",
        ),
        Mistake(
            name="a sum, not a mean",
            answer=_sum_only,
            says="Divide by the sum of the weights.",
        ),
        Mistake(
            name="the weights are exchanged",
            answer=_objects_weighed_down,
            says='It is "no object" that counts less, because there are so many of it.',
        ),
        Mistake(
            name="the last column is no object",
            answer=_last_column_is_background,
            says='In this package column 0 is "no object". (In DETR\'s own code it is the last.)',
        ),
        Mistake(
            name="only queries with an object",
            answer=_objects_only,
            says='Then no query would ever learn to predict "no object": 25 boxes in each image.',
        ),
        Mistake(
            name="the probability instead of its logarithm",
            answer=_probability,
            says="The probability is for matching. The loss is the cross entropy, -log p.",
        ),
        Mistake(
            name="the softmax is taken twice",
            answer=_softmax_twice,
            says="`log_softmax` and `F.cross_entropy` take the logits as they are.",
        ),
        Mistake(
            name="the sign is missing",
            answer=_negative,
            says="The cross entropy is *minus* the logarithm, so it is never below 0.",
        ),
        Mistake(
            name="one number for each query",
            answer=_each_query,
            says="The loss of an image is one number: sum over the queries.",
        ),
        Mistake(
            name="one column too low",
            answer=_column_off,
            says="`columns` are columns already: class 0 is column 1. Do not subtract 1.",
        ),
    ),
    hints=(
        "A weighted mean has the weights twice: above and below.",
        "`-logits.log_softmax(-1).gather(1, columns[:, None])[:, 0]` are the cross entropies.",
        (
            "`weights = torch.where(columns == 0, no_object, 1.0)`; return `(weights * "
            "losses).sum() / weights.sum()`."
        ),
    ),
)
