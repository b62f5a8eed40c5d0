"""The suppression methods that NMSLab offers: their names, their own knob, and what they do in a
sentence.
"""

from collections.abc import Callable
from dataclasses import dataclass

from locviz.postprocess import (
    BalancedNMS,
    DIoUNMS,
    GaussianDecay,
    GreedyNMS,
    IoUGuidedNMS,
    MatrixNMS,
    SoftNMS,
    SuppressionMethod,
    WeightedBoxesFusion,
    linear_decay,
)


@dataclass(frozen=True, kw_only=True)
class Method:
    """One method: ``build`` takes the value of its own ``knob``, or of nothing where that is ``""``.

    Attributes:
        name: what the widget's ``method`` is set to.
        title: what people read.
        says: what it does, in a sentence.
        knob: ``"sigma"``, ``"beta"``, ``"weight"``, or ``""``.
        thresholded: whether the threshold plays a part.
        build: makes the method; None suppresses nothing.
    """

    name: str
    title: str
    says: str
    build: Callable[..., SuppressionMethod] | None
    knob: str = ""
    thresholded: bool = True


METHODS: tuple[Method, ...] = (
    Method(
        name="none",
        title="no suppression",
        says="Every candidate is reported, as by a head that was trained to predict each object once.",
        build=None,
        thresholded=False,
    ),
    Method(
        name="greedy",
        title="greedy NMS",
        says="Keeps the best score, drops what overlaps it by an IoU above the threshold; repeats.",
        build=GreedyNMS,
    ),
    Method(
        name="soft_linear",
        title="Soft-NMS, linear",
        says="Above the threshold a score is multiplied by 1 - IoU instead of being dropped.",
        build=lambda: SoftNMS(decay=linear_decay),
    ),
    Method(
        name="soft_gaussian",
        title="Soft-NMS, Gaussian",
        says="Every score is multiplied by exp(-IoU²/sigma) at every pick; there is no threshold.",
        build=lambda sigma: SoftNMS(decay=GaussianDecay(sigma=sigma)),
        knob="sigma",
        thresholded=False,
    ),
    Method(
        name="diou",
        title="DIoU-NMS",
        says="As greedy, but centres that lie apart lower the overlap: IoU - R^beta is compared.",
        build=lambda beta: DIoUNMS(beta=beta),
        knob="beta",
    ),
    Method(
        name="iou_guided",
        title="IoU-guided NMS",
        says="Keeps the candidate that seems to lie best, with the best score of what it drops.",
        build=IoUGuidedNMS,
    ),
    Method(
        name="matrix",
        title="Matrix-NMS",
        says="All scores decay at once, each by the worst of its better rivals; no threshold.",
        build=lambda sigma: MatrixNMS(decay=GaussianDecay(sigma=sigma)),
        knob="sigma",
        thresholded=False,
    ),
    Method(
        name="fusion",
        title="weighted boxes fusion",
        says="Averages the boxes of a cluster, weighted by their scores, instead of choosing one.",
        build=WeightedBoxesFusion,
    ),
    Method(
        name="balanced",
        title="CL-balanced NMS",
        says="Of a cluster keeps the largest score + weight x closeness to the cluster's centre.",
        build=lambda weight: BalancedNMS(weight=weight),
        knob="weight",
    ),
)
"""In the order in which they are offered."""

BY_NAME = {method.name: method for method in METHODS}
