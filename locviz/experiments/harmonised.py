"""Do classes and boxes agree? One base detector, continued with and without what "Modulating
localization and classification" (arXiv:2103.08958) proposes, and with what it compares with.

``benchmarks/harmonised.py`` trains and writes ``data/harmonised.json``; ``results`` reads it,
``by_seed`` and ``gains`` give its figures, ``REPORTED`` has the paper's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, final

from torch import Tensor, nn

from locviz.assign import (
    BalancedSampler,
    CenterSampling,
    MutualLabelling,
    PositivesAndIgnored,
    SampledApart,
    level_ranges,
    retinanet_rule,
    rpn_rule,
)
from locviz.experiments.harmonised_results import BASELINE
from locviz.experiments.harmonised_results import REPORTED as REPORTED
from locviz.experiments.harmonised_results import RESULTS as RESULTS
from locviz.experiments.harmonised_results import by_seed as by_seed
from locviz.experiments.harmonised_results import gains as gains
from locviz.experiments.harmonised_results import results as results
from locviz.experiments.harmony_figures import dense_figures, proposal_figures
from locviz.experiments.harmony_figures import divergence_inside as divergence_inside
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
from locviz.types import Detections, Losses, Targets

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
