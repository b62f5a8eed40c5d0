"""Iterations of an assigner, frame by frame, computed by the step generators of ``locviz.assign``."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from locviz.types import Priors, Targets
from locviz.widgets.assign_truth import Reading, small
from locviz.widgets.image import wire


@dataclass(frozen=True, eq=False, kw_only=True)
class Film:
    """What happens inside an assigner.

    Shapes: ``rows`` (r,) the priors shown in the matrix; ``owners`` (n, p) who answers for whom after each frame;
    ``values`` (n, r, c) the transport plan, background last (Sinkhorn), or 1 where an object holds a prior (auction);
    ``totals`` (n, r) what each prior receives, or its price; ``gap`` (n,) how far the priors' marginals are off, or
    how many objects hold nothing yet; ``says`` a sentence per frame.
    """

    kind: str
    rows: Int[np.ndarray, "r"]
    owners: Int[np.ndarray, "n p"]
    values: Float[np.ndarray, "n r c"]
    totals: Float[np.ndarray, "n r"]
    gap: Float[np.ndarray, "n"]
    says: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.owners)

    def message(self) -> tuple[dict[str, Any], Sequence[bytes]]:
        """As ``src/assignlab/player.ts`` reads it."""
        buffers = [small(self.rows), small(self.owners), wire(self.values), wire(self.totals), wire(self.gap)]
        return {"film": self.kind, "frames": len(self), "columns": self.values.shape[2], "says": self.says}, buffers


def film(reading: Reading, priors: Priors, targets: Targets, said: dict[str, Any]) -> Film | None:
    """Play a reading's assigner; None where it has no iterations."""
    return None
