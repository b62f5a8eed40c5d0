"""DETR: End-to-End Object Detection with Transformers (https://arxiv.org/abs/2005.12872).

Detectors before it predict at thousands of places and suppress duplicates afterwards. DETR predicts
a set: a hundred queries read the encoded image, look at each other, and each gives one class, which
may be "no object", and one box. A Hungarian matching gives every object exactly one query, so a
query learns to keep still where another one predicts the object, and nothing is suppressed.

New here: nothing but this composition; all of it was new with DETR, and is shared by its
successors: sine positions, encoder, decoder and learned queries (``locviz.layers``), the matching
(``locviz.assign``), the loss of a set and the skeleton (``skeletons``).
"""

from collections.abc import Callable
from functools import partial
from typing import Unpack

from torch import nn

from locviz.assign import softmax_of_classes
from locviz.boxes import ShareCoder
from locviz.layers import (
    LearnedQueries,
    Prepare,
    ProjectMaps,
    ResNet50,
    ResNet101,
    SelectedQueries,
    SinePositions,
    SmallConvNet,
    TransformerDecoder,
    TransformerEncoder,
    likeliest_object,
)
from locviz.models.assigners import detr_costs, hungarian
from locviz.models.compose import compose, lazy
from locviz.models.detr.names import OFFICIAL, unpack_official
from locviz.models.detr.recipes import RECIPES
from locviz.models.skeletons.query import QueryDetector, QueryStages
from locviz.models.skeletons.query_head import QueryHead
from locviz.models.skeletons.set_loss import SetLoss
from locviz.models.system import Preset, PublishedWeights, System
from locviz.postprocess import SelectBest, best_class_product, one_of_all

_TINY_CHANNELS = 128


def _paper(num_classes: int, *, channels: int = 256, dim: int = 2) -> QueryStages:
    return QueryStages(
        # Padded to the largest image of the batch and no further, as in the released code.
        prepare=lazy(Prepare, shorter=800, longer=1333, divisor=1),
        encoder=lazy(
            TransformerEncoder,
            channels=channels,
            positions=SinePositions(channels=channels, dim=dim),
            depth=6,
            heads=8,
            hidden=2048,
            dropout=0.1,
        ),
        queries=lazy(LearnedQueries, 100, channels=channels),
        decoder=lazy(
            TransformerDecoder, channels=channels, depth=6, heads=8, hidden=2048, dropout=0.1
        ),
        head=lazy(QueryHead, channels=channels, num_classes=num_classes, dim=dim),
        coder=lazy(ShareCoder),
        # Probability of the class 1, L1 5, GIoU 2.
        assigner=lazy(hungarian, costs=detr_costs(probability=softmax_of_classes)),
        # Cross entropy 1 with "no object" at 0.1, L1 5, GIoU 2, after each decoder layer.
        loss=lazy(SetLoss),
        # Every query detects, with its likeliest class.
        postprocess=lazy(
            SelectBest, max_detections=100, probability=one_of_all, score=best_class_product
        ),
    )


def detr(
    num_classes: int, *, channels: int = 256, dim: int = 2, **stages: Unpack[QueryStages]
) -> QueryDetector:
    """DETR as the paper has it, around a backbone and a neck; any stage by keyword.

    Args:
        num_classes: how many; the head adds "no object".
        channels: of the level that the neck gives, and of the transformer.
        dim: 2 for boxes, 1 for spans: then give a ``prepare`` for clips, too.
        stages: what to put in place of the paper's.
    """
    return compose(QueryDetector, _paper(num_classes, channels=channels, dim=dim) | stages)


def _on_c5(resnet: Callable[..., nn.Module], *, dilated: bool = False) -> QueryStages:
    """A ResNet whose last map, of 2,048 channels, is brought to 256."""
    return QueryStages(
        backbone=lazy(resnet, num_maps=1, dilated=dilated),
        neck=lazy(ProjectMaps, in_channels=(2048,), channels=256),
    )


def detr_r50(num_classes: int, **stages: Unpack[QueryStages]) -> QueryDetector:
    """41,524,768 parameters with 91 classes, 42.0 box AP on COCO val2017 after 500 epochs.

    It starts from random weights; ``backbone=ResNet50(num_maps=1, weights=..., num_frozen=2)``
    starts from ImageNet's and freezes what the authors froze.
    """
    on_c5 = _on_c5(ResNet50)
    return compose(QueryDetector, _paper(num_classes) | on_c5 | stages)


def detr_r50_dc5(num_classes: int, **stages: Unpack[QueryStages]) -> QueryDetector:
    """The same weights on a map of stride 16 (the last stage is dilated): 43.3 AP.

    Four times as many cells, so sixteen times as many pairs in the encoder's attention.
    """
    on_c5 = _on_c5(ResNet50, dilated=True)
    return compose(QueryDetector, _paper(num_classes) | on_c5 | stages)


def detr_r101(num_classes: int, **stages: Unpack[QueryStages]) -> QueryDetector:
    """60,464,672 parameters with 91 classes, 43.5 AP."""
    on_c5 = _on_c5(ResNet101)
    return compose(QueryDetector, _paper(num_classes) | on_c5 | stages)


def detr_r101_dc5(num_classes: int, **stages: Unpack[QueryStages]) -> QueryDetector:
    """A ResNet-101 with its last stage dilated: 44.9 AP, the best of the paper."""
    on_c5 = _on_c5(ResNet101, dilated=True)
    return compose(QueryDetector, _paper(num_classes) | on_c5 | stages)


def detr_tiny(num_classes: int, **stages: Unpack[QueryStages]) -> QueryDetector:
    """DETR for images of 64 to 96 pixels: one map of stride 8, two layers of encoder, three of
    decoder, 25 queries.

    64 pixels are 64 cells. Without dropout, because the scenes are generated. The queries are the
    paper's, ``LearnedQueries``; ``detr_tiny_selected`` starts from the encoder instead, and
    ``benchmarks/query_starts.py`` compares the two.
    """
    channels, widths = _TINY_CHANNELS, (32, 64, 128)
    small = QueryStages(
        prepare=lazy(Prepare, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25), divisor=8),
        backbone=lazy(SmallConvNet, widths=widths, depths=(1, 2, 2), num_maps=1),
        neck=lazy(ProjectMaps, in_channels=widths[-1:], channels=channels),
        encoder=lazy(
            TransformerEncoder,
            channels=channels,
            positions=SinePositions(channels=channels),
            depth=2,
            heads=8,
            hidden=256,
            dropout=0.0,
        ),
        queries=lazy(LearnedQueries, 25, channels=channels),
        decoder=lazy(
            TransformerDecoder, channels=channels, depth=3, heads=8, hidden=256, dropout=0.0
        ),
    )
    return compose(QueryDetector, _paper(num_classes, channels=channels) | small | stages)


def detr_tiny_selected(num_classes: int, **stages: Unpack[QueryStages]) -> QueryDetector:
    """``detr_tiny`` whose 25 queries are the encoder's best tokens with their boxes
    (``SelectedQueries``), which the decoder moves from layer to layer. The choice is that of DINO's
    paper (https://arxiv.org/abs/2203.03605, section 3.4), not DETR's; it learns in a minute.

    Its memory must have at least 25 cells, so images need 40 x 40 pixels. Any other queries by
    keyword, as in ``detr_tiny``.
    """
    build = partial(QueryHead, channels=_TINY_CHANNELS, num_classes=num_classes, at_references=True)
    selected = QueryStages(queries=lazy(_selected, build), head=lazy(build))
    return detr_tiny(num_classes, **(selected | stages))


def _selected(build: Callable[[], QueryHead]) -> SelectedQueries:
    return SelectedQueries(
        25,
        channels=_TINY_CHANNELS,
        head=build(),
        # DETR's head has a column for "no object".
        score=likeliest_object,
        learned_content=False,
    )


def _published(name: str, file: str, ap: float, build: Preset) -> PublishedWeights:
    return PublishedWeights(
        name=f"{name}-coco",
        url=f"https://dl.fbaipublicfiles.com/detr/{file}.pth",
        licence="Apache-2.0",
        reported=f"box AP {ap} on COCO val2017",
        # COCO's category ids with their gaps: the logits of ids that do not exist are never right.
        build=partial(build, 91),
        table=OFFICIAL,
        unpack=unpack_official,
    )


DETR = System(
    title="DETR",
    paper="https://arxiv.org/abs/2005.12872",
    chapter=13,
    presets=(detr_tiny_selected, detr_tiny, detr_r50, detr_r50_dc5, detr_r101, detr_r101_dc5),
    tiny=detr_tiny_selected,
    recipes=RECIPES,
    weights=(
        _published("detr_r50", "detr-r50-e632da11", 42.0, detr_r50),
        _published("detr_r50_dc5", "detr-r50-dc5-f0fb7ef5", 43.3, detr_r50_dc5),
        _published("detr_r101", "detr-r101-2c7b67e5", 43.5, detr_r101),
        _published("detr_r101_dc5", "detr-r101-dc5-a2e86def", 44.9, detr_r101_dc5),
    ),
    origin="DetrForObjectDetection of transformers 5.23, with detr_r50 and detr_r50_dc5",
)
