"""One detector under seven assigners: who takes part, how each is set for small scenes, and what
was measured.

``benchmarks/six_assigners.py`` trains them and writes ``data/six_assigners.json``; chapter 07 reads
it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean
from types import MappingProxyType
from typing import Any, final

from locviz.assign import ATSS, CenterSampling, OnSquareAnchors, retinanet_rule
from locviz.course.table import Table
from locviz.evaluate import evaluate
from locviz.evaluate.assignment_figures import flips
from locviz.models.assigners import hungarian, ota, sim_ota, task_aligned_tood
from locviz.models.detectors import Assigner, DenseDetector
from locviz.postprocess import SelectDense
from locviz.train import evaluating, predict
from locviz.types import Assignment, Priors, Targets

RESULTS = Path(__file__).parent / "data" / "six_assigners.json"


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """One assigner in the experiment.

    Attributes:
        title: as the table says it.
        looks: ``"static"`` at priors and boxes only, ``"dynamic"`` at what the network says too.
        decides: ``"local"``, each object or prior by itself, or ``"global"``, the whole image at
            once.
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
    # What fcos_tiny has anyway: the level by the largest side distance, the points around the
    # centre.
    return CenterSampling(ranges=((-1.0, 12.0), (12.0, 24.0), (24.0, INF)), radius=1.5)


def _max_iou() -> Assigner:
    return OnSquareAnchors(retinanet_rule(), side=SIDE)


def _atss() -> Assigner:
    return OnSquareAnchors(ATSS(top_k=9), side=SIDE)


ENTRANTS: Mapping[str, Entrant] = MappingProxyType(
    {
        "max_iou": Entrant(
            title="max IoU (RetinaNet)",
            looks="static",
            decides="local",
            takes="many",
            build=_max_iou,
        ),
        "atss": Entrant(title="ATSS", looks="static", decides="local", takes="many", build=_atss),
        "center_sampling": Entrant(
            title="centre sampling (FCOS)",
            looks="static",
            decides="local",
            takes="many",
            build=_center_sampling,
        ),
        "ota": Entrant(title="OTA", looks="dynamic", decides="global", takes="many", build=ota),
        "simota": Entrant(
            title="SimOTA (YOLOX)", looks="dynamic", decides="local", takes="many", build=sim_ota
        ),
        "task_aligned": Entrant(
            title="task-aligned (TOOD)",
            looks="dynamic",
            decides="local",
            takes="many",
            build=task_aligned_tood,
        ),
        "hungarian": Entrant(
            title="Hungarian (DETR)",
            looks="dynamic",
            decides="global",
            takes="one",
            build=hungarian,
        ),
    }
)


@final
class OwnersOnly:
    """The wrapped assigner's answer without its soft targets and weights: the loss is then the same
    for all.
    """

    def __init__(self, assigner: Assigner):
        self.assigner = assigner

    def __call__(self, priors: Priors, targets: Targets, **said: Any) -> Assignment:
        """Assign one image."""
        return replace(self.assigner(priors, targets, **said), weight=None, quality=None)


def who_answers(detector: DenseDetector, scenes: Any) -> tuple[list[Assignment], list[Targets]]:
    """What the detector's assigner says of each scene, given what the detector says of it now; and
    the truth.

    Args:
        detector: its mode is left as it is.
        scenes: has a length and gives ``(image, Targets)`` for an index; all of one size and not
            resized.
    """
    images, targets = zip(*(scenes[index] for index in range(len(scenes))), strict=True)
    with evaluating(detector):
        predictions = detector(images)
        return detector.assign(predictions, detector.regions(predictions), targets), list(targets)


@final
class Watch:
    """A run as it goes: AP50 with NMS and without, and flips since the last look.

    Args:
        detector: in training.
        test: scenes to detect in.
        fixed: scenes on which owners are compared.
    """

    def __init__(self, detector: DenseDetector, test: Any, fixed: Any):
        self.detector, self.test, self.fixed = detector, test, fixed
        self.truths = [test[index][1] for index in range(len(test))]
        self.ap50: list[float] = []
        self.ap50_without_nms: list[float] = []
        self.flips: list[float] = []
        self._answers = who_answers(detector, fixed)[0]

    def look(self) -> None:
        """Add one figure to each list."""
        before, self._answers = self._answers, who_answers(self.detector, self.fixed)[0]
        self.flips.append(flips(before, self._answers))
        self.ap50.append(self._measured())
        with_nms, self.detector.postprocess = (
            self.detector.postprocess,
            SelectDense(nms_threshold=1.0),
        )
        self.ap50_without_nms.append(self._measured())
        self.detector.postprocess = with_nms

    def _measured(self) -> float:
        found = predict(self.detector, self.test, batch_size=50)
        return evaluate(found, self.truths, num_classes=len(self.test.class_names)).ap50


# --- what was measured
# -----------------------------------------------------------------------------------------------


def results(path: Path = RESULTS) -> dict[str, Any]:
    """What the benchmark wrote."""
    return json.loads(path.read_text(encoding="utf-8"))


def by_seed(found: Mapping[str, Any], figure: str) -> dict[str, list[Any]]:
    """One figure of every run, such as ``"ap50"``: per assigner, in the order of the seeds."""
    runs = sorted(found["runs"].values(), key=lambda run: run["seed"])
    return {name: [run[figure] for run in runs if run["assigner"] == name] for name in ENTRANTS}


def complete_seeds(found: Mapping[str, Any]) -> list[int]:
    """The seeds that every assigner was trained with: only those are averaged, so that all mean the
    same.
    """
    seeds = [
        {run["seed"] for run in found["runs"].values() if run["assigner"] == name}
        for name in ENTRANTS
    ]
    return sorted(set.intersection(*seeds))


def table(found: Mapping[str, Any]) -> Table:
    """The experiment in one table, means over the complete seeds; AP50 of every run. All figures
    from the file.
    """
    seeds = complete_seeds(found)
    fastest = min(found["seconds_per_step"].values())
    rows = [_row(name, found, seeds, fastest) for name in ENTRANTS]
    return Table(
        header=(
            "assigner", "kind", "AP", "AP50", "AP50 of each run", "AP50 without NMS", "priors per object",
            "objects without", "ambiguous", "flips in the last pass", "time per step",
        ),
        rows=rows,
        caption=f"Means over seeds {seeds}; AP50 of every run. Made by: {found['command']} (torch {found['torch']})",
        numbers=tuple(range(2, 11)),
    )  # fmt: skip


# (claim, the rule before, the rule after, AP on COCO before and after): each with a ResNet-50 and
# the same schedule.
CLAIMS = (
    ("ATSS instead of RetinaNet's thresholds (ATSS paper)", "max_iou", "atss", (37.0, 39.3)),
    ("ATSS instead of FCOS's rule (ATSS paper)", "center_sampling", "atss", (37.8, 39.3)),
    ("OTA instead of FCOS's rule (OTA paper)", "center_sampling", "ota", (38.3, 40.7)),
)


def against_the_papers(found: Mapping[str, Any]) -> Table:
    """What papers reported on COCO beside what was measured here: AP in percent, and the gain at
    each seed.
    """
    rows = []
    for claim, before, after, reported in CLAIMS:
        ours = [by_run(found, name, "ap") for name in (before, after)]
        both = sorted(ours[0].keys() & ours[1].keys())
        pairs = [[100 * part[seed] for part in ours] for seed in both]
        rows.append((
            claim, f"{reported[0]} to {reported[1]}", f"{reported[1] - reported[0]:+.1f}",
            ", ".join(f"{old:.1f} to {new:.1f}" for old, new in pairs), ", ".join(f"{b - a:+.1f}" for a, b in pairs),
        ))  # fmt: skip
    return Table(
        header=("claim", "reported AP on COCO", "gain", "AP here, per seed", "gain at each seed"),
        rows=rows,
    )


def by_run(found: Mapping[str, Any], name: str, figure: str) -> dict[int, Any]:
    """One figure of an assigner's runs, by seed."""
    return {run["seed"]: run[figure] for run in found["runs"].values() if run["assigner"] == name}


def _row(name: str, found: Mapping[str, Any], seeds: list[int], fastest: float) -> list[str]:
    entrant = ENTRANTS[name]
    runs = [found["runs"][f"{name}/{seed}"] for seed in seeds]

    def average(figure: str) -> float:
        return mean(run[figure] for run in runs)

    return [
        entrant.title,
        f"{entrant.looks}, {entrant.decides}, {entrant.takes}",
        f"{average('ap'):.3f}",
        f"{average('ap50'):.3f}",
        " ".join(f"{value:.2f}" for value in by_seed(found, "ap50")[name]),
        f"{average('ap50_without_nms'):.3f}",
        f"{average('priors_per_object'):.1f}",
        f"{average('objects_without'):.1%}",
        f"{average('ambiguous'):.1%}",
        f"{mean(run['flips'][-1] for run in runs):.0%}",
        f"{found['seconds_per_step'][name] / fastest:.2f} x",
    ]
