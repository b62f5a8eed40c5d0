"""One detector under seven assigners: which ones take part, how each is set for small scenes, what
is watched while they train, and what was measured.

``benchmarks/assigner_comparison.py`` trains them and writes ``data/assigner_comparison.json``;
``locviz.lessons.ch07`` shows it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import mean
from types import MappingProxyType
from typing import Any, final

from locviz.evaluate import evaluate
from locviz.evaluate.assignment_figures import flips
from locviz.models import assigner_entries as entries
from locviz.models.assigner_entry import SIDE as SIDE_KNOB
from locviz.models.assigner_entry import Assigner, AssignerEntry
from locviz.models.assigners import task_aligned_tood
from locviz.models.skeletons.dense import DenseDetector
from locviz.postprocess import SelectDense
from locviz.train import evaluating, predict
from locviz.types import Assignment, ImagePredictions, Priors, Targets

RESULTS = Path(__file__).parent / "data" / "assigner_comparison.json"


SIDE = float(SIDE_KNOB.default)
"""Side of the square anchors in strides: 16, 32 and 64 pixels on the levels of stride 4, 8, 16."""


@dataclass(frozen=True, kw_only=True)
class Entrant:
    """One assigner in the experiment: an entry of ``locviz.models.ASSIGNERS``, as set here.

    Attributes:
        entry: what the assigner is.
        title: its name in the table.
        build: makes the assigner for ``fcos_tiny``, which has only points.
    """

    entry: AssignerEntry
    title: str
    build: Callable[[], Assigner]

    @property
    def looks(self) -> str:
        """``"static"`` if it looks at priors and ground truths only, ``"dynamic"`` if it looks at
        the network's predictions too.
        """
        return "dynamic" if self.entry.dynamic else "static"

    @property
    def decides(self) -> str:
        """``"local"`` if each object or prior is decided by itself, ``"global"`` if the whole image
        is decided at once.
        """
        return "global" if self.entry.decided == entries.TOGETHER else "local"

    @property
    def takes(self) -> str:
        """``"many"`` priors per object, or ``"one"``."""
        return self.entry.takes


def _as_listed(entry: AssignerEntry) -> Entrant:
    """An entry with its own title, and with all its knobs where they stand at first."""
    return Entrant(entry=entry, title=entry.title, build=entry.on_points)


# The names are those of the stored results.
ENTRANTS: Mapping[str, Entrant] = MappingProxyType(
    {
        # RetinaNet's thresholds with the RPN's second condition. The paper has no forced matches, its
        # released code has them, as detectron2, torchvision and mmdetection have.
        "max_iou": Entrant(
            entry=entries.RPN,
            title="Max IoU, forced (RetinaNet's code)",
            build=partial(entries.RPN.on_points, positive=0.5, negative=0.4),
        ),
        "atss": _as_listed(entries.ATSS),
        # What fcos_tiny has by default: an object's largest side distance chooses its level, and
        # the points around its centre become positive.
        "center_sampling": _as_listed(entries.CENTER_SAMPLING),
        "ota": _as_listed(entries.OTA),
        "simota": _as_listed(entries.SIMOTA),
        # TOOD's own form; the entry's is YOLOv8's.
        "task_aligned": Entrant(
            entry=entries.TASK_ALIGNED, title="Task-aligned (TOOD)", build=task_aligned_tood
        ),
        "hungarian": _as_listed(entries.HUNGARIAN),
    }
)


@final
class OwnersOnly:
    """Keeps the owners that an assigner chose and drops its soft targets and weights.

    The loss is then the same for all assigners, and only the choice of owners is compared.

    Args:
        assigner: the assigner that chooses the owners.
    """

    def __init__(self, assigner: Assigner):
        self.assigner = assigner

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign one image: ``gt_index`` (p,) of the wrapped assigner, no weight, no quality."""
        return replace(self.assigner(priors, targets, predicted), weight=None, quality=None)


def assign_scenes(detector: DenseDetector, scenes: Any) -> tuple[list[Assignment], list[Targets]]:
    """Assign every scene with the detector's assigner, given what the detector predicts now.

    Args:
        detector: its mode (training or not) is the same afterwards.
        scenes: has a length and gives ``(image, Targets)`` for an index; all images have one size,
            and the detector does not resize them.

    Returns:
        One assignment per scene, and the ground truths of each.
    """
    images, targets = zip(*(scenes[index] for index in range(len(scenes))), strict=True)
    with evaluating(detector):
        predictions = detector(images)
        return detector.assign(predictions, detector.regions(predictions), targets), list(targets)


@final
class RunHistory:
    """Figures of a training run as it goes: AP50 with NMS and without, and flips.

    A flip is a prior whose owner changed since the last look; the figure is their share among the
    priors that were positive at either look.

    Args:
        detector: the detector that is trained meanwhile.
        test: scenes to detect in.
        fixed: scenes on which the owners are compared.
    """

    def __init__(self, detector: DenseDetector, test: Any, fixed: Any):
        self.detector, self.test, self.fixed = detector, test, fixed
        self.truths = [test[index][1] for index in range(len(test))]
        self.ap50: list[float] = []
        self.ap50_without_nms: list[float] = []
        self.flips: list[float] = []
        self._assignments = assign_scenes(detector, fixed)[0]

    def look(self) -> None:
        """Add one figure to each of the three lists."""
        before, self._assignments = self._assignments, assign_scenes(self.detector, self.fixed)[0]
        self.flips.append(flips(before, self._assignments))
        self.ap50.append(self._ap50_now())
        with_nms = self.detector.postprocess
        # At a threshold of 1 nothing overlaps enough to be suppressed.
        self.detector.postprocess = SelectDense(nms_threshold=1.0)
        self.ap50_without_nms.append(self._ap50_now())
        self.detector.postprocess = with_nms

    def _ap50_now(self) -> float:
        found = predict(self.detector, self.test, batch_size=50)
        return evaluate(found, self.truths, num_classes=len(self.test.class_names)).ap50


def results(path: Path = RESULTS) -> dict[str, Any]:
    """Read what the benchmark wrote: the protocol, every run, and seconds per training step."""
    return json.loads(path.read_text(encoding="utf-8"))


def by_seed(found: Mapping[str, Any], figure: str) -> dict[str, list[Any]]:
    """One figure of every run, such as ``"ap50"``: per assigner, in the order of the seeds."""
    return {name: list(by_run(found, name, figure).values()) for name in ENTRANTS}


def by_run(found: Mapping[str, Any], name: str, figure: str) -> dict[int, Any]:
    """One figure of the runs of one assigner, by seed, the smallest seed first."""
    runs = [run for run in found["runs"].values() if run["assigner"] == name]
    return {run["seed"]: run[figure] for run in sorted(runs, key=lambda run: run["seed"])}


def complete_seeds(found: Mapping[str, Any]) -> list[int]:
    """The seeds that every assigner was trained with.

    Only these are averaged, so that every average is over the same scenes and first weights.
    """
    return sorted(set.intersection(*(set(by_run(found, name, "seed")) for name in ENTRANTS)))


def averages(found: Mapping[str, Any], name: str) -> dict[str, float]:
    """Means of an assigner's figures over the complete seeds, and its cost.

    Returns:
        ``ap``, ``ap50``, ``ap50_without_nms``, ``priors_per_object``, ``objects_without``,
        ``ambiguous``, ``flips`` of the last pass, and ``relative_time`` of a training step, where
        the fastest assigner has 1.
    """
    runs = [found["runs"][f"{name}/{seed}"] for seed in complete_seeds(found)]
    figures = (
        "ap",
        "ap50",
        "ap50_without_nms",
        "priors_per_object",
        "objects_without",
        "ambiguous",
    )
    means = {figure: mean(run[figure] for run in runs) for figure in figures}
    seconds = found["seconds_per_step"]
    return means | {
        "flips": mean(run["flips"][-1] for run in runs),
        "relative_time": seconds[name] / min(seconds.values()),
    }


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A paper's claim that one assigner is better than another.

    Attributes:
        text: the claim and the paper.
        before, after: names in ``ENTRANTS``.
        reported: AP in percent on COCO before and after, with a ResNet-50 and the same schedule.
    """

    text: str
    before: str
    after: str
    reported: tuple[float, float]


CLAIMS = (
    Claim(
        # Table 3: RetinaNet with one square anchor and all of FCOS's improvements, 37.0.
        text="ATSS instead of RetinaNet's thresholds (ATSS paper)",
        before="max_iou",
        after="atss",
        reported=(37.0, 39.3),
    ),
    Claim(
        # The same table: FCOS as published has 37.8, with centre sampling 38.6, with ATSS 39.2. What
        # stands here as "before" is centre sampling.
        text="ATSS instead of FCOS's centre sampling (ATSS paper)",
        before="center_sampling",
        after="atss",
        reported=(38.6, 39.2),
    ),
    Claim(
        # 40.7 has a branch for the IoU, as in the released config; the comparison here leaves it out.
        text="OTA and its IoU branch instead of FCOS (OTA paper)",
        before="center_sampling",
        after="ota",
        reported=(38.3, 40.7),
    ),
)


def measured_gains(found: Mapping[str, Any], claim: Claim) -> list[tuple[float, float]]:
    """AP in percent before and after, for each seed that both assigners were trained with."""
    before, after = (by_run(found, name, "ap") for name in (claim.before, claim.after))
    seeds = sorted(before.keys() & after.keys())
    return [(100 * before[seed], 100 * after[seed]) for seed in seeds]
