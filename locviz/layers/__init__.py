"""Layers that at least two models use: preparation, backbones, necks, RoI pooling."""

from locviz.layers.attention import Attention
from locviz.layers.conv_norm import ConvNorm
from locviz.layers.convnet import SmallConvNet, conv_norm_relu
from locviz.layers.deformable_attention import DeformableAttention, mix_places
from locviz.layers.denoising import DenoisingQueries
from locviz.layers.memory import Memory, MemoryAttention
from locviz.layers.noise import BoxJitter, BoxNoise, ContrastivePairs, LabelFlips, LabelNoise
from locviz.layers.path_aggregation import aggregate_paths
from locviz.layers.perceptron import perceptron
from locviz.layers.positions import SinePositions, padding_masks, sine_encoding
from locviz.layers.prepare import (
    BGR,
    IMAGENET_MEAN,
    IMAGENET_STD,
    Prepare,
    check_images,
)
from locviz.layers.prepare_clips import PrepareClips
from locviz.layers.projection import ProjectLevels, ProjectMaps
from locviz.layers.proposal_queries import (
    ProposalQueries,
    SelectedQueries,
    cell_boxes,
    first_logit,
    largest_logit,
    likeliest_object,
)
from locviz.layers.pyramid import FeaturePyramid, from_backbone, from_output
from locviz.layers.pyramid_pooling import PyramidPooling
from locviz.layers.queries import AnchorQueries, BoxPositions, LearnedQueries, PointQueries
from locviz.layers.query_set import Proposals, Queries
from locviz.layers.resnet import ResNet50, ResNet101
from locviz.layers.roi_geometry import AxisSamples, PoolBins, SamplePoints, pool_bins, sample_points
from locviz.layers.roi_pooling import (
    LevelRoIAlign,
    RoIAlign,
    RoIPool,
    roi_align_reference,
    roi_pool_reference,
)
from locviz.layers.scale import Scale
from locviz.layers.transformer import (
    DecoderLayer,
    EncoderLayer,
    TransformerDecoder,
    TransformerEncoder,
)

__all__ = [
    "BGR",
    "IMAGENET_MEAN",
    "IMAGENET_STD",
    "AnchorQueries",
    "Attention",
    "AxisSamples",
    "BoxJitter",
    "BoxNoise",
    "BoxPositions",
    "ContrastivePairs",
    "ConvNorm",
    "DecoderLayer",
    "DeformableAttention",
    "DenoisingQueries",
    "EncoderLayer",
    "FeaturePyramid",
    "LabelFlips",
    "LabelNoise",
    "LearnedQueries",
    "LevelRoIAlign",
    "Memory",
    "MemoryAttention",
    "PointQueries",
    "PoolBins",
    "Prepare",
    "PrepareClips",
    "ProjectLevels",
    "ProjectMaps",
    "ProposalQueries",
    "Proposals",
    "PyramidPooling",
    "Queries",
    "ResNet50",
    "ResNet101",
    "RoIAlign",
    "RoIPool",
    "SamplePoints",
    "Scale",
    "SelectedQueries",
    "SinePositions",
    "SmallConvNet",
    "TransformerDecoder",
    "TransformerEncoder",
    "aggregate_paths",
    "cell_boxes",
    "check_images",
    "conv_norm_relu",
    "first_logit",
    "from_backbone",
    "from_output",
    "largest_logit",
    "likeliest_object",
    "mix_places",
    "padding_masks",
    "perceptron",
    "pool_bins",
    "roi_align_reference",
    "roi_pool_reference",
    "sample_points",
    "sine_encoding",
]
