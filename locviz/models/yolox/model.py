"""YOLOX: Exceeding YOLO Series in 2021 (https://arxiv.org/abs/2107.08430).

This is YOLO without anchors: every cell of three maps predicts one box, whether there is an object,
and its class. Each level has two towers, one for the class and one for the box (the *decoupled
head*). SimOTA chooses by the network's own predictions which cells are responsible for an object:
the few cells near its centre whose predictions have the least cost.

New here: the head. In this folder, too: the backbone and neck (``csp``), the loss (``loss``).
Shared: everything else. Where the paper gives no detail, the released code decides: SimOTA searches
1.5 strides around a centre, the overlap loss is 1 - IoU**2, the class target is the IoU, batch norm
has numbers of its own.
"""

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import Unpack, final

import torch
from torch import Tensor, nn

from locviz.boxes import CenterSizeCoder
from locviz.layers import BGR, ConvNorm, Prepare, heads
from locviz.models.assigners import sim_ota
from locviz.models.compose import compose, lazy
from locviz.models.skeletons.dense import DenseDetector, DenseStages
from locviz.models.system import PublishedWeights, System
from locviz.models.yolox.csp import (
    Convolution,
    CSPDarknet,
    DepthwiseConvNorm,
    PathAggregation,
)
from locviz.models.yolox.loss import ObjectnessLoss
from locviz.models.yolox.names import MEGVII
from locviz.models.yolox.recipes import RECIPES
from locviz.postprocess import SelectDense, best_class_product, product
from locviz.priors import PointPriors

STRIDES = (8, 16, 32)


@final
class YOLOXHead(nn.Module):
    """A 1x1 stem and two towers of two 3x3 convolutions per level: class logits are computed from
    one, box and objectness from the other.

    Nothing is shared between levels.

    Args:
        in_channels: channels of each level, finest first.
        channels: of the towers.
        num_classes: how many class logits per prior.
        convolution: of the towers.
    """

    def __init__(
        self,
        *,
        in_channels: Sequence[int],
        channels: int,
        num_classes: int,
        convolution: Convolution = ConvNorm,
    ):
        super().__init__()
        levels = range(len(in_channels))
        self.num_classes = num_classes

        def tower() -> nn.Sequential:
            return nn.Sequential(*(convolution(channels, channels, 3, 1) for _ in range(2)))

        self.stems = nn.ModuleList(ConvNorm(inside, channels) for inside in in_channels)
        self.class_towers = nn.ModuleList(tower() for _ in levels)
        self.box_towers = nn.ModuleList(tower() for _ in levels)
        self.logits = nn.ModuleList(nn.Conv2d(channels, num_classes, 1) for _ in levels)
        self.deltas = nn.ModuleList(nn.Conv2d(channels, 4, 1) for _ in levels)
        self.objectness = nn.ModuleList(nn.Conv2d(channels, 1, 1) for _ in levels)
        # The objectness, too: it is asked of every cell, and nearly all cells are background.
        for layer in [*self.logits, *self.objectness]:
            heads.start_at_probability(layer)

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Return class logits (b, p, k), deltas (b, p, 4) and objectness logits (b, p) of all
        levels.
        """
        logits, deltas, objectness = [], [], []
        for index, level in enumerate(levels):
            stem = self.stems[index](level)
            what, where = self.class_towers[index](stem), self.box_towers[index](stem)
            logits.append(heads.rows(self.logits[index](what), self.num_classes))
            deltas.append(heads.rows(self.deltas[index](where), 4))
            objectness.append(heads.rows(self.objectness[index](where), 1))
        return torch.cat(logits, 1), torch.cat(deltas, 1), torch.cat(objectness, 1)[..., 0]


def letterbox(side: int) -> Prepare:
    """The input of the released models: a square of ``side`` pixels, blue first, values in 0..255,
    padded with the grey 114 at the bottom and at the right.
    """
    return Prepare(
        mean=(0.0, 0.0, 0.0), std=(1 / 255, 1 / 255, 1 / 255), shorter=side, longer=side, least=side, padding=114.0,
        channels=BGR,
    )  # fmt: skip


def yolox(
    num_classes: int,
    *,
    width: float = 1.0,
    depth: float = 1.0,
    convolution: Convolution = ConvNorm,
    **stages: Unpack[DenseStages],
) -> DenseDetector:
    """YOLOX of any size as the released code has it; any stage by keyword.

    Args:
        num_classes: how many class logits per prior.
        width: factor of all channels.
        depth: factor of the numbers of bottlenecks.
        convolution: of everything that is 3x3, the stem apart.
        stages: what to put in place of the released code's.
    """
    released = _released(num_classes, width=width, depth=depth, convolution=convolution)
    return compose(DenseDetector, released | stages)


def _released(
    num_classes: int,
    *,
    width: float = 1.0,
    depth: float = 1.0,
    convolution: Convolution = ConvNorm,
) -> DenseStages:
    base, blocks = int(64 * width), round(3 * depth)
    # The channels double wherever the map is halved.
    widths = tuple(base * factor for factor in (1, 2, 4, 8, 16))
    return DenseStages(
        prepare=lazy(letterbox, 640),
        backbone=lazy(
            CSPDarknet,
            widths=widths,
            # 3, 9, 9 and 3 bottlenecks at full depth.
            depths=(blocks, 3 * blocks, 3 * blocks, blocks),
            convolution=convolution,
        ),
        neck=lazy(PathAggregation, in_channels=widths[-3:], depth=blocks, convolution=convolution),
        # Deltas are relative to a cell's top left corner, (x + column) * stride; SimOTA measures
        # distances from its centre.
        priors=lazy(PointPriors, strides=STRIDES, offset=0.0),
        head=lazy(
            YOLOXHead,
            in_channels=widths[-3:],
            channels=4 * base,
            num_classes=num_classes,
            convolution=convolution,
        ),
        # No bound on a predicted size, as in the released code.
        coder=lazy(CenterSizeCoder, clamp=math.inf),
        assigner=lazy(sim_ota, center_offset=0.5),
        loss=lazy(ObjectnessLoss),
        # The released code keeps every detection that passes; COCO's evaluation then uses the best
        # hundred of an image. 8400 is the number of cells of 640 x 640 pixels.
        postprocess=lazy(
            SelectDense,
            gate=best_class_product,
            score=best_class_product,
            threshold=0.01,
            top_k=8400,
            nms_threshold=0.65,
        ),
    )


def yolox_nano(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """912,159 parameters, 25.8 AP on COCO val2017 at 416 pixels; the only one with depthwise
    convolutions.
    """
    released = _released(num_classes, width=0.25, depth=0.33, convolution=DepthwiseConvNorm)
    at_416 = DenseStages(prepare=lazy(letterbox, 416))
    return compose(DenseDetector, released | at_416 | stages)


def yolox_tiny(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """5,055,855 parameters, 32.8 AP at 416 pixels: the paper's tiny, not the course's."""
    released = _released(num_classes, width=0.375, depth=0.33)
    at_416 = DenseStages(prepare=lazy(letterbox, 416))
    return compose(DenseDetector, released | at_416 | stages)


def yolox_s(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """8,968,255 parameters, 40.5 AP at 640 pixels."""
    return compose(DenseDetector, _released(num_classes, width=0.5, depth=0.33) | stages)


def yolox_m(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """25,326,495 parameters, 46.9 AP at 640 pixels."""
    return compose(DenseDetector, _released(num_classes, width=0.75, depth=0.67) | stages)


def yolox_l(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """54,208,895 parameters, 49.7 AP at 640 pixels."""
    return compose(DenseDetector, _released(num_classes) | stages)


def yolox_x(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """99,071,455 parameters, 51.1 AP at 640 pixels."""
    return compose(DenseDetector, _released(num_classes, width=1.25, depth=1.33) | stages)


def yolox_tiny_course(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """YOLOX for images of 64 to 128 pixels: trains in a class on two CPU cores.

    The cells have 4, 8 and 16 pixels, because objects start at 8. Three departures from the
    released models: the priors lie at the centres of the cells and not at their corners, so that
    every assigner measures distances from the same points as SimOTA; the input is RGB with a mean
    of 0.5, as in ``fcos_tiny``; predicted sizes are bounded, so that a large error in an early step
    cannot overflow.
    """
    widths = (16, 32, 64, 128)
    small = DenseStages(
        prepare=lazy(Prepare, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25), divisor=16),
        backbone=lazy(CSPDarknet, widths=widths, depths=(1, 2, 1)),
        neck=lazy(PathAggregation, in_channels=widths[1:], depth=1),
        priors=lazy(PointPriors, strides=(4, 8, 16)),
        head=lazy(YOLOXHead, in_channels=widths[1:], channels=48, num_classes=num_classes),
        coder=lazy(CenterSizeCoder),
        assigner=lazy(sim_ota),
        postprocess=lazy(
            SelectDense, gate=product, score=product, threshold=0.01, nms_threshold=0.65
        ),
    )
    return compose(DenseDetector, _released(num_classes) | small | stages)


YOLOX = System(
    title="YOLOX",
    paper="https://arxiv.org/abs/2107.08430",
    chapter=7,
    presets=(
        yolox_tiny_course,
        yolox_nano,
        yolox_tiny,
        yolox_s,
        yolox_m,
        yolox_l,
        yolox_x,
    ),
    tiny=yolox_tiny_course,
    recipes=RECIPES,
    weights=(
        PublishedWeights(
            name="yolox_s-coco",
            url="https://github.com/Megvii-BaseDetection/YOLOX/releases/download/0.1.1rc0/yolox_s.pth",
            licence="Apache-2.0",
            reported="box AP 40.5 on COCO val2017",
            build=lambda: yolox_s(80),
            table=MEGVII,
            unpack=itemgetter("model"),
            unchecked="Megvii publishes no sums, and the file has not been at hand to take one",
        ),
    ),
    origin="Megvii's YOLOX at commit 6ddff48, all sizes",
)
