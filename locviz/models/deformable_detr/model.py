"""Deformable DETR: Deformable Transformers for End-to-End Object Detection
(https://arxiv.org/abs/2010.04159).

In DETR every cell and every query looks at all cells, so a fine map costs too much, and training
begins by learning where to look. Here each looks at a few points round a reference and learns how
far they lie from it. That makes four levels affordable, and a tenth of DETR's epochs enough.

New here: nothing but this composition; deformable attention, queries with references and queries
that the encoder proposes were new with Deformable DETR and are in ``locviz.layers``. The skeleton,
the decoder, the matching and the loss of the boxes are DETR's; classes are sigmoids with a focal
loss, as in RetinaNet.
"""

from collections.abc import Callable
from functools import partial
from typing import Unpack

from torch import nn

from locviz.boxes import ShareCoder
from locviz.layers import (
    DeformableAttention,
    PointQueries,
    Prepare,
    ProjectLevels,
    ProposalQueries,
    ResNet50,
    SinePositions,
    SmallConvNet,
    TransformerDecoder,
    TransformerEncoder,
)
from locviz.models.assigners import focal_costs, hungarian
from locviz.models.compose import compose, lazy
from locviz.models.deformable_detr.recipes import RECIPES
from locviz.models.skeletons.query import QueryDetector, QueryStages
from locviz.models.skeletons.query_head import HeadPerLayer, SigmoidQueryHead
from locviz.models.skeletons.set_loss import SetLoss, focal_over_objects
from locviz.models.system import System
from locviz.postprocess import SelectBest


def _paper(num_classes: int, *, levels: int = 4, channels: int = 256, dim: int = 2) -> QueryStages:
    attention = partial(DeformableAttention, channels, levels=levels, dim=dim)
    return QueryStages(
        prepare=lazy(Prepare, shorter=800, longer=1333, divisor=1),
        encoder=lazy(
            TransformerEncoder,
            channels=channels,
            # The middle of a cell, where DETR counts its far side.
            positions=SinePositions(channels=channels, dim=dim, offset=0.5),
            attention=attention,
            levels=levels,
            depth=6,
            hidden=1024,
            dropout=0.1,
        ),
        queries=lazy(PointQueries, 300, channels=channels, dim=dim),
        decoder=lazy(
            TransformerDecoder,
            channels=channels,
            cross_attention=attention,
            # The tokens go to the head as the layer gives them.
            norm=nn.Identity(),
            refine=False,
            depth=6,
            heads=8,
            hidden=1024,
            dropout=0.1,
        ),
        head=lazy(SigmoidQueryHead, channels=channels, num_classes=num_classes, dim=dim),
        coder=lazy(ShareCoder),
        # Focal class cost 2, L1 5, GIoU 2.
        assigner=lazy(hungarian, costs=focal_costs()),
        loss=lazy(SetLoss, classification=focal_over_objects, classes=2.0, l1=5.0, giou=2.0),
        postprocess=lazy(SelectBest, max_detections=100),
    )


def deformable_detr(
    num_classes: int,
    *,
    levels: int = 4,
    channels: int = 256,
    dim: int = 2,
    **stages: Unpack[QueryStages],
) -> QueryDetector:
    """Deformable DETR as the paper has it, around a backbone and a neck; any stage by keyword.

    Args:
        num_classes: how many.
        levels: that the neck gives.
        channels: of these levels, and of the transformer.
        dim: 2 for boxes, 1 for spans: then give a ``prepare`` for clips, too.
        stages: what to put in place of the paper's.
    """
    paper = _paper(num_classes, levels=levels, channels=channels, dim=dim)
    return compose(QueryDetector, paper | stages)


def _on_four_levels(resnet: Callable[..., nn.Module] = ResNet50) -> QueryStages:
    """C3 to C5, and a level of stride 64 made of C5."""
    return QueryStages(
        backbone=lazy(resnet, num_maps=3),
        neck=lazy(ProjectLevels, in_channels=(512, 1024, 2048), channels=256, extra=1),
    )


def deformable_detr_r50(num_classes: int, **stages: Unpack[QueryStages]) -> QueryDetector:
    """40,069,665 parameters with 91 classes, 44.5 box AP on COCO val2017 after 50 epochs, as the
    authors report.

    It starts from random weights; ``backbone=ResNet50(num_maps=3, weights=..., num_frozen=2)``
    starts from ImageNet's and freezes what the authors froze.
    """
    return compose(QueryDetector, _paper(num_classes) | _on_four_levels() | stages)


def deformable_detr_r50_single_scale(
    num_classes: int, **stages: Unpack[QueryStages]
) -> QueryDetector:
    """34,066,593 parameters with 91 classes: DETR's map of stride 32 alone. 39.4 AP."""
    on_c5 = QueryStages(
        backbone=lazy(ResNet50, num_maps=1),
        neck=lazy(ProjectLevels, in_channels=(2048,), channels=256),
    )
    return compose(QueryDetector, _paper(num_classes, levels=1) | on_c5 | stages)


def _refined(num_classes: int, *, size_bias: float) -> QueryStages:
    """Each layer corrects the box of the layer before it, with a head of its own; only the first
    one starts without a size.
    """
    build = partial(SigmoidQueryHead, channels=256, num_classes=num_classes)
    attention = partial(DeformableAttention, 256)
    return QueryStages(
        decoder=lazy(
            TransformerDecoder,
            channels=256,
            cross_attention=attention,
            norm=nn.Identity(),
            refine=True,
            depth=6,
            heads=8,
            hidden=1024,
            dropout=0.1,
        ),
        head=lazy(_heads, build, size_bias),
    )


def _heads(build: Callable[..., SigmoidQueryHead], size_bias: float) -> HeadPerLayer:
    later = [build(size_bias=0.0) for _ in range(5)]
    return HeadPerLayer([build(size_bias=size_bias), *later])


def deformable_detr_r50_refined(num_classes: int, **stages: Unpack[QueryStages]) -> QueryDetector:
    """40,849,660 parameters with 91 classes: each layer moves the boxes of the layer before. 46.2
    AP.
    """
    refined = _refined(num_classes, size_bias=-2.0)
    return compose(QueryDetector, _paper(num_classes) | _on_four_levels() | refined | stages)


def _proposed(num_classes: int) -> ProposalQueries:
    head = SigmoidQueryHead(channels=256, num_classes=num_classes, size_bias=0.0)
    return ProposalQueries(300, channels=256, head=head)


def deformable_detr_r50_two_stage(num_classes: int, **stages: Unpack[QueryStages]) -> QueryDetector:
    """41,181,529 parameters with 91 classes: the encoder's cells propose the boxes, and each layer
    moves them. 46.9 AP.
    """
    two_stage = _refined(num_classes, size_bias=0.0) | QueryStages(
        queries=lazy(_proposed, num_classes)
    )
    return compose(QueryDetector, _paper(num_classes) | _on_four_levels() | two_stage | stages)


def deformable_detr_tiny(num_classes: int, **stages: Unpack[QueryStages]) -> QueryDetector:
    """Deformable DETR for images of 64 to 96 pixels: the backbone, the map of stride 8 and the depth
    of ``detr_tiny``, so that only what differs between the two papers differs.

    Without dropout, because the scenes are generated and never seen twice.
    """
    channels, widths = 128, (32, 64, 128)
    attention = partial(DeformableAttention, channels, levels=1)
    small = QueryStages(
        prepare=lazy(Prepare, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25), divisor=8),
        backbone=lazy(SmallConvNet, widths=widths, depths=(1, 2, 2), num_maps=1),
        neck=lazy(ProjectLevels, in_channels=widths[-1:], channels=channels),
        encoder=lazy(
            TransformerEncoder,
            channels=channels,
            positions=SinePositions(channels=channels, offset=0.5),
            attention=attention,
            levels=1,
            depth=2,
            hidden=256,
            dropout=0.0,
        ),
        queries=lazy(PointQueries, 25, channels=channels),
        decoder=lazy(
            TransformerDecoder,
            channels=channels,
            cross_attention=attention,
            norm=nn.Identity(),
            refine=False,
            depth=3,
            heads=8,
            hidden=256,
            dropout=0.0,
        ),
    )
    paper = _paper(num_classes, levels=1, channels=channels)
    return compose(QueryDetector, paper | small | stages)


DEFORMABLE_DETR = System(
    title="Deformable DETR",
    paper="https://arxiv.org/abs/2010.04159",
    chapter=14,
    presets=(
        deformable_detr_tiny,
        deformable_detr_r50_single_scale,
        deformable_detr_r50,
        deformable_detr_r50_refined,
        deformable_detr_r50_two_stage,
    ),
    tiny=deformable_detr_tiny,
    recipes=RECIPES,
    origin=(
        "DeformableDetrForObjectDetection of transformers 5.23, and the authors' code at commit 11169a6 "
        "(https://github.com/fundamentalvision/Deformable-DETR), with all of the r50"
    ),
)
