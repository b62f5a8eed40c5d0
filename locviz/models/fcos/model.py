"""FCOS: Fully Convolutional One-Stage Object Detection (https://arxiv.org/abs/1904.01355, arXiv
2006.09214).

Every point of the feature maps that lies inside a box predicts the class of the box and its own
distances to the four sides; there are no anchors. Overlapping boxes mostly differ in size, so each
pyramid level is responsible for one range of sizes. A point that still lies in several boxes
belongs to the smallest. A third output, centre-ness, learns to lower the scores of points near a
box's edge.

New here: the head, with a learnable scale per level. Shared: everything else. The compositions
below differ only in the stages that they name: ``fcos_r50`` is the paper, and
``fcos_r50_torchvision`` names each of torchvision's departures from it.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Unpack, final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.assign import (
    FCOS_RANGES,
    CenterSampling,
    centerness,
    level_ranges,
    open_range,
    smallest_area_float32,
)
from locviz.boxes import SideDistanceCoder
from locviz.layers import FeaturePyramid, Prepare, ResNet50, Scale, SmallConvNet, heads
from locviz.losses import giou_loss, log_iou_loss, sigmoid_focal_loss
from locviz.models.compose import compose, lazy
from locviz.models.fcos.names import TORCHVISION
from locviz.models.fcos.recipes import LIVE, RECIPES
from locviz.models.skeletons.coefficient import Coefficient
from locviz.models.skeletons.dense import DenseDetector, DenseStages
from locviz.models.skeletons.dense_loss import DenseLoss, PairLoss, by_quality, equally
from locviz.models.system import PublishedWeights, System
from locviz.postprocess import SelectDense, geometric_mean
from locviz.priors import PointPriors, fitted_spacing

STRIDES = (8, 16, 32, 64, 128)


@final
class FCOSHead(nn.Module):
    """Two towers shared by all levels: class logits are computed from one, side distances from the
    other, centre-ness from either.

    Args:
        in_channels: channels of every level.
        num_classes: how many logits per point.
        num_levels: how many levels, hence scales.
        num_convs: 3x3 convolutions per tower, each with group norm.
        num_groups: of the group norm.
        scale: makes one level's scale; ``nn.Identity`` is torchvision's departure.
        positive: turns any real number into a distance: ``torch.exp`` in the paper, ``F.relu`` in
            the improved version.
        dim: 2 for boxes, 1 for spans.
        quality_tower: which tower predicts the centre-ness: 0 classification (paper), 1 regression
            (improved version); None for a head without it.
    """

    def __init__(
        self,
        *,
        in_channels: int,
        num_classes: int,
        num_levels: int,
        num_convs: int = 4,
        num_groups: int = 32,
        scale: Callable[[], nn.Module] = Scale,
        positive: Callable[[Tensor], Tensor] = torch.exp,
        quality_tower: int | None = 0,
        dim: int = 2,
    ):
        super().__init__()
        norm = partial(nn.GroupNorm, num_groups)
        self.towers = nn.ModuleList(
            heads.tower(in_channels, num_convs, dim=dim, norm=norm) for _ in range(2)
        )
        self.logits = heads.convolution(dim, in_channels, num_classes)
        self.distances = heads.convolution(dim, in_channels, 2 * dim)
        self.quality = None if quality_tower is None else heads.convolution(dim, in_channels, 1)
        self.scales = nn.ModuleList(scale() for _ in range(num_levels))
        self.positive, self.quality_tower = positive, quality_tower
        for layer in self.modules():
            if isinstance(layer, nn.Conv1d | nn.Conv2d):
                heads.start_near_zero(layer)
        # After the loop, which sets every bias to 0.
        heads.start_at_probability(self.logits)

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor | None]:
        """Return logits (b, p, k), non-negative distances (b, p, 2*dim) and centre-ness logits (b,
        p) of all levels, or None for the last.
        """
        logits, distances, quality = [], [], []
        for level, scale in zip(levels, self.scales, strict=True):
            towers = [tower(level) for tower in self.towers]
            # The convolution is shared by all levels, but a distance is longer on a coarse one:
            # hence a scale for each.
            sides = self.positive(scale(self.distances(towers[1])))
            logits.append(heads.rows(self.logits(towers[0]), self.logits.out_channels))
            distances.append(heads.rows(sides, self.distances.out_channels))
            if self.quality is not None and self.quality_tower is not None:
                quality.append(heads.rows(self.quality(towers[self.quality_tower]), 1)[..., 0])
        return (
            torch.cat(logits, 1),
            torch.cat(distances, 1),
            torch.cat(quality, 1) if quality else None,
        )


def fcos_loss(
    *,
    regression: PairLoss = log_iou_loss,
    weigh: Callable[[Tensor], Tensor] = by_quality,
    quality: PairLoss | None = centerness,
    coefficient: Coefficient | None = None,
) -> DenseLoss:
    """Equation 2 of the paper: focal loss for the classes, an overlap loss for the boxes, weighed by
    centre-ness, and cross-entropy for the centre-ness.

    With ``quality=None`` there is no centre-ness, neither as a term nor as a weight. (The MLC paper
    calls such a detector FCOS-.) If the head predicts one all the same, leave it out of the score:
    ``postprocess=SelectDense(score=class_probability)``.
    """
    return DenseLoss(
        # RetinaNet's numbers, which the authors' code keeps.
        classification=partial(sigmoid_focal_loss, alpha=0.25, gamma=2.0),
        regression=regression,
        quality=quality,
        weigh=weigh,
        coefficient=coefficient,
    )


def fcos(
    num_classes: int, *, channels: int = 256, dim: int = 2, **stages: Unpack[DenseStages]
) -> DenseDetector:
    """FCOS as the first paper and its code have it, around a backbone and a neck; any stage by
    keyword.

    ``fcos(10, backbone=..., neck=..., assigner=my_assigner)`` changes which place is responsible
    for what, and nothing else.

    Args:
        num_classes: how many logits per point.
        channels: of every level that the neck gives.
        dim: 2 for boxes, 1 for spans: then give a ``prepare`` for clips, too.
        stages: what to put in place of the paper's.
    """
    return compose(DenseDetector, _paper(num_classes, channels=channels, dim=dim) | stages)


def _paper(num_classes: int, *, channels: int = 256, dim: int = 2) -> DenseStages:
    return DenseStages(
        # The usual size for COCO since FPN: the shorter side 800, the longer at most 1333.
        prepare=lazy(Prepare, shorter=800, longer=1333),
        priors=lazy(PointPriors, strides=STRIDES),
        head=lazy(
            FCOSHead,
            in_channels=channels,
            num_classes=num_classes,
            num_levels=len(STRIDES),
            dim=dim,
        ),
        coder=lazy(SideDistanceCoder, units="absolute"),
        assigner=lazy(CenterSampling, ranges=FCOS_RANGES),
        loss=lazy(fcos_loss),
        # The defaults of the authors' code; RetinaNet's are the same but for NMS at 0.5.
        postprocess=lazy(
            SelectDense, threshold=0.05, top_k=1000, nms_threshold=0.6, max_detections=100
        ),
    )


def fcos_r50(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """The paper's model: ResNet-50, P3 to P7 of 256 channels, shorter side 800. 37.1 AP on COCO
    minival (their code).

    It starts from random weights; ``backbone=ResNet50(weights=..., num_frozen=2)`` starts from
    ImageNet's. The original used Caffe2's ImageNet weights with BGR pixels in 0..255, ours are
    torchvision's with RGB in 0..1.
    """
    return compose(DenseDetector, _paper(num_classes) | _r50() | stages)


def fcos_r50_improved(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """The "improvements" of the authors' code, 38.7 AP: centre sampling, GIoU, distances in
    strides, centre-ness predicted by the tower of the distances.

    A departure: their code adds 1 to the intersection and the union inside GIoU, ours does not.
    """
    improved = DenseStages(
        head=lazy(
            FCOSHead,
            in_channels=256,
            num_classes=num_classes,
            num_levels=5,
            positive=F.relu,
            quality_tower=1,
        ),
        coder=lazy(SideDistanceCoder, units="prior"),
        assigner=lazy(CenterSampling, ranges=FCOS_RANGES, radius=1.5),
        loss=lazy(fcos_loss, regression=giou_loss),
    )
    return compose(DenseDetector, _paper(num_classes) | _r50() | improved | stages)


def fcos_r50_torchvision(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """The model that torchvision calls FCOS, each of its departures from the paper named by a
    keyword.

    The improved head, but: points at the cells' corners, as far apart as the input fits; no scale
    per level; sizes at the very end of a range belong to no level; smallest area in float32;
    positives weighed equally; the threshold on the final score, at 0.2. Checkpoints of
    ``fcos_resnet50_fpn`` load into it (``locviz.checkpoints``); theirs count the background as
    class 0 of 91.
    """
    departures = DenseStages(
        priors=lazy(PointPriors, strides=STRIDES, offset=0.0, spacing=fitted_spacing),
        head=lazy(
            FCOSHead,
            in_channels=256,
            num_classes=num_classes,
            num_levels=5,
            scale=nn.Identity,
            positive=F.relu,
            quality_tower=1,
        ),
        coder=lazy(SideDistanceCoder, units="prior"),
        assigner=lazy(
            CenterSampling,
            ranges=FCOS_RANGES,
            radius=1.5,
            within=open_range,
            winner=smallest_area_float32,
        ),
        loss=lazy(fcos_loss, regression=giou_loss, weigh=equally),
        postprocess=lazy(SelectDense, gate=geometric_mean, threshold=0.2),
    )
    return compose(DenseDetector, _paper(num_classes) | _r50() | departures | stages)


def fcos_tiny(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """FCOS for images of 64 to 128 pixels: trains in a minute on two CPU cores.

    Points every 4 pixels, because objects start at 8: with 8 to 32 instead, AP50 on crowded scenes
    falls from 0.90 to 0.74 after as many steps (2,000 of 16 images, one seed).
    """
    small = small_fcos(
        num_classes,
        widths=(16, 32, 64, 128),
        depths=(1, 2, 2, 2),
        channels=48,
        strides=(4, 8, 16),
        reach=3,
    )
    return compose(DenseDetector, _paper(num_classes) | small | stages)


def fcos_small(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """FCOS for photographs without pre-trained weights, at 240 pixels: trains in half an hour on a
    CPU.
    """
    small = small_fcos(
        num_classes,
        widths=(24, 48, 96, 128, 192),
        depths=(1, 2, 2, 2, 1),
        channels=96,
        strides=(8, 16, 32),
        reach=4,
    )
    photographs = DenseStages(prepare=lazy(Prepare, shorter=240, longer=480))
    return compose(DenseDetector, _paper(num_classes) | small | photographs | stages)


def small_fcos(
    num_classes: int,
    *,
    widths: Sequence[int],
    depths: Sequence[int],
    channels: int,
    strides: tuple[int, int, int],
    reach: int,
    dim: int = 2,
    in_channels: int = 3,
) -> DenseStages:
    """The stages of an improved FCOS on three levels, for ``fcos(..., **stages)``.

    Args:
        num_classes: how many logits per point.
        widths, depths: of the ``SmallConvNet``.
        channels: of every level.
        strides: of the levels, finest first.
        reach: level i is responsible for side distances of up to ``reach`` strides.
        dim: 2 for boxes, 1 for spans.
        in_channels: 3 for pixels, the number of features for clips.
    """
    return DenseStages(
        # Pixels become -2..2: ImageNet's means belong to its photographs and its weights. Padding
        # to the coarsest stride gives every level whole cells.
        prepare=lazy(Prepare, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25), divisor=strides[-1]),
        backbone=lazy(SmallConvNet, widths=widths, depths=depths, dim=dim, in_channels=in_channels),
        neck=lazy(FeaturePyramid, in_channels=widths[-3:], channels=channels, dim=dim),
        priors=lazy(PointPriors, strides=strides),
        # Two convolutions per tower: at this size the towers cost more than the backbone. exp and
        # not relu, whose gradient is 0 for negative numbers: if one of the four channels becomes
        # negative everywhere, its side is never learned.
        head=lazy(
            FCOSHead,
            in_channels=channels,
            num_classes=num_classes,
            num_levels=3,
            num_convs=2,
            num_groups=8,
            quality_tower=1,
            dim=dim,
        ),
        coder=lazy(SideDistanceCoder, units="prior"),
        assigner=lazy(
            CenterSampling,
            # As in the paper, the finest level is responsible for everything small, the coarsest
            # for everything large.
            ranges=level_ranges(strides, reach=reach),
            radius=1.5,
        ),
        loss=lazy(fcos_loss, regression=giou_loss),
    )


def _r50() -> DenseStages:
    return DenseStages(
        backbone=lazy(ResNet50),
        neck=lazy(FeaturePyramid, in_channels=ResNet50.channels, channels=256, num_extra=2),
    )


FCOS = System(
    title="FCOS",
    paper="https://arxiv.org/abs/1904.01355",
    chapter=6,
    presets=(fcos_tiny, fcos_small, fcos_r50, fcos_r50_improved, fcos_r50_torchvision),
    tiny=fcos_tiny,
    recipes=RECIPES,
    live=LIVE,
    weights=(
        PublishedWeights(
            name="fcos_r50_torchvision-coco",
            url="https://download.pytorch.org/models/fcos_resnet50_fpn_coco-99b0c9b7.pth",
            licence="BSD-3-Clause",
            reported="box AP 39.2 on COCO val2017",
            # COCO's category ids with their gaps; class 0 is the background and is never predicted.
            build=lambda: fcos_r50_torchvision(91),
            table=TORCHVISION,
        ),
    ),
    origin="torchvision's FCOS, with fcos_r50_torchvision",
)
