"""The region algebra: formats, overlap and coders of boxes (``dim`` 2) and spans in time (``dim``
1), in one code.

A region is ``(..., 2*dim)``, low corner then high corner, absolute units. Every function checks
shapes, none reads values: call ``check_regions`` where data enters.
"""

from locviz.boxes.checks import check_regions, check_same_dim
from locviz.boxes.coders import CenterSizeCoder, Coder, CornerCoder, SideDistanceCoder
from locviz.boxes.formats import (
    center_size_to_corners,
    clip,
    corners_to_center_size,
    corners_to_low_size,
    hull,
    intersection,
    low_size_to_corners,
    measure,
)
from locviz.boxes.overlap import (
    ciou,
    diou,
    eiou,
    giou,
    iou,
    pairwise_ciou,
    pairwise_diou,
    pairwise_eiou,
    pairwise_giou,
    pairwise_iou,
)

__all__ = [
    "CenterSizeCoder", "Coder", "CornerCoder", "SideDistanceCoder", "center_size_to_corners", "check_regions",
    "check_same_dim", "ciou", "clip", "corners_to_center_size", "corners_to_low_size", "diou", "eiou", "giou", "hull",
    "intersection", "iou", "low_size_to_corners", "measure", "pairwise_ciou", "pairwise_diou", "pairwise_eiou",
    "pairwise_giou", "pairwise_iou",
]  # fmt: skip
