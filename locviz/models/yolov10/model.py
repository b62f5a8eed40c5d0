"""YOLOv10: Real-Time End-to-End Object Detection (https://arxiv.org/abs/2405.14458).

A detector whose objects take many priors each learns fast, and then needs suppression, because all
of them detect. One whose objects take a single prior needs none, and learns slowly. YOLOv10 trains
two heads on the same features: the first with ten priors per object, the second with one, and it
detects with the second. Both rank the priors by the same measure, s ** 0.5 * CIoU ** 6 (*consistent
matching metric*, section 3.1), so that the second head's choice is the best of the first one's.

New here: the two heads (``head``), the blocks (``blocks``), backbone and neck (``network``), the
loss (``loss``). Shared: everything else, task alignment among it. Where the paper gives no detail,
the released code decides: the second head sees detached features, and the weights of the loss are
7.5, 0.5 and 1.5.
"""

from collections.abc import Sequence
from functools import partial
from typing import Unpack

from locviz.boxes import DistributionCoder
from locviz.layers import Prepare
from locviz.models.assigners import task_aligned
from locviz.models.compose import compose, lazy
from locviz.models.skeletons.dense import DenseDetector, DenseStages
from locviz.models.skeletons.outputs import PerOutput
from locviz.models.system import System
from locviz.models.yolov10.blocks import Block, CompactInvertedBlock, ConvPair, LargeKernel
from locviz.models.yolov10.head import DualHead, YOLOv10Head
from locviz.models.yolov10.loss import AlignedLoss
from locviz.models.yolov10.network import YOLOv10Backbone, YOLOv10Neck
from locviz.models.yolov10.recipes import RECIPES
from locviz.postprocess import SelectBest
from locviz.priors import PointPriors

STRIDES = (8, 16, 32)
GREY = 114 / 255

PLAIN: Block = ConvPair
# Blocks of the neck add no input, apart from the compact ones.
STRAIGHT: Block = partial(ConvPair, shortcut=False)
COMPACT: Block = CompactInvertedBlock
LARGE: Block = partial(CompactInvertedBlock, middle=LargeKernel)


def dual_head(
    *, in_channels: Sequence[int], num_classes: int, bins: int = 16, **numbers
) -> DualHead:
    """Two heads of the same form, each with its own weights.

    Args:
        in_channels: channels of each level, finest first.
        num_classes: how many class logits per prior.
        bins: logits per side of a box.
        numbers: more of what ``YOLOv10Head`` takes.
    """
    many, one = (
        YOLOv10Head(in_channels=in_channels, num_classes=num_classes, bins=bins, **numbers)
        for _ in range(2)
    )
    return DualHead(one_to_many=many, one_to_one=one, bins=bins)


def dual_assignment(**options) -> PerOutput:
    """YOLOv10's consistent dual assignments: ten priors per object for the one-to-many head, one for
    the head that detects, by one measure.

    Args:
        options: of both, what ``task_aligned`` takes.
    """
    return PerOutput(
        earlier=task_aligned(top_k=10, **options), last=task_aligned(top_k=1, **options)
    )


def deployed(detector: DenseDetector) -> DenseDetector:
    """The same detector without its one-to-many head, which only training needs: fewer weights, the
    same detections. It is changed in place.

    Raises:
        TypeError: it has no two heads.
    """
    if not isinstance(detector.head, DualHead):
        raise TypeError(
            f"only a detector with a DualHead has a head for training alone, got {type(detector.head).__name__}"
        )
    detector.head.one_to_many = None
    return detector


def yolov10(
    num_classes: int,
    *,
    widths: Sequence[int],
    depth: float = 1.0,
    backbone_blocks: Sequence[Block] = (PLAIN, PLAIN, PLAIN, PLAIN),
    neck_blocks: Sequence[Block] = (STRAIGHT, STRAIGHT, STRAIGHT, STRAIGHT),
    **stages: Unpack[DenseStages],
) -> DenseDetector:
    """YOLOv10 of any size as the released code has it; any stage by keyword.

    Args:
        num_classes: how many class logits per prior.
        widths: channels of the stem, then of four stages.
        depth: factor of the numbers of blocks.
        backbone_blocks: what the blocks of the four stages are, finest first.
        neck_blocks: those of the neck: on the way down to strides 16 and 8, then back to 16 and 32.
        stages: what to put in place of the released code's.
    """
    released = _released(
        num_classes,
        widths=widths,
        depth=depth,
        backbone_blocks=backbone_blocks,
        neck_blocks=neck_blocks,
    )
    return compose(DenseDetector, released | stages)


def _released(
    num_classes: int,
    *,
    widths: Sequence[int],
    depth: float = 1.0,
    backbone_blocks: Sequence[Block] = (PLAIN, PLAIN, PLAIN, PLAIN),
    neck_blocks: Sequence[Block] = (STRAIGHT, STRAIGHT, STRAIGHT, STRAIGHT),
) -> DenseStages:
    levels = tuple(widths[-3:])
    return DenseStages(
        # RGB in 0..1. The released code centres an image in its square; here it lies in the left
        # top corner, so that a box keeps its coordinates.
        prepare=lazy(
            Prepare,
            mean=(0.0, 0.0, 0.0),
            std=(1.0, 1.0, 1.0),
            shorter=640,
            longer=640,
            least=640,
            padding=GREY,
        ),
        backbone=lazy(
            YOLOv10Backbone,
            widths=widths,
            # 3, 6, 6 and 3 blocks at full depth.
            depths=tuple(round(blocks * depth) for blocks in (3, 6, 6, 3)),
            blocks=backbone_blocks,
        ),
        neck=lazy(
            YOLOv10Neck,
            in_channels=levels,
            depth=round(3 * depth),
            descend=neck_blocks[:2],
            ascend=neck_blocks[2:],
        ),
        priors=lazy(PointPriors, strides=STRIDES),
        head=lazy(
            dual_head,
            in_channels=levels,
            num_classes=num_classes,
            least_class_channels=min(num_classes, 100),
        ),
        # Sides of 0 to 15 strides. A target stays 0.01 below the last bin, as in the released code.
        coder=lazy(DistributionCoder, reg_max=15, margin=0.01),
        assigner=lazy(dual_assignment),
        loss=lazy(AlignedLoss),
        # No suppression: 300 detections of an image, above the threshold of the release's evaluation.
        postprocess=lazy(SelectBest, max_detections=300, threshold=0.001),
    )


def yolov10_n(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """2,775,520 parameters in training, 2,310,624 deployed; 38.5 AP on COCO val2017 at 640 pixels."""
    released = _released(
        num_classes,
        widths=(16, 32, 64, 128, 256),
        depth=1 / 3,
        neck_blocks=(STRAIGHT, STRAIGHT, STRAIGHT, LARGE),
    )
    return compose(DenseDetector, released | stages)


def yolov10_s(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """8,128,272 parameters in training, 7,277,920 deployed; 46.3 AP."""
    released = _released(
        num_classes,
        widths=(32, 64, 128, 256, 512),
        depth=1 / 3,
        backbone_blocks=(PLAIN, PLAIN, PLAIN, LARGE),
        neck_blocks=(STRAIGHT, STRAIGHT, STRAIGHT, LARGE),
    )
    return compose(DenseDetector, released | stages)


def yolov10_m(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """16,576,768 parameters in training, 15,389,968 deployed; 51.1 AP."""
    released = _released(
        num_classes,
        widths=(48, 96, 192, 384, 576),
        depth=2 / 3,
        backbone_blocks=(PLAIN, PLAIN, PLAIN, COMPACT),
        neck_blocks=(STRAIGHT, STRAIGHT, COMPACT, COMPACT),
    )
    return compose(DenseDetector, released | stages)


def yolov10_b(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """20,574,384 parameters in training, 19,101,696 deployed; 52.5 AP."""
    released = _released(
        num_classes,
        widths=(64, 128, 256, 512, 512),
        depth=2 / 3,
        backbone_blocks=(PLAIN, PLAIN, PLAIN, COMPACT),
        neck_blocks=(COMPACT, STRAIGHT, COMPACT, COMPACT),
    )
    return compose(DenseDetector, released | stages)


def yolov10_l(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """25,888,688 parameters in training, 24,416,000 deployed; 53.2 AP. As b, and deeper."""
    released = _released(
        num_classes,
        widths=(64, 128, 256, 512, 512),
        backbone_blocks=(PLAIN, PLAIN, PLAIN, COMPACT),
        neck_blocks=(COMPACT, STRAIGHT, COMPACT, COMPACT),
    )
    return compose(DenseDetector, released | stages)


def yolov10_x(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """31,808,960 parameters in training, 29,539,408 deployed; 54.4 AP."""
    released = _released(
        num_classes,
        widths=(80, 160, 320, 640, 640),
        backbone_blocks=(PLAIN, PLAIN, COMPACT, COMPACT),
        neck_blocks=(COMPACT, STRAIGHT, COMPACT, COMPACT),
    )
    return compose(DenseDetector, released | stages)


def yolov10_tiny(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """YOLOv10 for images of 64 to 128 pixels: trains in a class on two CPU cores.

    The cells have 4, 8 and 16 pixels, because objects start at 8, so there is a stage less. A side
    reaches at most 7 strides. The input is RGB with a mean of 0.5, as in ``fcos_tiny``.
    """
    widths = (16, 32, 64, 128)
    small = DenseStages(
        prepare=lazy(Prepare, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25), divisor=16),
        backbone=lazy(
            YOLOv10Backbone, widths=widths, depths=(1, 2, 1), blocks=(PLAIN, PLAIN, LARGE)
        ),
        priors=lazy(PointPriors, strides=(4, 8, 16)),
        head=lazy(
            dual_head,
            in_channels=widths[-3:],
            num_classes=num_classes,
            bins=8,
            least_class_channels=48,
            least_box_channels=32,
        ),
        coder=lazy(DistributionCoder, reg_max=7, margin=0.01),
    )
    released = _released(
        num_classes,
        widths=widths,
        depth=1 / 3,
        neck_blocks=(STRAIGHT, STRAIGHT, STRAIGHT, LARGE),
    )
    return compose(DenseDetector, released | small | stages)


YOLOV10 = System(
    title="YOLOv10",
    paper="https://arxiv.org/abs/2405.14458",
    chapter=9,
    presets=(
        yolov10_tiny,
        yolov10_n,
        yolov10_s,
        yolov10_m,
        yolov10_b,
        yolov10_l,
        yolov10_x,
    ),
    tiny=yolov10_tiny,
    recipes=RECIPES,
    origin="YOLOv10 as in ultralytics 8.4.190, all sizes",
)
