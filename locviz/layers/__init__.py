"""Layers that at least two models use: preparation, backbones, necks."""

from locviz.layers.convnet import SmallConvNet, conv_norm_relu
from locviz.layers.prepare import IMAGENET_MEAN, IMAGENET_STD, Batch, Prepare, check_images
from locviz.layers.pyramid import FeaturePyramid
from locviz.layers.resnet import ResNet50

__all__ = [
    "IMAGENET_MEAN",
    "IMAGENET_STD",
    "Batch",
    "FeaturePyramid",
    "Prepare",
    "ResNet50",
    "SmallConvNet",
    "check_images",
    "conv_norm_relu",
]
