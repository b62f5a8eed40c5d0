"""R-CNN: Regions with CNN features (https://arxiv.org/abs/1311.2524).

R-CNN proposes regions without classes, warps each to one size, runs a convolutional network on
every one, and lets linear models predict the class and correct the box. It is slow because the
network runs once per region; Fast R-CNN was made to change that.

Three trainings follow each other, and each defines its examples differently (``solvers``)::

    for step in train(detector, batches, recipe): ...          # the network, with a softmax layer
    seen = region_features(detector, dataset)                  # features of all regions
    detector = with_svms(detector, fit_svms(seen, k))          # SVMs predict the class from now on
    detector = with_boxes(detector, fit_boxes(seen, k))        # a regression corrects the box

New here: crops in the place of RoIPool (``crops``), and these fits. Everything else is wired as in
Fast R-CNN: the pixels are the feature map, and the whole network is the head.
"""

from collections.abc import Callable
from functools import partial
from typing import Unpack

from torch import nn

from locviz.assign import BalancedSampler
from locviz.boxes import CenterSizeCoder
from locviz.layers import Prepare, SmallConvNet
from locviz.losses import smooth_l1_loss
from locviz.models.compose import compose, lazy
from locviz.models.rcnn.crops import AsLevel, CropHead, CropNetwork, WarpedCrops
from locviz.models.rcnn.recipes import RECIPES
from locviz.models.rcnn.solvers import FINE_TUNING
from locviz.models.skeletons.given_proposals import GivenStages, wire_given_proposals
from locviz.models.skeletons.region_stage import RoIStage
from locviz.models.skeletons.sampled_loss import MultiTaskLoss
from locviz.models.skeletons.two_stage import TwoStageDetector
from locviz.models.system import System
from locviz.postprocess import SelectRegions, each_by_itself
from locviz.priors import RegionGrouping, Remembered
from locviz.types import Detections


def rcnn(num_classes: int, **stages: Unpack[GivenStages]) -> TwoStageDetector:
    """R-CNN with the paper's numbers, around a ``head`` on crops of 227 pixels; any stage by
    keyword.

    It starts with the softmax layer of fine-tuning as its classifier and leaves the boxes as
    proposed.
    """
    paper = GivenStages(
        # R-CNN did not resize images, because all crops have one size anyway.
        prepare=lazy(Prepare, divisor=1),
        backbone=lazy(AsLevel),
        neck=lazy(nn.Identity),
        find=lazy(_region_grouping),
        pool=lazy(WarpedCrops, size=227),
        assigner=FINE_TUNING,
        # Section 2.3: 32 positive and 96 background windows per batch.
        sampler=lazy(BalancedSampler, size=128, positive_fraction=0.25),
        coder=lazy(CenterSizeCoder),
        # Fine-tuning trains on classes only: the boxes' term has the weight 0 and is only shown.
        loss=lazy(
            MultiTaskLoss,
            regression=partial(smooth_l1_loss, beta=1.0),
            weights={"regression": 0.0},
        ),
        postprocess=lazy(SelectRegions, threshold=0.05, nms_threshold=0.3),
    )
    return compose(wire_given_proposals, paper | stages)


def rcnn_tiny(num_classes: int, **stages: Unpack[GivenStages]) -> TwoStageDetector:
    """R-CNN for images of 64 to 96 pixels: crops of 32 pixels, 16 windows per image, a quarter of
    them positive.
    """
    small = GivenStages(
        prepare=lazy(Prepare, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25), divisor=1),
        pool=lazy(WarpedCrops, size=32),
        head=lazy(_small_head, num_classes, size=32),
        sampler=lazy(BalancedSampler, size=16, positive_fraction=0.25),
    )
    return rcnn(num_classes, **(small | stages))


def _small_head(num_classes: int, *, size: int, hidden: int = 128) -> CropHead:
    widths = (16, 32, 64)
    # Three stages halve the crop three times.
    features = widths[-1] * (size // 8) ** 2
    body = SmallConvNet(widths=widths, depths=(1, 1, 1), num_maps=1)
    return CropHead(
        network=CropNetwork(body=body, in_features=features, hidden=hidden),
        scores=nn.Linear(hidden, 1 + num_classes),
        boxes=boxes_as_proposed(features, num_classes),
    )


def _region_grouping() -> Remembered:
    return Remembered(RegionGrouping())


def boxes_as_proposed(in_features: int, num_classes: int) -> nn.Linear:
    """Deltas of zero for every class: the proposals are the boxes."""
    layer = nn.Linear(in_features, 4 * (1 + num_classes)).requires_grad_(False)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    return layer


def with_svms(detector: TwoStageDetector, svms: nn.Linear) -> TwoStageDetector:
    """The same detector, its network shared, with SVMs in the place of the softmax layer.

    Each class is scored by itself. The score is the sigmoid of the SVM's margin, which keeps the
    order of the detections, and AP depends on nothing but this order.
    """
    boxes = _parts(detector)[1].boxes
    postprocess = SelectRegions(threshold=0.05, nms_threshold=0.3, probability=each_by_itself)
    return _with_head(detector, svms, boxes, postprocess)


def with_boxes(detector: TwoStageDetector, boxes: nn.Linear) -> TwoStageDetector:
    """The same detector, its network shared, with regressed boxes."""
    return _with_head(detector, _parts(detector)[1].scores, boxes, detector.postprocess)


def _parts(detector: TwoStageDetector) -> tuple[RoIStage, CropHead]:
    stage = detector.roi
    if not isinstance(stage, RoIStage) or not isinstance(stage.head, CropHead):
        raise TypeError(
            "detector must be an R-CNN, whose second stage has a CropHead with linear layers to replace: "
            "build it with rcnn or rcnn_tiny"
        )
    return stage, stage.head


def _with_head(
    detector: TwoStageDetector,
    scores: nn.Module,
    boxes: nn.Module,
    postprocess: Callable[..., Detections],
) -> TwoStageDetector:
    stage, old = _parts(detector)
    home = next(detector.parameters()).device
    roi = RoIStage(
        pool=stage.pool,
        head=CropHead(network=old.network, scores=scores.to(home), boxes=boxes.to(home)),
        coder=stage.coder,
        assigner=stage.assigner,
        sampler=stage.sampler,
        loss=stage.criterion,
        candidates=stage.candidates,
    )
    made = TwoStageDetector(
        prepare=detector.prepare,
        backbone=detector.backbone,
        neck=detector.neck,
        proposer=detector.proposer,
        roi=roi,
        postprocess=postprocess,
    )
    return made.train(detector.training)


RCNN = System(
    title="R-CNN",
    paper="https://arxiv.org/abs/1311.2524",
    chapter=4,
    presets=(rcnn_tiny,),
    tiny=rcnn_tiny,
    recipes=RECIPES,
    origin="scikit-learn's LinearSVC and Ridge: the solvers alone",
)
