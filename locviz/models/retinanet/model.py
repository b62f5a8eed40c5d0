"""RetinaNet: Focal Loss for Dense Object Detection (https://arxiv.org/abs/1708.02002).

A detector with one stage classifies a hundred thousand anchors at once. This was faster than two
stages and less accurate, because nearly all anchors are easy background, and their small losses add
up to more than those of the few objects. The focal loss makes the loss of a prior smaller, the
better its class is predicted already. So the hard priors dominate the training, and nothing has to
be sampled.

New here: the head, two towers that share nothing with each other. Shared: everything else.
``retinanet`` is the paper; ``retinanet_r50_fpn`` names each of torchvision's departures from it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Unpack, final

import torch
from torch import Tensor, nn

from locviz.assign import retinanet_rule
from locviz.boxes import CenterSizeCoder
from locviz.layers import (
    FeaturePyramid,
    Prepare,
    ResNet50,
    SmallConvNet,
    from_output,
    heads,
)
from locviz.layers.pyramid import ExtraSource
from locviz.losses import l1_loss, sigmoid_focal_loss, smooth_l1_loss
from locviz.models.compose import compose, lazy, lazy_from
from locviz.models.retinanet.names import TORCHVISION
from locviz.models.retinanet.recipes import RECIPES
from locviz.models.skeletons.coefficient import Coefficient
from locviz.models.skeletons.dense import DenseDetector, DenseStages
from locviz.models.skeletons.dense_loss import DenseLoss, PairLoss, on_deltas
from locviz.models.skeletons.normalise import Normalise, over_batch, over_images
from locviz.models.system import PublishedWeights, System
from locviz.postprocess import SelectDense, class_probability
from locviz.priors import AnchorPriors, fitted_spacing, octaves, retinanet_anchors, rounded_halves

# The paper has "the standard Smooth L1" and gives no beta, which is where the loss changes from
# quadratic to linear; 0.11 (about 1/9) is from the authors' code.
SMOOTH_L1 = partial(smooth_l1_loss, beta=0.11)
STRIDES = (8, 16, 32, 64, 128)
RATIOS = (0.5, 1.0, 2.0)


@final
class RetinaNetHead(nn.Module):
    """Two towers shared by all levels: class logits are computed from one, box deltas from the
    other.

    Args:
        in_channels: channels of every level.
        num_classes: how many logits per anchor. Each is a yes or no of its own, so the background
            needs none.
        num_anchors: anchors per cell.
        num_convs: 3x3 convolutions per tower, each with ReLU.
        dim: 2 for boxes, 1 for spans.
        predicts_quality: whether one more convolution on the box tower predicts the quality of each
            box (IoU rescoring); the other weights are drawn as without it.
    """

    def __init__(
        self,
        *,
        in_channels: int,
        num_classes: int,
        num_anchors: int,
        num_convs: int = 4,
        dim: int = 2,
        predicts_quality: bool = False,
    ):
        super().__init__()
        self.num_classes, self.num_coords = num_classes, 2 * dim
        self.towers = nn.ModuleList(heads.tower(in_channels, num_convs, dim=dim) for _ in range(2))
        self.logits = heads.convolution(dim, in_channels, num_anchors * num_classes)
        self.deltas = heads.convolution(dim, in_channels, num_anchors * self.num_coords)
        for layer in self.modules():
            if isinstance(layer, nn.Conv1d | nn.Conv2d):
                heads.start_near_zero(layer)
        # After the loop, which sets every bias to 0.
        heads.start_at_probability(self.logits)
        # Last, so that no other weight depends on whether it is there.
        self.quality = heads.quality(dim, in_channels, num_anchors) if predicts_quality else None

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return logits (b, p, k) and deltas (b, p, 2*dim): level by level, cell by cell, anchor by
        anchor. The third result are quality logits (b, p), or None: the paper predicts no quality.
        """
        towers = [[tower(level) for tower in self.towers] for level in levels]
        logits = [heads.rows(self.logits(what), self.num_classes) for what, _ in towers]
        deltas = [heads.rows(self.deltas(where), self.num_coords) for _, where in towers]
        quality = None
        if self.quality is not None:
            quality = torch.cat([heads.rows(self.quality(where), 1) for _, where in towers], 1)
        return (
            torch.cat(logits, 1),
            torch.cat(deltas, 1),
            None if quality is None else quality[..., 0],
        )


def retinanet_loss(
    *,
    regression: PairLoss = SMOOTH_L1,
    normalise: Normalise = over_batch,
    coefficient: Coefficient | None = None,
) -> DenseLoss:
    """Focal loss over all anchors and Smooth L1 on the deltas of the positive ones, both divided by
    the number of positives.

    The paper divides image by image, the authors' code by the positives of a batch: here the batch,
    ``normalise=over_images`` is the other.
    """
    return DenseLoss(
        # Section 4.1: gamma 2 works well, and for it alpha 0.25 works best.
        classification=partial(sigmoid_focal_loss, alpha=0.25, gamma=2.0),
        regression=regression,
        compared=on_deltas,
        normalise=normalise,
        coefficient=coefficient,
    )


def _paper(num_classes: int, *, channels: int = 256, dim: int = 2) -> DenseStages:
    return DenseStages(
        prepare=lazy(Prepare, shorter=800, longer=1333),
        priors=lazy(retinanet_anchors),
        head=lazy_from(
            lambda priors: RetinaNetHead(
                in_channels=channels,
                num_classes=num_classes,
                num_anchors=priors.num_per_cell,
                dim=dim,
            )
        ),
        coder=lazy(CenterSizeCoder),
        assigner=lazy(retinanet_rule),
        loss=lazy(retinanet_loss),
        # Section 4.1: scores from 0.05, at most 1,000 predictions per level, NMS at 0.5.
        postprocess=lazy(
            SelectDense,
            score=class_probability,
            threshold=0.05,
            top_k=1000,
            nms_threshold=0.5,
            # As many as COCO evaluates.
            max_detections=100,
        ),
    )


def retinanet(
    num_classes: int, *, channels: int = 256, dim: int = 2, **stages: Unpack[DenseStages]
) -> DenseDetector:
    """RetinaNet as the paper has it, around a backbone and a neck; any stage by keyword.

    ``retinanet_tiny(3, assigner=ATSS())`` changes which anchor is responsible for which object, and
    nothing else.

    Args:
        num_classes: how many logits per anchor.
        channels: of every level that the neck gives.
        dim: 2 for boxes, 1 for spans: then give ``priors`` with one ratio and a ``prepare`` for
            clips, too.
        stages: what to put in place of the paper's.
    """
    return compose(DenseDetector, _paper(num_classes, channels=channels, dim=dim) | stages)


def retinanet_r50_fpn(
    num_classes: int,
    *,
    extra_source: ExtraSource = from_output,
    norm: Callable[[int], nn.Module] | None = None,
    **stages: Unpack[DenseStages],
) -> DenseDetector:
    """The model that torchvision calls ``retinanet_resnet50_fpn``, each of its departures from the
    paper named: 36.4 box AP on COCO val2017, by its authors' figure.

    P6 is made from P5; anchors have sizes cut to whole pixels, lie at the cells' corners, as far
    apart as the input fits, and are rounded; the regression is L1 in place of Smooth L1; every
    image counts the same, whatever its number of objects; up to 300 detections are kept. With
    ``retinanet_r50_fpn(80, extra_source=from_backbone, priors=retinanet_anchors(),
    loss=retinanet_loss())`` it is the paper's model again, but for the 300 detections. torchvision
    counts the background as class 0 of 91.

    Args:
        num_classes: how many logits per anchor.
        extra_source: what P6 is made from: ``from_output`` (P5) or ``from_backbone`` (C5, the
            paper).
        norm: of the backbone; None is frozen batch norm, as in training from published weights.
        stages: what to put in place of torchvision's.
    """
    departures = DenseStages(
        backbone=lazy(ResNet50, norm=norm),
        neck=lazy(
            FeaturePyramid,
            in_channels=ResNet50.channels,
            channels=256,
            num_extra=2,
            extra_source=extra_source,
        ),
        priors=lazy(
            AnchorPriors,
            sizes=[tuple(int(size) for size in octaves(4.0 * s)) for s in STRIDES],
            strides=STRIDES,
            ratios=RATIOS,
            shape=rounded_halves,
            offset=0.0,
            spacing=fitted_spacing,
        ),
        loss=lazy(retinanet_loss, regression=l1_loss, normalise=over_images),
        postprocess=lazy(
            SelectDense, score=class_probability, nms_threshold=0.5, max_detections=300
        ),
    )
    return compose(DenseDetector, _paper(num_classes) | departures | stages)


def retinanet_tiny(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """RetinaNet for images of 64 to 128 pixels: trains in a minute on two CPU cores.

    Two sizes an octave, from 10 pixels at stride 4 to 57 at stride 16, because objects have 8 to
    48: six anchors per cell, 2,016 on 64 pixels.
    """
    strides, channels, widths = (4, 8, 16), 48, (16, 32, 64, 128)
    small = DenseStages(
        prepare=lazy(Prepare, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25), divisor=strides[-1]),
        backbone=lazy(SmallConvNet, widths=widths, depths=(1, 2, 2, 2)),
        neck=lazy(FeaturePyramid, in_channels=widths[-3:], channels=channels),
        priors=lazy(
            AnchorPriors,
            sizes=[octaves(2.5 * s, num=2) for s in strides],
            strides=strides,
            ratios=RATIOS,
            offset=0.5,
        ),
        head=lazy_from(
            lambda priors: RetinaNetHead(
                in_channels=channels,
                num_classes=num_classes,
                num_anchors=priors.num_per_cell,
                num_convs=2,
            )
        ),
    )
    return compose(DenseDetector, _paper(num_classes, channels=channels) | small | stages)


RETINANET = System(
    title="RetinaNet",
    paper="https://arxiv.org/abs/1708.02002",
    chapter=8,
    presets=(retinanet_tiny, retinanet_r50_fpn),
    tiny=retinanet_tiny,
    recipes=RECIPES,
    weights=(
        PublishedWeights(
            name="retinanet_r50_fpn-coco",
            url="https://download.pytorch.org/models/retinanet_resnet50_fpn_coco-eeacb38b.pth",
            licence="BSD-3-Clause",
            reported="box AP 36.4 on COCO val2017",
            # COCO's category ids with their gaps; class 0 is the background and is never predicted.
            # These weights were trained when torchvision's frozen batch norm had no epsilon.
            build=lambda: retinanet_r50_fpn(91, backbone=ResNet50(eps=0.0)),
            table=TORCHVISION,
        ),
    ),
    origin="torchvision's retinanet_resnet50_fpn, with retinanet_r50_fpn",
)
