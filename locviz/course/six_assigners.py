"""One detector under seven assigners: who takes part, how each is set for small scenes, and what was measured.

``benchmarks/six_assigners.py`` trains them and writes ``data/six_assigners.json``; chapter 07 reads it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, final

from locviz.assign import ATSS, CenterSampling, OnSquares, retinanet_rule
from locviz.models.assigners import hungarian, ota, sim_ota, task_aligned_tood
from locviz.models.detectors import Assigner
from locviz.types import Assignment, Priors, Targets

RESULTS = Path(__file__).parent / "data" / "six_assigners.json"


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """One assigner in the experiment.

    Attributes:
        title: as the table says it.
        looks: ``"static"`` at priors and boxes only, ``"dynamic"`` at what the network says too.
        decides: ``"local"``, each object or prior by itself, or ``"global"``, the whole image at once.
        takes: ``"many"`` priors per object, or ``"one"``.
        build: makes it, set for ``fcos_tiny``.
    """

    title: str
    looks: str
    decides: str
    takes: str
    build: Callable[[], Assigner]


INF = float("inf")
# The anchors of these small scenes: squares of 16, 32 and 64 pixels on levels of 4, 8 and 16.
SIDE = 4.0


def _center_sampling() -> Assigner:
    # What fcos_tiny has anyway: the level by the largest side distance, the points around the centre.
    return CenterSampling(ranges=((-1.0, 12.0), (12.0, 24.0), (24.0, INF)), radius=1.5)


def _max_iou() -> Assigner:
    return OnSquares(retinanet_rule(), side=SIDE)


def _atss() -> Assigner:
    return OnSquares(ATSS(top_k=9), side=SIDE)


ENTRANTS: Mapping[str, Entrant] = MappingProxyType(
    {
        "max_iou": Entrant(title="max IoU (RetinaNet)", looks="static", decides="local", takes="many", build=_max_iou),
        "atss": Entrant(title="ATSS", looks="static", decides="local", takes="many", build=_atss),
        "center_sampling": Entrant(
            title="centre sampling (FCOS)", looks="static", decides="local", takes="many", build=_center_sampling
        ),
        "ota": Entrant(title="OTA", looks="dynamic", decides="global", takes="many", build=ota),
        "simota": Entrant(title="SimOTA (YOLOX)", looks="dynamic", decides="local", takes="many", build=sim_ota),
        "task_aligned": Entrant(
            title="task-aligned (TOOD)", looks="dynamic", decides="local", takes="many", build=task_aligned_tood
        ),
        "hungarian": Entrant(title="Hungarian (DETR)", looks="dynamic", decides="global", takes="one", build=hungarian),
    }
)


@final
class OwnersOnly:
    """The wrapped assigner's answer without its soft targets and weights: the loss is then the same for all."""

    def __init__(self, assigner: Assigner):
        self.assigner = assigner

    def __call__(self, priors: Priors, targets: Targets, **said: Any) -> Assignment:
        """Assign one image."""
        return replace(self.assigner(priors, targets, **said), weight=None, quality=None)


def results(path: Path = RESULTS) -> dict[str, Any]:
    """What the benchmark wrote."""
    return json.loads(path.read_text(encoding="utf-8"))
