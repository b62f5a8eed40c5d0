"""Layers that at least two models use: preparation, backbones, necks, RoI pooling."""

from locviz.layers.convnet import SmallConvNet, conv_norm_relu
from locviz.layers.prepare import (
    BGR,
    IMAGENET_MEAN,
    IMAGENET_STD,
    Prepare,
    PreparedBatch,
    check_images,
)
from locviz.layers.pyramid import FeaturePyramid
from locviz.layers.resnet import ResNet50
from locviz.layers.roi_geometry import AxisSamples, PoolBins, SamplePoints, pool_bins, sample_points
from locviz.layers.roi_pooling import (
    LevelRoIAlign,
    RoIAlign,
    RoIPool,
    roi_align_reference,
    roi_pool_reference,
)

__all__ = [
    "BGR",
    "IMAGENET_MEAN",
    "IMAGENET_STD",
    "AxisSamples",
    "FeaturePyramid",
    "LevelRoIAlign",
    "PoolBins",
    "Prepare",
    "PreparedBatch",
    "ResNet50",
    "RoIAlign",
    "RoIPool",
    "SamplePoints",
    "SmallConvNet",
    "check_images",
    "conv_norm_relu",
    "pool_bins",
    "roi_align_reference",
    "roi_pool_reference",
    "sample_points",
]
