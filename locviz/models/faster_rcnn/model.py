"""Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks
(https://arxiv.org/abs/1506.01497).

Fast R-CNN was fast except for its proposals, which took a second or two on a CPU and were not
learned. Here a small network proposes regions from the same maps that Fast R-CNN's second stage
uses: it predicts an objectness for each of several anchors of different sizes and shapes at every
cell. Both stages train together; in each step, the second stage takes the proposals as given.

New here: the region proposal network (``rpn``). Shared: the second stage (``roi``), which is Fast
R-CNN's, and the rest. The composition is the one with a feature pyramid (FPN, arXiv:1612.03144),
which all later work uses. The first paper has one map of stride 16, nine anchors per cell
(``faster_rcnn_anchors``), and leaves anchors that cross the image's border out of training
(``rpn_assigner=InsideImage(rpn_rule())``).
"""

from collections.abc import Callable
from functools import partial
from typing import TypedDict, Unpack

from torch import nn

from locviz.assign import BalancedSampler, roi_rule, rpn_rule
from locviz.boxes import CenterSizeCoder, Coder
from locviz.inputs import PreparedBatch
from locviz.layers import FeaturePyramid, LevelRoIAlign, Prepare, ResNet50, SmallConvNet
from locviz.losses import smooth_l1_loss
from locviz.models.compose import compose, lazy, lazy_from
from locviz.models.faster_rcnn.names import TORCHVISION
from locviz.models.faster_rcnn.recipes import LIVE, RECIPES
from locviz.models.faster_rcnn.rpn import ProposalNetwork, RPNHead
from locviz.models.skeletons.dense import Assigner, Criterion
from locviz.models.skeletons.region_stage import RegionPool, RoIHead, RoIStage, Sampler
from locviz.models.skeletons.sampled_loss import MultiTaskLoss, objectness_loss, softmax_loss
from locviz.models.skeletons.two_stage import TwoStageDetector
from locviz.models.system import PublishedWeights, System
from locviz.postprocess import SelectProposals, SelectRegions
from locviz.priors import AnchorPriors, fpn_rpn_anchors
from locviz.types import (
    Detections,
)

STRIDES = (4, 8, 16, 32, 64)
RATIOS = (0.5, 1.0, 2.0)


class FasterStages(TypedDict, total=False):
    """The stages of ``faster_rcnn``: a preset takes any of them by keyword in place of its own."""

    prepare: Callable[..., PreparedBatch]
    backbone: nn.Module
    neck: nn.Module
    priors: AnchorPriors
    rpn_head: nn.Module
    rpn_coder: Coder
    rpn_assigner: Assigner
    rpn_sampler: Sampler
    rpn_loss: Criterion
    select: SelectProposals
    select_training: SelectProposals
    pool: RegionPool
    roi_head: nn.Module
    roi_coder: Coder
    roi_assigner: Assigner
    roi_sampler: Sampler
    roi_loss: Criterion
    postprocess: Callable[..., Detections]


def faster_rcnn(
    num_classes: int, *, channels: int = 256, **stages: Unpack[FasterStages]
) -> TwoStageDetector:
    """Faster R-CNN with a feature pyramid, around a backbone and a neck; any stage by keyword.

    ``faster_rcnn_tiny(3, rpn_assigner=my_assigner)`` changes which anchor is responsible for which
    object, and nothing else. The numbers are those of FPN and its successors.
    """
    return compose(wire_faster_rcnn, _usual(num_classes, channels=channels) | stages)


def _usual(num_classes: int, *, channels: int = 256) -> FasterStages:
    # Smooth L1 changes from quadratic to linear at 1/9 in both stages, as in torchvision.
    smooth = partial(smooth_l1_loss, beta=1 / 9)
    return FasterStages(
        prepare=lazy(Prepare, shorter=800, longer=1333),
        # One size per level, three shapes: section 4.1 of FPN.
        priors=lazy(
            AnchorPriors,
            sizes=((32,), (64,), (128,), (256,), (512,)),
            ratios=RATIOS,
            strides=STRIDES,
        ),
        rpn_head=lazy_from(
            lambda priors: RPNHead(in_channels=channels, num_anchors=priors.num_per_cell)
        ),
        rpn_coder=lazy(CenterSizeCoder),
        rpn_assigner=lazy(rpn_rule),
        # Section 3.1.3 of Faster R-CNN: 256 anchors of an image, at most half of them positive.
        rpn_sampler=lazy(BalancedSampler, size=256, positive_fraction=0.5),
        rpn_loss=lazy(MultiTaskLoss, classification=objectness_loss, regression=smooth),
        # Section 5.2 of FPN: 1,000 proposals to detect with, 2,000 to train on.
        select=lazy(SelectProposals, pre_nms=1000, post_nms=1000),
        select_training=lazy(SelectProposals, pre_nms=2000, post_nms=2000),
        # Four of the five levels: P6 is there for the largest anchors only, and regions are pooled
        # from P2 to P5 (a footnote in section 4.1 of FPN).
        pool=lazy(LevelRoIAlign, output_size=7, strides=STRIDES[:4]),
        roi_head=lazy(RoIHead, in_channels=channels, resolution=7, num_classes=num_classes),
        # Fast R-CNN divides its targets by standard deviations of .1 and .2.
        roi_coder=lazy(CenterSizeCoder, weights=(10.0, 5.0)),
        roi_assigner=lazy(roi_rule),
        # 512 regions of an image (section 5.2 of FPN), a quarter positive as in Fast R-CNN.
        roi_sampler=lazy(BalancedSampler, size=512, positive_fraction=0.25),
        roi_loss=lazy(MultiTaskLoss, classification=softmax_loss, regression=smooth),
        postprocess=lazy(SelectRegions, threshold=0.05, nms_threshold=0.5, max_detections=100),
    )


def wire_faster_rcnn(
    *,
    prepare: Callable[..., PreparedBatch],
    backbone: nn.Module,
    neck: nn.Module,
    priors: AnchorPriors,
    rpn_head: nn.Module,
    rpn_coder: Coder,
    rpn_assigner: Assigner,
    rpn_sampler: Sampler,
    rpn_loss: Criterion,
    select: SelectProposals,
    select_training: SelectProposals,
    pool: RegionPool,
    roi_head: nn.Module,
    roi_coder: Coder,
    roi_assigner: Assigner,
    roi_sampler: Sampler,
    roi_loss: Criterion,
    postprocess: Callable[..., Detections],
) -> TwoStageDetector:
    """Wire ``FasterStages``: a network proposes, a second stage classifies and refines."""
    return TwoStageDetector(
        proposer=ProposalNetwork(
            priors=priors,
            head=rpn_head,
            coder=rpn_coder,
            assigner=rpn_assigner,
            sampler=rpn_sampler,
            loss=rpn_loss,
            select=select,
            select_training=select_training,
        ),
        roi=RoIStage(
            pool=pool,
            head=roi_head,
            coder=roi_coder,
            assigner=roi_assigner,
            sampler=roi_sampler,
            loss=roi_loss,
        ),
        prepare=prepare,
        backbone=backbone,
        neck=neck,
        postprocess=postprocess,
    )


def faster_rcnn_r50_fpn(num_classes: int, **stages: Unpack[FasterStages]) -> TwoStageDetector:
    """ResNet-50 with a pyramid P2 to P6 of 256 channels: the model that torchvision calls
    ``fasterrcnn_resnet50_fpn``.

    Its anchors (``fpn_rpn_anchors``) lie at the cells' corners, rounded to whole pixels; anchors
    that cross the border take part in training. torchvision's checkpoints load
    (``locviz.checkpoints``) and have 37.0 box AP on COCO. torchvision counts the background as a
    class (91 on COCO), and locviz does not: ``faster_rcnn_r50_fpn(90)``.
    """
    torchvisions = FasterStages(
        backbone=lazy(ResNet50, num_maps=4),
        neck=lazy(FeaturePyramid, in_channels=(256, 512, 1024, 2048), channels=256, num_pooled=1),
        priors=lazy(fpn_rpn_anchors),
    )
    return compose(wire_faster_rcnn, _usual(num_classes) | torchvisions | stages)


def faster_rcnn_tiny(num_classes: int, **stages: Unpack[FasterStages]) -> TwoStageDetector:
    """Faster R-CNN for images of 64 to 96 pixels: trains in a minute on two CPU cores. It has the
    backbone and the pyramid of ``fcos_tiny``.

    On 64 pixels there are 1,008 anchors. Every object of the level ``first`` is overlapped by one
    of them by 0.5 or more, but only a quarter of the objects by 0.7. So most objects have positive
    anchors only because the RPN's rule also takes the best anchor of every object.
    """
    strides, channels, widths = (4, 8, 16), 48, (16, 32, 64, 128)
    small = FasterStages(
        prepare=lazy(Prepare, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25), divisor=strides[-1]),
        backbone=lazy(SmallConvNet, widths=widths, depths=(1, 2, 2, 2)),
        neck=lazy(FeaturePyramid, in_channels=widths[-3:], channels=channels),
        priors=lazy(AnchorPriors, sizes=((12,), (24,), (48,)), ratios=RATIOS, strides=strides),
        # A quarter of the usual samples and a tenth of the proposals are enough, because an image
        # has at most eight objects.
        rpn_sampler=lazy(BalancedSampler, size=64, positive_fraction=0.5),
        select=lazy(SelectProposals, pre_nms=100, post_nms=100),
        select_training=lazy(SelectProposals, pre_nms=100, post_nms=100),
        # Regions up to 28 pixels from stride 4, up to 56 from stride 8: at most seven cells a side
        # for five bins.
        pool=lazy(
            LevelRoIAlign, output_size=5, strides=strides, canonical_level=3, canonical_size=28
        ),
        roi_head=lazy(
            RoIHead, in_channels=channels, resolution=5, num_classes=num_classes, hidden=128
        ),
        roi_sampler=lazy(BalancedSampler, size=32, positive_fraction=0.25),
    )
    usual = _usual(num_classes, channels=channels)
    return compose(wire_faster_rcnn, usual | small | stages)


FASTER_RCNN = System(
    title="Faster R-CNN",
    paper="https://arxiv.org/abs/1506.01497",
    chapter=4,
    presets=(faster_rcnn_tiny, faster_rcnn_r50_fpn),
    tiny=faster_rcnn_tiny,
    recipes=RECIPES,
    live=LIVE,
    weights=(
        PublishedWeights(
            name="faster_rcnn_r50_fpn-coco",
            url="https://download.pytorch.org/models/fasterrcnn_resnet50_fpn_coco-258fb6c6.pth",
            licence="BSD-3-Clause",
            reported="box AP 37.0 on COCO val2017",
            # 90 labels: COCO's category ids with their gaps, less one. These weights were trained
            # when torchvision's frozen batch norm had no epsilon.
            build=lambda: faster_rcnn_r50_fpn(90, backbone=ResNet50(num_maps=4, eps=0.0)),
            table=TORCHVISION,
        ),
    ),
    origin="torchvision's fasterrcnn_resnet50_fpn",
)
