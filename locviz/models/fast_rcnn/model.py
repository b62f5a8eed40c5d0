"""Fast R-CNN (https://arxiv.org/abs/1504.08083).

R-CNN ran its network once per proposal, although proposals overlap. Here the network runs once per
image, and RoIPool cuts each proposal's features out of the shared map. One head predicts both the
class and the box, and one loss trains everything at once, where R-CNN had three trainings in a row.
Proposals still come from outside.

New here: the choice of background regions (``BackgroundFrom``) and the composition. RoIPool
(``locviz.layers``), the second stage and its loss (``skeletons``) are shared with Faster R-CNN,
which only puts a network in the place of ``find``.
"""

from functools import partial
from typing import Unpack, final

from torch import nn

from locviz.assign import BalancedSampler, MaxIoU
from locviz.boxes import CenterSizeCoder, pairwise_iou
from locviz.layers import Prepare, RoIPool, SmallConvNet
from locviz.losses import smooth_l1_loss
from locviz.models.compose import compose, lazy
from locviz.models.rcnn.recipes import RECIPES
from locviz.models.skeletons.dense import Assigner
from locviz.models.skeletons.given_proposals import GivenStages, wire_given_proposals
from locviz.models.skeletons.region_stage import RoIHead
from locviz.models.skeletons.sampled_loss import MultiTaskLoss
from locviz.models.skeletons.two_stage import TwoStageDetector
from locviz.models.system import System
from locviz.postprocess import SelectRegions
from locviz.priors import RegionGrouping, Remembered
from locviz.types import IGNORE, Assignment, ImagePredictions, Priors, Targets


@final
class BackgroundFrom:
    """Keep as background only regions that overlap an object a little: section 2.3, "hard example
    mining".

    A region that another assigner makes background becomes ``IGNORE`` if it overlaps every object
    by less than ``low``. So does every region of an image without objects, which then trains
    nothing (the released code leaves such images out). Later codes dropped the lower bound.

    Args:
        assigner: whose result is changed.
        low: the smallest IoU with the nearest object at which a region stays background; 0.1 in the
            paper.
    """

    def __init__(self, assigner: Assigner, *, low: float = 0.1):
        if not 0 <= low <= 1:
            raise ValueError(f"BackgroundFrom.low is an IoU and must be in 0..1, got {low}")
        self.assigner, self.low = assigner, low

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Assign the regions of one image."""
        # Crowd regions and ignored boxes are no objects that background could be near to.
        found = self.assigner(priors, targets, predicted)
        objects = targets.boxes[~(targets.crowd | targets.ignore)]  # type: ignore[operator]
        near = (pairwise_iou(priors.regions, objects.to(priors.regions)) >= self.low).any(1)
        return Assignment(found.gt_index.masked_fill(found.negative & ~near, IGNORE))


def fast_rcnn(num_classes: int, **stages: Unpack[GivenStages]) -> TwoStageDetector:
    """Fast R-CNN with the paper's numbers, around a backbone with one map; any stage by keyword.

    ``fast_rcnn_tiny(3, pool=RoIAlign(output_size=5, stride=4))`` changes how features are cut out,
    and nothing else. The paper's own network is VGG16 without its last pooling: give it as
    ``backbone``.
    """
    paper = GivenStages(
        prepare=lazy(Prepare, shorter=600, longer=1000),
        # The second stage uses the backbone's map as it is: feature pyramids came later.
        neck=lazy(nn.Identity),
        find=lazy(_region_grouping),
        pool=lazy(RoIPool, output_size=7, stride=16),
        head=lazy(RoIHead, in_channels=512, resolution=7, num_classes=num_classes, hidden=4096),
        # Section 2.3: 64 regions per image, a quarter of them from IoU 0.5 up, the others from 0.1
        # to 0.5.
        assigner=lazy(_from_a_tenth),
        sampler=lazy(BalancedSampler, size=64, positive_fraction=0.25),
        # Equation 3 changes from quadratic to linear at 1, in units of a tenth (shifts) and a fifth
        # (log sizes).
        coder=lazy(CenterSizeCoder, weights=(10.0, 5.0)),
        loss=lazy(MultiTaskLoss, regression=partial(smooth_l1_loss, beta=1.0)),
        postprocess=lazy(SelectRegions, threshold=0.05, nms_threshold=0.3, max_detections=100),
    )
    return compose(wire_given_proposals, paper | stages)


def fast_rcnn_tiny(num_classes: int, **stages: Unpack[GivenStages]) -> TwoStageDetector:
    """Fast R-CNN for images of 64 to 96 pixels: trains in half a minute on two CPU cores.

    One map of stride 4, because objects start at 8 pixels and RoIPool rounds to whole cells.
    """
    channels = 48
    small = GivenStages(
        prepare=lazy(Prepare, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25), divisor=4),
        backbone=lazy(SmallConvNet, widths=(16, channels), depths=(1, 3), num_maps=1),
        pool=lazy(RoIPool, output_size=5, stride=4),
        head=lazy(RoIHead, in_channels=channels, resolution=5, num_classes=num_classes, hidden=128),
    )
    return fast_rcnn(num_classes, **(small | stages))


def _region_grouping() -> Remembered:
    return Remembered(RegionGrouping())


def _from_a_tenth() -> BackgroundFrom:
    return BackgroundFrom(MaxIoU(positive=0.5, negative=0.5), low=0.1)


FAST_RCNN = System(
    title="Fast R-CNN",
    paper="https://arxiv.org/abs/1504.08083",
    chapter=4,
    presets=(fast_rcnn_tiny,),
    tiny=fast_rcnn_tiny,
    recipes=RECIPES,
    origin="torchvision's RoIHeads with RoIPool: the second stage alone",
)
