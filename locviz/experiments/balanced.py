"""The poster "classification-localization balance" at tiny scale: its three parts, alone and together.

``benchmarks/balanced.py`` trains ``coarse_retinanet`` on scenes made to misalign and writes
``data/balanced.json``; ``results`` reads it, ``by_seed`` and ``gains`` give its figures, and each of
``ROWS`` has what the poster reports.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import torch

from locviz.assign import ClassAwareIoU, force_best_ties, retinanet_rule
from locviz.evaluate import divergence, evaluate
from locviz.evaluate.assignment_figures import positives_per_object
from locviz.layers import FeaturePyramid, SmallConvNet
from locviz.losses import dynamic_coefficient, in_diagonals, in_pixels, in_sides
from locviz.models import (
    DenseDetector,
    DenseStages,
    lazy,
    match_rows,
    retinanet_loss,
    retinanet_tiny,
)
from locviz.postprocess import BalancedNMS, PerLabel, SelectDense, batched_nms, class_probability
from locviz.priors import AnchorPriors, octaves
from locviz.train import evaluating, predict
from locviz.types import Predictions, Targets

RESULTS = Path(__file__).parent / "data" / "balanced.json"
NMS_THRESHOLD = 0.5


def coarse_retinanet(num_classes: int, **stages: Any) -> DenseDetector:
    """``retinanet_tiny`` without its finest level, which has three quarters of its anchors and takes
    half of its time: 864 anchors of 20 to 57 pixels on 96 pixels.

    Args:
        num_classes: how many logits per anchor.
        stages: in place of RetinaNet's.
    """
    strides, widths = (8, 16), (16, 32, 64, 128)
    coarse = DenseStages(
        backbone=lazy(SmallConvNet, widths=widths, depths=(1, 2, 2, 2), num_maps=len(strides)),
        neck=lazy(FeaturePyramid, in_channels=widths[-len(strides) :], channels=48),
        priors=lazy(
            AnchorPriors,
            sizes=[octaves(2.5 * stride, num=2) for stride in strides],
            strides=strides,
            ratios=(0.5, 1.0, 2.0),
            offset=0.5,
        ),
    )
    return retinanet_tiny(num_classes, **(coarse | DenseStages(**stages)))


ALPHA = 0.25
"""Of the IoU-classification-aware score. With the threshold of 0.8, an anchor that lies inside its
object is positive from a probability of ``(alpha - 0.2) / alpha``: 0.2 here. With an alpha of 0.5
it would be 0.6, which detectors trained this briefly hardly give; from 0.2 down it is 0, the flood.
"""
# RetinaNet's code forces the best anchors of every object, so this does, too: the two rules then
# differ in the score alone.
AWARE = partial(ClassAwareIoU, alpha=ALPHA, force=force_best_ties)


@dataclass(frozen=True, kw_only=True)
class Training:
    """One way to train.

    Attributes:
        title: in a table.
        assigner: makes the assigner.
        coefficient: of the positives' classification loss, or None.
    """

    title: str
    assigner: Callable[[], Any] = retinanet_rule
    coefficient: Callable[..., Any] | None = None

    def build(self, num_classes: int) -> DenseDetector:
        """The detector with these parts."""
        return coarse_retinanet(
            num_classes,
            assigner=self.assigner(),
            loss=retinanet_loss(coefficient=self.coefficient),
        )


TRAININGS: Mapping[str, Training] = MappingProxyType(
    {
        "plain": Training(title="RetinaNet"),
        "iac": Training(title="IAC", assigner=AWARE),
        "dc": Training(title="DC loss", coefficient=dynamic_coefficient),
        "iac_dc": Training(title="IAC + DC loss", assigner=AWARE, coefficient=dynamic_coefficient),
    }
)
ALPHAS = (0.15, 0.5)
ABLATIONS: Mapping[str, Training] = MappingProxyType(
    {
        **{
            f"iac_alpha_{alpha:g}": Training(
                title=f"IAC, alpha {alpha:g}", assigner=partial(AWARE, alpha=alpha)
            )
            for alpha in ALPHAS
        },
        "dc_pixels": Training(
            title="DC loss, centres in pixels",
            coefficient=partial(dynamic_coefficient, unit=in_pixels),
        ),
    }
)
"""What the poster leaves open, decided otherwise: alpha (``ALPHA`` in ``TRAININGS``), and the unit."""

SELECTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "greedy": batched_nms,
        "balanced": PerLabel(BalancedNMS()),
        # Closeness counts a third, and three times.
        "balanced_0.3": PerLabel(BalancedNMS(weight=0.3)),
        "balanced_3": PerLabel(BalancedNMS(weight=3.0)),
        # Equation 7 as printed: the farther from the centre, the better.
        "printed": PerLabel(BalancedNMS(weight=-1.0)),
    }
)
"""What suppresses: with the same weights, so none of these needs a training of its own."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table.

    Attributes:
        title: which of the three parts it has.
        training: a name in ``TRAININGS`` or ``ABLATIONS``.
        selection: a name in ``SELECTIONS``.
        reported: the poster's AP, AP50 and AP75 on COCO and its mAP on VOC 2007, in percent; None
            where it has no such row.
    """

    title: str
    training: str
    selection: str = "greedy"
    reported: tuple[float, float, float, float] | None = None


ROWS: Mapping[str, Row] = MappingProxyType(
    {
        "baseline": Row(title="RetinaNet", training="plain", reported=(35.9, 56.1, 38.6, 78.2)),
        "iac": Row(title="+ IAC", training="iac", reported=(36.4, 56.5, 39.1, 78.6)),
        "iac_dc": Row(title="+ IAC + DC", training="iac_dc", reported=(37.1, 56.3, 39.7, 79.2)),
        "iac_dc_cl": Row(
            title="+ IAC + DC + CL-NMS",
            training="iac_dc",
            selection="balanced",
            reported=(37.5, 56.9, 40.0, 79.7),
        ),
        "dc": Row(title="DC alone", training="dc"),
        "cl": Row(title="CL-NMS alone", training="plain", selection="balanced"),
        "printed": Row(title="equation 7 as printed, alone", training="plain", selection="printed"),
        "cl_0.3": Row(
            title="CL-NMS alone, closeness x 0.3", training="plain", selection="balanced_0.3"
        ),
        "cl_3": Row(title="CL-NMS alone, closeness x 3", training="plain", selection="balanced_3"),
        "iac_dc_printed": Row(
            title="+ IAC + DC + equation 7 as printed", training="iac_dc", selection="printed"
        ),
        **{name: Row(title=training.title, training=name) for name, training in ABLATIONS.items()},
    }
)
"""The poster's table 2 (ResNet-50, COCO val2017 and VOC 2007 test), and the rows that it leaves out."""


# What is measured


def figures(
    detector: DenseDetector, scenes: Any, *, selections: Sequence[str] = tuple(SELECTIONS)
) -> dict[str, Any]:
    """AP, AP50 and AP75 with some of ``SELECTIONS``, and the divergence before any suppression.

    Args:
        detector: of which the selection is replaced.
        scenes: have a length, ``class_names``, and give ``(image, Targets)`` for an index.
        selections: names in ``SELECTIONS``.

    Returns:
        By selection ``{"ap", "ap50", "ap75"}``, and ``spearman`` (the mean over objects) and
        ``pooled`` of score and IoU over all detections with a score above 0.05; all shares of 1.
    """
    truths = [scenes[index][1] for index in range(len(scenes))]
    found: dict[str, Any] = {}
    for name in selections:
        select = partial(
            SelectDense,
            score=class_probability,
            suppress=SELECTIONS[name],
            nms_threshold=NMS_THRESHOLD,
        )
        detector.postprocess = select()
        boxes = predict(detector, scenes, batch_size=50)
        judged = evaluate(boxes, truths, num_classes=len(scenes.class_names))
        found[name] = {"ap": judged.ap, "ap50": judged.ap50, "ap75": judged.ap75}
    detector.postprocess = SelectDense(
        score=class_probability, nms_threshold=1.0, max_detections=10_000
    )
    apart = divergence(predict(detector, scenes, batch_size=50), truths)
    return {**found, "spearman": apart.mean, "pooled": apart.pooled}


FLOOD_ALPHAS = (0.0, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0)


def flood(
    detector: DenseDetector, scenes: Any, *, alphas: Sequence[float] = FLOOD_ALPHAS
) -> dict[str, dict[str, float]]:
    """How many anchors each object has under the IoU-classification-aware rule, by alpha.

    ``intersection / min(area)`` is 1 for every anchor inside an object, so with a small alpha all
    of them are positive, whatever the detector predicts. ``"retinanet"`` is the rule without it.

    Args:
        detector: whose predictions the rule sees.
        scenes: give ``(image, Targets)``.
        alphas: of ``ClassAwareIoU``, with its own threshold.

    Returns:
        By alpha, as text: ``mean`` and ``most`` positives of an object, ``without`` the share of
        objects that have none.
    """
    predictions, regions, targets = _seen(detector, scenes)
    rules = {"retinanet": retinanet_rule(), **{f"{a:g}": AWARE(alpha=a) for a in alphas}}
    ours, counts = detector.assigner, {}
    for name, rule in rules.items():
        detector.assigner = rule
        counts[name] = positives_per_object(
            detector.assign(predictions, regions, targets), targets
        ).double()
    detector.assigner = ours
    return {
        name: {
            "mean": count.mean().item(),
            "most": count.max().item(),
            "without": (count == 0).double().mean().item(),
        }
        for name, count in counts.items()
    }


def coefficients(detector: DenseDetector, scenes: Any) -> dict[str, list[float]]:
    """How far the dynamic coefficients of a detector's positives lie apart, by the unit of centres.

    Args:
        detector: whose positives are meant, by its own assigner and loss.
        scenes: give ``(image, Targets)``.

    Returns:
        By unit: the smallest, the 10th, 50th and 90th hundredth and the largest of the normalised
        coefficients (equation 2).
    """
    predictions, regions, targets = _seen(detector, scenes)
    assignments = detector.assign(predictions, regions, targets)
    found = {}
    for name, unit in {"sides": in_sides, "diagonals": in_diagonals, "pixels": in_pixels}.items():
        seen: list[torch.Tensor] = []

        def keep(pred, gt, losses, unit=unit, seen=seen):
            seen.append(dynamic_coefficient(pred, gt, losses, unit=unit))
            return seen[-1]

        matched = match_rows(assignments, targets, predictions.priors, coder=detector.coder)
        retinanet_loss(coefficient=keep)(predictions, regions, matched)
        shares = torch.tensor([0.0, 0.1, 0.5, 0.9, 1.0])
        found[name] = torch.quantile(seen[0].float(), shares).tolist()
    return found


def positives(detector: DenseDetector, scenes: Any) -> float:
    """The mean number of positives of an object under the detector's own rule, as it predicts now.

    Args:
        detector: whose rule is meant.
        scenes: give ``(image, Targets)``.
    """
    predictions, regions, targets = _seen(detector, scenes)
    found = positives_per_object(detector.assign(predictions, regions, targets), targets)
    return found.double().mean().item()


def _seen(detector: DenseDetector, scenes: Any) -> tuple[Predictions, torch.Tensor, list[Targets]]:
    images, targets = zip(*(scenes[index] for index in range(len(scenes))), strict=True)
    with evaluating(detector):
        predictions = detector(images)
        return predictions, detector.regions(predictions), list(targets)


# Reading the results


def results(path: Path = RESULTS) -> dict[str, Any]:
    """Read what the benchmark wrote: the command, the protocol, and every run by training and seed."""
    return json.loads(path.read_text(encoding="utf-8"))


def by_seed(found: Mapping[str, Any], row: str, figure: str) -> dict[int, float]:
    """One figure of one row by seed, the smallest seed first; empty where nothing was run.

    Args:
        found: what ``results`` read.
        row: a name in ``ROWS``.
        figure: ``"ap"``, ``"ap50"`` or ``"ap75"`` (a share of 1); ``"spearman"`` or ``"pooled"``,
            which are measured before suppression and so depend on the training alone; or
            ``"positives"``, the mean number of positives of an object at the end.
    """
    wanted = ROWS[row]
    runs = [
        run
        for run in found["runs"].values()
        if run["training"] == wanted.training and wanted.selection in run
    ]
    return {
        run["seed"]: run[wanted.selection][figure] if figure.startswith("ap") else run[figure]
        for run in sorted(runs, key=lambda run: run["seed"])
    }


def complete_seeds(found: Mapping[str, Any]) -> list[int]:
    """The seeds that all of ``TRAININGS`` were run with: only these should be averaged."""
    seeds = [
        {run["seed"] for run in found["runs"].values() if run["training"] == name}
        for name in TRAININGS
    ]
    return sorted(set.intersection(*seeds))


def gains(
    found: Mapping[str, Any], row: str, figure: str, *, over: str = "baseline"
) -> dict[int, float]:
    """How much higher a figure of one row is than that of ``over``, by seed: same first weights,
    same batches.
    """
    ours, theirs = by_seed(found, row, figure), by_seed(found, over, figure)
    return {seed: ours[seed] - theirs[seed] for seed in ours if seed in theirs}
