"""What FocalLab's view gets beside the knobs: ``batch`` once, and ``result`` for every change.

``src/focallab/view.ts`` reads them.
"""

from typing import Any

import torch

from locviz.widgets.core.buffers import float32_bytes, number_or_none
from locviz.widgets.core.picture import Number
from locviz.widgets.focallab.reading import CURVE, THRESHOLDS, BatchReader, Curves, curves
from locviz.widgets.focallab.words import easy_in_words, point_in_words, shares_in_words


def batch_message(reader: BatchReader) -> dict[str, Any]:
    """Return what is fixed: the source, its numbers, and what sliders stop at."""
    batch = reader.batch
    return {
        "source": batch.source,
        "predictions": len(batch.targets),
        "positives": batch.num_positive,
        "steps": list(batch.steps),
        "imbalances": reader.imbalances,
    }


def curves_message(**how: Any) -> dict[str, Any]:
    """Return the curves of the three losses; ``how`` are the keywords of ``curves``."""
    found = curves(CURVE, **how)
    return {name: float32_bytes(getattr(found, name)) for name in ("p_t", "loss", "gradient")}


def point_message(point: Curves, words: str) -> dict[str, Any]:
    """Return one prediction under the three losses, and what is said of it."""
    return {
        "p_t": float(point.p_t[0]),
        "loss": point.loss[:, 0].tolist(),
        "gradient": point.gradient[:, 0].tolist(),
        "times": [_finite_or_none(value) for value in point.times[:, 0].tolist()],
        "words": words,
    }


def histogram_message(reader: BatchReader, step: int, imbalance: int | None) -> dict[str, Any]:
    """Return how easy the predictions are that are kept."""
    positive, negative = reader.kept(step, imbalance).histogram()
    return {"positive": positive.tolist(), "negative": negative.tolist()}


def shares_message(
    reader: BatchReader, step: int, threshold: float, imbalance: int | None, **loss: Any
) -> dict[str, Any]:
    """Return who holds the gradient; ``loss`` is alpha and gamma."""
    kept = reader.kept(step, imbalance)
    shares = reader.shares(step, threshold, imbalance=imbalance, **loss)
    num_kept = len(kept.negative) + len(kept.positive)
    counts = {"num_easy": kept.num_easy(threshold), "num_kept": num_kept}
    counted = easy_in_words(**counts, threshold=threshold)
    return {
        "threshold": threshold,
        "bars": [[number_or_none(part) for part in share] for share in shares],
        "thresholds": float32_bytes(THRESHOLDS),
        "above": float32_bytes(reader.above(step, imbalance=imbalance, **loss)),
        "counted": counted,
        "words": f"{counted} {shares_in_words(shares)}",
    }


def result_message(
    reader: BatchReader,
    *,
    seq: int,
    gamma: float,
    alpha: float | None,
    side: str,
    p_t: float,
    threshold: float,
    training_step: int,
    imbalance: int | None,
) -> dict[str, Any]:
    """Return all that the view draws and says for one state of the knobs."""
    loss = {"alpha": alpha, "gamma": gamma}
    how = {"positive": side == "positive", **loss}
    point = curves(torch.tensor([p_t], dtype=torch.float64), **how)
    return {
        "seq": seq,
        **loss,
        "side": side,
        "training_step": training_step,
        "imbalance": imbalance,
        "curves": curves_message(**how),
        "point": point_message(point, point_in_words(point, side=side, **loss)),
        "histogram": histogram_message(reader, training_step, imbalance),
        "shares": shares_message(reader, training_step, threshold, imbalance, **loss),
    }


def _finite_or_none(value: Number) -> float | None:
    return None if value == float("inf") else number_or_none(value)
