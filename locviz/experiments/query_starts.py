"""Plain DETR and each remedy for its slowness, one at a time: how many steps does each need for the
same AP50?

What is compared, and how what was measured is read. ``benchmarks/query_starts.py`` trains the runs and
writes ``data/query_starts.json``.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from locviz.layers import AnchorQueries, DenoisingQueries, LearnedQueries
from locviz.models import QueryDetector, deformable_detr_tiny, detr_tiny, detr_tiny_selected
from locviz.models.skeletons.query import QueryMaker
from locviz.models.skeletons.query_head import QueryHead

RESULTS = Path(__file__).parent / "data" / "query_starts.json"
CHANNELS = 128
"""Of ``detr_tiny``."""
NUM_DENOISED = 20
"""About how many noised objects per image denoising queries restore."""
NUM = 25
"""How many queries each detector has."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """One thing that queries may start from, or another way to read the memory.

    Attributes:
        title: its name in a table.
        build: makes the detector for so many classes.
    """

    title: str
    build: Callable[[int], QueryDetector]

    def detector(self, num_classes: int, *, seed: int = 0) -> QueryDetector:
        """The detector for ``num_classes`` whose first weights the seed draws."""
        torch.manual_seed(seed)
        return self.build(num_classes)


def _with(queries: Callable[[int], QueryMaker], num_classes: int) -> QueryDetector:
    """``detr_tiny`` with other queries, which start from boxes. One seed gives it the backbone,
    encoder and decoder of plain DETR, because those are made before the queries are put in; boxes
    start as their references.
    """
    detector = detr_tiny(num_classes, queries=LearnedQueries(NUM, channels=CHANNELS))
    detector.head = QueryHead(channels=CHANNELS, num_classes=num_classes, at_references=True)
    detector.queries = queries(num_classes)
    return detector


def _plain(num_classes: int) -> QueryDetector:
    return detr_tiny(num_classes, queries=LearnedQueries(NUM, channels=CHANNELS))


def _anchors(num_classes: int) -> QueryMaker:
    return AnchorQueries(NUM, channels=CHANNELS)


def _denoising(num_classes: int) -> QueryMaker:
    return DenoisingQueries(
        AnchorQueries(NUM, channels=CHANNELS),
        channels=CHANNELS,
        num_classes=num_classes,
        num=NUM_DENOISED,
    )


def _selected(num_classes: int) -> QueryMaker:
    return detr_tiny_selected(num_classes).queries


# The names are those of the stored results.
STARTS: Mapping[str, Start] = MappingProxyType(
    {
        "plain": Start(title="learned vectors (DETR)", build=_plain),
        "deformable": Start(
            title="learned points, deformable attention", build=deformable_detr_tiny
        ),
        "anchors": Start(title="learned boxes (DAB-DETR)", build=partial(_with, _anchors)),
        "denoising": Start(
            title="learned boxes, denoising (DN-DETR)", build=partial(_with, _denoising)
        ),
        "selected": Start(
            title="the encoder's best tokens (two stages)", build=partial(_with, _selected)
        ),
    }
)


def results(path: str | Path = RESULTS) -> dict[str, Any]:
    """Read what the benchmark wrote: the protocol and every run.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not JSON, or has no runs.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"no results at {path}: python benchmarks/query_starts.py makes them"
        )
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{path} is damaged ({error}): make it again") from error
    if not isinstance(found, dict) or not isinstance(found.get("runs"), dict):
        raise ValueError(f"{path} has no runs: python benchmarks/query_starts.py makes them")
    return found


def runs_of(found: Mapping[str, Any], name: str) -> dict[int, dict[str, Any]]:
    """The runs of one variant, by seed; empty where it was not trained.

    Raises:
        ValueError: there is no such variant.
    """
    if name not in STARTS:
        raise ValueError(f"no variant called {name!r}: choose one of {', '.join(STARTS)}")
    return {run["seed"]: run for _, run in sorted(found["runs"].items()) if run["start"] == name}


def final_ap50(run: Mapping[str, Any]) -> float:
    """The AP50 after the last step."""
    return run["looks"][-1]["ap50"]


def steps_to(run: Mapping[str, Any], ap50: float) -> int | None:
    """After how many steps a run was first measured with at least this AP50; None if never."""
    return next((look["step"] for look in run["looks"] if look["ap50"] >= ap50), None)


def cpu_seconds_to(run: Mapping[str, Any], ap50: float) -> float | None:
    """After how many CPU-seconds of training a run was first measured with at least this AP50."""
    return next((look["cpu_seconds"] for look in run["looks"] if look["ap50"] >= ap50), None)


def share_of_steps(found: Mapping[str, Any], name: str, *, of: str = "plain") -> dict[int, float]:
    """Per seed: the share of the steps of ``of`` after which ``name`` first had its final AP50.

    Infinite where it never had it. A seed that one of the two was not trained with is left out.
    """
    slow, fast = runs_of(found, of), runs_of(found, name)
    shares = {}
    for seed in sorted(slow.keys() & fast.keys()):
        needed = steps_to(fast[seed], final_ap50(slow[seed]))
        shares[seed] = float("inf") if needed is None else needed / slow[seed]["looks"][-1]["step"]
    return shares
