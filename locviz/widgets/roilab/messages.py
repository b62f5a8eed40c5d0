"""What RoILab's view gets beside the knobs: the map (``features``) and both layers (``result``).

``src/roilab/view.ts`` and ``src/roilab/geometry.ts`` read them.
"""

from typing import Any

from jaxtyping import Float
from torch import Tensor

from locviz.layers import AxisSamples
from locviz.widgets.core.buffers import float32_bytes
from locviz.widgets.roilab.reading import PooledRegion

_COLUMNS = ("position", "low", "high", "low_weight", "high_weight")


def features_message(function: str, values: Float[Tensor, "h w"]) -> dict[str, Any]:
    """Return the map: which function it holds, its (h, w), and its values row by row."""
    return {
        "function": function,
        "size": list(values.shape),
        "values": float32_bytes(values),
    }


def pooled_message(pooled: PooledRegion) -> dict[str, Any]:
    """Return what both layers give, the part of ``result`` that follows from the knobs."""
    values = [*pooled.exact.flatten(), *pooled.pool.flatten(), *pooled.align.flatten()]
    return {
        "errors": pooled.errors,
        "misalignment": pooled.misalignment,
        "values": float32_bytes(values),
        "rounded": float32_bytes(pooled.rounded),
        "argmax": float32_bytes(pooled.argmax),
        "rows": axis_message(pooled.samples.rows),
        "columns": axis_message(pooled.samples.columns),
    }


def axis_message(samples: AxisSamples) -> dict[str, Any]:
    """Return the samples of one axis; a point's weights are the products of its axes' weights."""
    columns = {name: float32_bytes(getattr(samples, name)) for name in _COLUMNS}
    return {"samples": samples.position.shape[1], **columns}
