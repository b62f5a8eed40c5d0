"""Do classes and boxes agree? One base detector, continued with and without what "Modulating
localization and classification" (arXiv:2103.08958) proposes, and with what it compares with.

``benchmarks/harmonised.py`` trains and writes ``data/harmonised.json``; ``results`` reads it,
``by_seed`` and ``gains`` give its figures, ``REPORTED`` has the paper's.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, final

import torch
from torch import Tensor, nn

from locviz.assign import (
    BalancedSampler,
    CenterSampling,
    MutualLabelling,
    PositivesAndIgnored,
    SampledApart,
    inside_boxes,
    level_ranges,
    retinanet_rule,
    rpn_rule,
)
from locviz.boxes import iou
from locviz.evaluate import divergence, evaluate, proposal_recall, spearman
from locviz.evaluate.coco import IOU_THRESHOLDS
from locviz.inputs import as_inputs
from locviz.losses import giou_loss, smooth_l1_loss
from locviz.models import (
    DenseDetector,
    IoURescoring,
    MultiTaskLoss,
    PredictionAlignment,
    RetinaNetHead,
    RPNHead,
    TwoStageDetector,
    WithTerms,
    classified,
    faster_rcnn_tiny,
    fcos_loss,
    fcos_tiny,
    hold_boxes,
    hold_nothing,
    lazy_from,
    objectness_loss,
    retinanet_loss,
    retinanet_tiny,
)
from locviz.models.skeletons.frames import training_targets
from locviz.postprocess import (
    IoUGuidedNMS,
    PerLabel,
    SelectDense,
    class_probability,
    geometric_mean,
    product,
)
from locviz.train import evaluating, predict
from locviz.types import Detections, Losses, Targets

RESULTS = Path(__file__).parent / "data" / "harmonised.json"
BASELINE = "plain"
"""The variant that is trained on without any change: what all others are compared with."""

Change = Callable[[Any], None]


@dataclass(frozen=True, kw_only=True)
class Variant:
    """What is changed when the base is continued.

    Attributes:
        title: in a table.
        change: makes it, in place, before the first step of the continuation.
        shown: other ways to decide with the trained weights, by the name of another row: changes of
            the postprocess, no training.
    """

    title: str
    change: Change
    shown: Mapping[str, Change] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Study:
    """One detector and what is done to it.

    Attributes:
        title: of the detector.
        build: its base, of so many classes; the layers that a variant trains are there already.
        variants: by name; ``BASELINE`` is one of them.
        measure: ``(detector, scenes)`` to figures, shares of 1.
    """

    title: str
    build: Callable[[int], nn.Module]
    variants: Mapping[str, Variant]
    measure: Callable[[Any, Any], dict[str, float]]


def _nothing(detector: Any) -> None:
    """Leave the detector as it is."""


# FCOS without its centre-ness, the paper's FCOS-


def fcos_base(num_classes: int) -> DenseDetector:
    """``fcos_tiny`` without centre-ness. Its head has the convolution, which nothing trains yet."""
    return fcos_tiny(
        num_classes,
        loss=fcos_loss(regression=giou_loss, quality=None),
        postprocess=SelectDense(score=class_probability),
    )


def _labelled(detector: DenseDetector) -> None:
    # All points inside an object, on the level that fcos_tiny has for its size (FCOS without the
    # sampling of centres). FCOS ignores nothing, so all weigh 1, whatever alpha.
    own = CenterSampling(ranges=level_ranges((4, 8, 16), reach=3))
    detector.assigner = MutualLabelling(candidates=PositivesAndIgnored(own))


def _rescored(detector: DenseDetector, *, gamma: float = 1.0, **options: Any) -> None:
    detector.criterion = WithTerms(
        detector.criterion, {"iou": IoURescoring(**options)}, weights={"iou": gamma}
    )
    detector.postprocess = SelectDense(score=product)


def _both(detector: DenseDetector, **options: Any) -> None:
    _labelled(detector)
    _rescored(detector, **options)


def _labelled_everywhere(detector: DenseDetector) -> None:
    detector.assigner = MutualLabelling()


def _both_everywhere(detector: DenseDetector) -> None:
    _labelled_everywhere(detector)
    _rescored(detector)


def _aligned(detector: DenseDetector, **options: Any) -> None:
    detector.criterion = WithTerms(
        detector.criterion, {"alignment": PredictionAlignment(**options)}
    )


def _centered(detector: DenseDetector) -> None:
    detector.criterion = fcos_loss(regression=giou_loss)
    detector.postprocess = SelectDense(score=geometric_mean)


def _iou_guided(detector: DenseDetector) -> None:
    detector.postprocess = SelectDense(score=class_probability, suppress=PerLabel(IoUGuidedNMS()))


FCOS_VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        BASELINE: Variant(title="FCOS without centre-ness", change=_nothing),
        "centerness": Variant(title="+ centre-ness", change=_centered),
        "alignment": Variant(title="+ prediction alignment", change=_aligned),
        "labelling": Variant(title="+ mutual labelling", change=_labelled),
        "rescoring": Variant(
            title="+ IoU rescoring", change=_rescored, shown={"iou_nms": _iou_guided}
        ),
        "both": Variant(title="+ both", change=_both),
    }
)
SHOWN: Mapping[str, str] = MappingProxyType(
    {"iou_nms": "IoU rescoring's predictions, but IoU-guided NMS"}
)
"""Titles of the rows that need no training of their own."""

ABLATIONS: Mapping[str, Variant] = MappingProxyType(
    {
        "rescoring_gamma_0.25": Variant(
            title="IoU rescoring, gamma 0.25", change=partial(_rescored, gamma=0.25)
        ),
        "rescoring_gamma_4": Variant(
            title="IoU rescoring, gamma 4", change=partial(_rescored, gamma=4.0)
        ),
        "rescoring_free": Variant(
            title="IoU rescoring, boxes learn from it, too",
            change=partial(_rescored, hold=hold_nothing),
        ),
        "both_classified": Variant(
            title="both, the IoU learned by the classification's positives alone",
            change=partial(_both, rows=classified),
        ),
        # The paper takes "all samples located inside the ground-truth boxes" and does not say
        # whether on all levels.
        "labelling_everywhere": Variant(
            title="mutual labelling on all levels", change=_labelled_everywhere
        ),
        "both_everywhere": Variant(title="both, on all levels", change=_both_everywhere),
        "alignment_held": Variant(
            title="prediction alignment, boxes do not learn from it",
            change=partial(_aligned, hold=hold_boxes),
        ),
    }
)
"""What the paper leaves open, decided the other way; all on FCOS."""


# RetinaNet


def retinanet_base(num_classes: int) -> DenseDetector:
    """``retinanet_tiny`` with a convolution for the IoU, which nothing trains yet."""
    head = lazy_from(
        lambda priors: RetinaNetHead(
            in_channels=48,
            num_classes=num_classes,
            num_anchors=priors.num_per_cell,
            num_convs=2,
            predicts_quality=True,
        )
    )
    detector = retinanet_tiny(num_classes, head=head, loss=retinanet_loss())
    detector.postprocess = SelectDense(score=class_probability, nms_threshold=0.5)
    return detector


def _anchors_labelled(detector: DenseDetector) -> None:
    own = PositivesAndIgnored(retinanet_rule())
    detector.assigner = MutualLabelling(candidates=own, alpha=0.5)


def _anchors_rescored(detector: DenseDetector) -> None:
    detector.criterion = WithTerms(detector.criterion, {"iou": IoURescoring()})
    detector.postprocess = SelectDense(score=product, nms_threshold=0.5)


def _anchors_both(detector: DenseDetector) -> None:
    _anchors_labelled(detector)
    _anchors_rescored(detector)


RETINANET_VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        BASELINE: Variant(title="RetinaNet", change=_nothing),
        "labelling": Variant(title="+ mutual labelling", change=_anchors_labelled),
        "rescoring": Variant(title="+ IoU rescoring", change=_anchors_rescored),
        "both": Variant(title="+ both", change=_anchors_both),
    }
)


# The proposal network


@final
class ProposalsOnly(nn.Module):
    """A detector with two stages of which the first alone is trained.

    Args:
        detector: of which the second stage is never called.
    """

    def __init__(self, detector: TwoStageDetector):
        super().__init__()
        # Not registered: the second stage would count as trainable.
        self.prepare, self.backbone, self.neck = detector.prepare, detector.backbone, detector.neck
        self.proposer: Any = detector.proposer
        self.whole = (detector,)

    def loss(self, inputs: Sequence[Tensor], targets: Sequence[Targets]) -> Losses:
        """The losses of the first stage for images (3, h, w)."""
        batch, levels = self.whole[0].features(inputs)
        scaled = training_targets(inputs, targets, batch.scales, num_classes=None)
        return self.proposer.loss(as_inputs(inputs), batch, levels, scaled)[1]

    def detect(self, inputs: Sequence[Tensor]) -> list[Detections]:
        """The proposals of each image (3, h, w)."""
        return self.whole[0].propose(inputs)


def rpn_base(num_classes: int) -> ProposalsOnly:
    """The proposal network of ``faster_rcnn_tiny`` with a convolution for the IoU, which nothing
    trains and nothing reads yet.
    """
    head = lazy_from(
        lambda priors: RPNHead(
            in_channels=48, num_anchors=priors.num_per_cell, predicts_quality=True
        )
    )
    loss = MultiTaskLoss(
        classification=objectness_loss, regression=partial(smooth_l1_loss, beta=1 / 9)
    )
    detector = ProposalsOnly(faster_rcnn_tiny(num_classes, rpn_head=head, rpn_loss=loss))
    _set_aside_quality(detector)
    return detector


def _set_aside_quality(detector: ProposalsOnly) -> None:
    head = detector.proposer.head
    head.unread, head.quality = head.quality, None


def _regions_labelled(detector: ProposalsOnly) -> None:
    own = PositivesAndIgnored(rpn_rule())
    detector.proposer.assigner = MutualLabelling(candidates=own, alpha=2.0)
    detector.proposer.sampler = SampledApart(BalancedSampler(size=64, positive_fraction=0.5))


def _regions_rescored(detector: ProposalsOnly) -> None:
    network = detector.proposer
    network.head.quality, network.head.unread = network.head.unread, None
    network.criterion = WithTerms(network.criterion, {"iou": IoURescoring()})


def _regions_both(detector: ProposalsOnly) -> None:
    _regions_labelled(detector)
    _regions_rescored(detector)


RPN_VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        BASELINE: Variant(title="RPN", change=_nothing),
        "labelling": Variant(title="+ mutual labelling", change=_regions_labelled),
        "rescoring": Variant(title="+ IoU rescoring", change=_regions_rescored),
        "both": Variant(title="+ both", change=_regions_both),
    }
)


# What is measured


def dense_figures(detector: DenseDetector, scenes: Any) -> dict[str, float]:
    """AP, AP50, AP75, and the rank correlations of score and IoU, each over two populations.

    ``spearman`` is the mean over objects and ``pooled`` is over all candidates together, of the
    detections before suppression with a class probability above 0.05 (``locviz.evaluate.divergence``).
    ``spearman_inside`` and ``pooled_inside`` are of all priors whose centre lies inside an object,
    whatever their score: the candidates of mutual labelling, and so the same places for all
    variants. The score is what detections are ranked by.
    """
    truths = [scenes[index][1] for index in range(len(scenes))]
    found = evaluate(
        predict(detector, scenes, batch_size=50), truths, num_classes=len(scenes.class_names)
    )
    ours, every = (
        detector.postprocess,
        SelectDense(
            score=detector.postprocess.score,  # type: ignore[attr-defined]
            nms_threshold=1.0,
            max_detections=10_000,
        ),
    )
    detector.postprocess = every
    apart = divergence(predict(detector, scenes, batch_size=50), truths)
    detector.postprocess = ours
    inside = divergence_inside(detector, scenes)
    return {
        "ap": found.ap,
        "ap50": found.ap50,
        "ap75": found.ap75,
        "spearman": apart.mean,
        "pooled": apart.pooled,
        "spearman_inside": inside[0],
        "pooled_inside": inside[1],
    }


def divergence_inside(detector: DenseDetector, scenes: Any) -> tuple[float, float]:
    """Spearman's correlation of the score of the right class and the IoU of the predicted box, over
    the priors whose centre lies inside an object: the mean over objects, and pooled.
    """
    per_object, scores, overlaps = [], [], []
    for first in range(0, len(scenes), 50):
        images, targets = zip(
            *(scenes[i] for i in range(first, min(first + 50, len(scenes)))), strict=True
        )
        with evaluating(detector):
            predictions = detector(images)
            regions = detector.regions(predictions)
        combine = detector.postprocess.score  # type: ignore[attr-defined]
        for i, target in enumerate(targets):
            owner = inside_boxes(predictions.priors, target.boxes).owner
            rows = (owner >= 0).nonzero()[:, 0]
            owner = owner[rows]
            quality = predictions.quality
            known = None if quality is None else quality[i, rows].sigmoid()[:, None]
            score = combine(predictions.logits[i, rows].sigmoid(), known)
            score = score[torch.arange(len(rows)), target.labels[owner]]
            overlap = iou(regions[i, rows], target.boxes[owner])
            scores.append(score)
            overlaps.append(overlap)
            for number in owner.unique().tolist():
                own = owner == number
                if int(own.sum()) >= 3:
                    per_object.append(spearman(score[own], overlap[own]))
    mean = torch.tensor(per_object).nanmean().item()
    return mean, spearman(torch.cat(scores), torch.cat(overlaps))


NUM_PROPOSALS = (5, 15, 50)
"""How many proposals count. COCO's scenes have seven objects and the paper counts 100, 300 and
1,000; these have two to five.
"""


def proposal_figures(detector: ProposalsOnly, scenes: Any) -> dict[str, float]:
    """Average recall, the mean over the IoUs 0.5 to 0.95, of the first 5, 15 and 50 proposals."""
    truths = [scenes[index][1] for index in range(len(scenes))]
    found = predict(detector, scenes, batch_size=50)
    return {
        f"ar{num}": proposal_recall(found, truths, num=num, thresholds=IOU_THRESHOLDS.tolist())
        .mean()
        .item()
        for num in NUM_PROPOSALS
    }


STUDIES: Mapping[str, Study] = MappingProxyType(
    {
        "fcos": Study(
            title="FCOS without centre-ness",
            build=fcos_base,
            variants={**FCOS_VARIANTS, **ABLATIONS},
            measure=dense_figures,
        ),
        "retinanet": Study(
            title="RetinaNet",
            build=retinanet_base,
            variants=RETINANET_VARIANTS,
            measure=dense_figures,
        ),
        "rpn": Study(title="RPN", build=rpn_base, variants=RPN_VARIANTS, measure=proposal_figures),
    }
)

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


# Reading the results


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
