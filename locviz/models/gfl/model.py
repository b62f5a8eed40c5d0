"""GFL: Generalized Focal Loss, learning qualified and distributed bounding boxes for dense object
detection (https://arxiv.org/abs/2006.04388).

A detector with a quality branch, such as FCOS, multiplies two numbers that were trained apart, and
the quality of a negative was never trained at all. GFL has one number: the class score is trained
to be the IoU of the box that is predicted beside it. It also predicts a distribution for each side
of the box in place of one distance, so a side that is hard to see may be wide.

New here: the head. In this folder, too: the loss (``loss``). Shared: everything else; the coder is
``locviz.boxes.DistributionCoder``. ``gfl_stages`` puts the three on any dense detector, and
``gfl_r50`` names each of mmdetection's departures from the paper.
"""

from collections.abc import Sequence
from functools import partial
from typing import Unpack, final

import torch
from torch import Tensor, nn

from locviz.assign import ATSS, OnSquareAnchors
from locviz.boxes import DistributionCoder
from locviz.layers import FeaturePyramid, Prepare, ResNet50, Scale, heads
from locviz.models.compose import compose, lazy, lazy_from
from locviz.models.fcos.model import small_fcos
from locviz.models.gfl.loss import GeneralizedFocalLoss, images_count_one
from locviz.models.gfl.recipes import RECIPES
from locviz.models.skeletons.dense import DenseDetector, DenseStages
from locviz.models.system import System
from locviz.postprocess import SelectDense, class_probability
from locviz.priors import PointPriors

STRIDES = (8, 16, 32, 64, 128)


@final
class GFLHead(nn.Module):
    """Two towers shared by all levels: class logits are computed from one, a distribution for each
    side from the other.

    Args:
        in_channels: channels of every level.
        num_classes: how many logits per prior, each the quality of a box of that class.
        bins: how many logits each side has, ``DistributionCoder.bins``.
        num_levels: how many levels, hence scales.
        dim: 2 for boxes, 1 for spans.
        num_anchors: priors per cell.
        num_convs: 3x3 convolutions per tower, each with group norm.
        num_groups: of the group norm.
    """

    def __init__(
        self,
        *,
        in_channels: int,
        num_classes: int,
        bins: int,
        num_levels: int,
        dim: int = 2,
        num_anchors: int = 1,
        num_convs: int = 4,
        num_groups: int = 32,
    ):
        super().__init__()
        self.num_classes, self.num_sides = num_classes, 2 * dim * bins
        norm = partial(nn.GroupNorm, num_groups)
        self.towers = nn.ModuleList(
            # The norm subtracts the mean, so a bias before it would change nothing.
            heads.tower(in_channels, num_convs, dim=dim, norm=norm, bias=False)
            for _ in range(2)
        )
        self.logits = heads.convolution(dim, in_channels, num_anchors * num_classes)
        self.deltas = heads.convolution(dim, in_channels, num_anchors * self.num_sides)
        self.scales = nn.ModuleList(Scale() for _ in range(num_levels))
        convolutions = [m for m in self.modules() if isinstance(m, nn.Conv1d | nn.Conv2d)]
        for layer in convolutions:
            heads.start_near_zero(layer)
        heads.start_at_probability(self.logits)

    def forward(self, levels: Sequence[Tensor]) -> tuple[Tensor, Tensor, None]:
        """Return class logits (b, p, k) and the logits of all sides (b, p, 2*dim * bins). The third
        result is None, because the classes are the quality.
        """
        what, where = [], []
        for level, scale in zip(levels, self.scales, strict=True):
            what.append(heads.rows(self.logits(self.towers[0](level)), self.num_classes))
            # The scale multiplies logits here: how sure a level may be, not its unit of length.
            where.append(heads.rows(scale(self.deltas(self.towers[1](level))), self.num_sides))
        return torch.cat(what, 1), torch.cat(where, 1), None


def gfl_stages(
    num_classes: int,
    *,
    channels: int = 256,
    num_levels: int = 5,
    num_convs: int = 4,
    num_groups: int = 32,
    coder: DistributionCoder | None = None,
    dim: int = 2,
) -> DenseStages:
    """What makes a dense detector a GFL, to be given by keyword: head, coder and loss.

    ``retinanet_tiny(3, **gfl_stages(3, channels=48, num_levels=3, num_groups=8))`` keeps
    RetinaNet's anchors and its rule for who is responsible.

    Args:
        num_classes: of the detector.
        channels: of every level that the neck gives.
        num_levels: how many levels it gives.
        num_convs, num_groups: of the head's towers.
        coder: which bins a side has; None for the paper's 0 to 16, one prior's size each. Anchors
            are larger than the cells of points, so give them narrower bins.
        dim: 2 for boxes, 1 for spans.
    """
    coder = coder or DistributionCoder()
    return DenseStages(
        head=lazy_from(
            lambda priors: GFLHead(
                in_channels=channels,
                num_classes=num_classes,
                bins=coder.bins,
                num_levels=num_levels,
                num_anchors=priors.num_per_cell,
                num_convs=num_convs,
                num_groups=num_groups,
                dim=dim,
            )
        ),
        coder=coder,
        loss=lazy(GeneralizedFocalLoss),
    )


def _paper(num_classes: int, *, channels: int = 256, dim: int = 2) -> DenseStages:
    rest = DenseStages(
        prepare=lazy(Prepare, shorter=800, longer=1333),
        # A point and the square around it: sides are measured in strides, and ATSS's anchors, of
        # eight strides, serve the assignment alone.
        priors=lazy(PointPriors, strides=STRIDES),
        assigner=lazy(OnSquareAnchors, ATSS(), side=8.0),
        postprocess=lazy(SelectDense, score=class_probability),
    )
    return gfl_stages(num_classes, channels=channels, dim=dim) | rest


def gfl(
    num_classes: int, *, channels: int = 256, dim: int = 2, **stages: Unpack[DenseStages]
) -> DenseDetector:
    """GFL as the paper has it, around a backbone and a neck; any stage by keyword.

    Args:
        num_classes: of the data.
        channels: of the neck's levels, of which there are five.
        dim: 1 for spans, with a ``prepare`` for clips; 2 for boxes.
        stages: what replaces the paper's.
    """
    return compose(DenseDetector, _paper(num_classes, channels=channels, dim=dim) | stages)


def gfl_r50(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """The model that mmdetection calls ``gfl_r50_fpn``: 40.2 box AP on COCO val2017, by its authors'
    figure.

    Its departures from the paper: points at the cells' corners; no ReLU between P6 and P7; centres
    a hundredth of a pixel inside their object; distances up to 15.9 bins; an image without
    positives counts as one positive; the weights of the positives sum to 1 at least. The authors'
    own code has the points at the cells' centres and no such least sum, and adds 1 to each side
    inside its IoU.
    """
    departures = DenseStages(
        backbone=lazy(ResNet50),
        neck=lazy(
            FeaturePyramid,
            in_channels=ResNet50.channels,
            channels=256,
            num_extra=2,
            between=nn.Identity(),
        ),
        priors=lazy(PointPriors, strides=STRIDES, offset=0.0),
        coder=DistributionCoder(margin=0.1),
        assigner=lazy(OnSquareAnchors, ATSS(margin=0.01), side=8.0),
        loss=lazy(GeneralizedFocalLoss, normalise=images_count_one, least=1.0),
    )
    return compose(DenseDetector, _paper(num_classes) | departures | stages)


def gfl_tiny(num_classes: int, **stages: Unpack[DenseStages]) -> DenseDetector:
    """GFL for images of 64 to 128 pixels: ``fcos_tiny`` with another head, coder, loss and assigner.

    It trains in a minute on two CPU cores. Eight bins of one stride reach 32 to 128 pixels from a
    point. ATSS's anchors have three strides, 12 to 48 pixels, because objects have 8 to 48.
    """
    channels, strides = 48, (4, 8, 16)
    small = small_fcos(
        num_classes,
        widths=(16, 32, 64, 128),
        depths=(1, 2, 2, 2),
        channels=channels,
        strides=strides,
        reach=3,
    )
    qualified = gfl_stages(
        num_classes,
        channels=channels,
        num_levels=len(strides),
        num_convs=2,
        num_groups=8,
        coder=DistributionCoder(reg_max=8),
    )
    assigner = DenseStages(assigner=lazy(OnSquareAnchors, ATSS(), side=3.0))
    return compose(DenseDetector, _paper(num_classes) | small | qualified | assigner | stages)


GFL = System(
    title="GFL",
    paper="https://arxiv.org/abs/2006.04388",
    chapter=8,
    presets=(gfl_tiny, gfl_r50),
    tiny=gfl_tiny,
    recipes=RECIPES,
    origin="mmdetection's GFL, with gfl_r50",
)
