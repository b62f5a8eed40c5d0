"""The region algebra: formats, overlap measures and coders, for boxes and for spans in time.

A region is ``(..., 2*dim)``: its low corner, then its high corner, in absolute units. The same code
serves boxes (``dim`` 2) and spans (``dim`` 1). Every function checks shapes. None of them reads
values, because that makes a GPU wait; call ``check_regions`` where data enters.
"""

from locviz.boxes.batch_checks import as_float32, check_batch, check_pictures
from locviz.boxes.checks import check_regions, check_same_dim
from locviz.boxes.coders import CenterSizeCoder, Coder, CornerCoder, ShareCoder, SideDistanceCoder
from locviz.boxes.distributions import DistributionCoder, expected_bin, two_hot
from locviz.boxes.formats import (
    area,
    center_size_to_corners,
    clip,
    corners_to_center_size,
    corners_to_low_size,
    hull,
    intersection,
    low_size_to_corners,
)
from locviz.boxes.overlap import (
    ciou,
    diou,
    eiou,
    giou,
    ioa,
    iof,
    iou,
    pairwise_ciou,
    pairwise_diou,
    pairwise_eiou,
    pairwise_giou,
    pairwise_ioa,
    pairwise_iof,
    pairwise_iou,
)
from locviz.boxes.sizes import large_enough, remove_small_boxes

__all__ = [
    "CenterSizeCoder",
    "Coder",
    "CornerCoder",
    "DistributionCoder",
    "ShareCoder",
    "SideDistanceCoder",
    "area",
    "as_float32",
    "center_size_to_corners",
    "check_batch",
    "check_pictures",
    "check_regions",
    "check_same_dim",
    "ciou",
    "clip",
    "corners_to_center_size",
    "corners_to_low_size",
    "diou",
    "eiou",
    "expected_bin",
    "giou",
    "hull",
    "intersection",
    "ioa",
    "iof",
    "iou",
    "large_enough",
    "low_size_to_corners",
    "pairwise_ciou",
    "pairwise_diou",
    "pairwise_eiou",
    "pairwise_giou",
    "pairwise_ioa",
    "pairwise_iof",
    "pairwise_iou",
    "remove_small_boxes",
    "two_hot",
]  # fmt: skip
