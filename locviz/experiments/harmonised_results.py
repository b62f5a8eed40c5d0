"""The figures of ``locviz.experiments.harmonised``, by seed, and those of the paper
(arXiv:2103.08958).
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

RESULTS = Path(__file__).parent / "data" / "harmonised.json"
BASELINE = "plain"
"""The variant that is trained on without any change: what all others are compared with."""

REPORTED: Mapping[str, Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        # Tables 1 to 3: AP in percent and the correlation, COCO, ResNet-50, 19 epochs.
        "fcos": {
            BASELINE: {"ap": 34.5, "correlation": 0.32},
            "centerness": {"ap": 36.9, "correlation": 0.33},
            "alignment": {"ap": 35.3, "correlation": 0.42},
            "labelling": {"ap": 37.5, "correlation": 0.48},
            "rescoring": {"ap": 37.3, "correlation": 0.50},
            "iou_nms": {"ap": 32.6},
            "both": {"ap": 38.7},
        },
        # Table 3.
        "retinanet": {
            BASELINE: {"ap": 36.3},
            "labelling": {"ap": 37.1},
            "rescoring": {"ap": 37.4},
            "both": {"ap": 37.8},
        },
        # Table 4: average recall of 100, 300 and 1,000 proposals.
        "rpn": {
            BASELINE: {"ar100": 42.6, "ar300": 51.3, "ar1000": 57.2},
            "labelling": {"ar100": 48.5, "ar300": 54.6, "ar1000": 58.6},
            "rescoring": {"ar100": 45.0, "ar300": 52.8, "ar1000": 58.0},
            "both": {"ar100": 48.8, "ar300": 55.1, "ar1000": 58.6},
        },
    }
)
"""The paper's figures in percent (correlations as they are), by study and variant.

Its table 5, with 24 epochs: AP, AP50 and AP75 of FCOS without centre-ness 34.6, 54.5, 36.0, with
both 38.7, 57.6, 41.7; RetinaNet 36.4, 56.3, 38.7, with both 38.1, 56.8, 41.5.
"""


def results(path: Path = RESULTS) -> dict[str, Any]:
    """Read what the benchmark wrote: the command, the protocol of each study, and every run."""
    return json.loads(path.read_text(encoding="utf-8"))


def by_seed(
    found: Mapping[str, Any], study: str, variant: str, figure: str, *, data: str = "crowded"
) -> dict[int, float]:
    """One figure, such as ``"ap75"``, of one variant by seed; empty where nothing was run.

    Args:
        found: what ``results`` read.
        study: a name in ``STUDIES``.
        variant: one of its names, or of ``SHOWN``.
        figure: as ``dense_figures`` or ``proposal_figures`` call it; a share of 1.
        data: the scenes, ``"crowded"`` or ``"misaligned"``.
    """
    runs = [
        run
        for run in found["runs"].values()
        if (run["study"], run["data"], run["variant"]) == (study, data, variant) and figure in run
    ]
    return {run["seed"]: run[figure] for run in sorted(runs, key=lambda run: run["seed"])}


def gains(
    found: Mapping[str, Any],
    study: str,
    variant: str,
    figure: str,
    *,
    data: str = "crowded",
    over: str = BASELINE,
) -> dict[int, float]:
    """How much higher the figure is than that of ``over``, continued from the same base: by seed."""
    ours, theirs = (by_seed(found, study, name, figure, data=data) for name in (variant, over))
    return {seed: ours[seed] - theirs[seed] for seed in ours.keys() & theirs.keys()}
