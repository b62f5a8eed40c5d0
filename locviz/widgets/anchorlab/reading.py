"""What a design of anchors reaches: over a whole set of boxes, and in one image."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from locviz.assign import MaxIoU, force_best_ties, no_force
from locviz.boxes import iou, pairwise_iou
from locviz.priors import AnchorPriors, pyramid_sizes
from locviz.types import IGNORE, Assignment, Priors, Targets

IOUS = torch.arange(30, 96).double() / 100
"""Where the recall curve is drawn."""


@dataclass(frozen=True)
class Design:
    """A design of anchors: scales, ratios and strides.

    Scales are sides in strides, ratios are height over width, and strides are pixels per cell, one
    per level.
    """

    scales: tuple[float, ...]
    ratios: tuple[float, ...]
    strides: tuple[int, ...]

    @classmethod
    def of(
        cls, scales: Sequence[float], ratios: Sequence[float], strides: Sequence[int]
    ) -> "Design":
        """Return the design with these numbers, each once and in rising order."""
        sides, shapes = (tuple(sorted(set(values))) for values in (scales, ratios))
        return cls(sides, shapes, tuple(sorted(set(strides))))

    @cached_property
    def anchors(self) -> AnchorPriors:
        """The design as detectors take it; every cell's anchors stand round its centre."""
        sizes = [[scale * stride for scale in self.scales] for stride in self.strides]
        return AnchorPriors(sizes=sizes, strides=self.strides, ratios=self.ratios)

    @property
    def per_cell(self) -> int:
        """Anchors at each cell."""
        return len(self.scales) * len(self.ratios)

    def shape(self, index: int) -> tuple[float, float]:
        """Return scale and ratio of a cell's anchor; all scales of the first ratio come first."""
        ratio, scale = divmod(index, len(self.scales))
        return self.scales[scale], self.ratios[ratio]

    def maps(self, size: tuple[int, int]) -> list[tuple[int, ...]]:
        """Return the (h, w) of every level's map, for an image of ``size`` (h, w) in pixels."""
        return pyramid_sizes(size, self.strides)

    def num_anchors(self, size: tuple[int, int]) -> int:
        """Return the number of anchors in one image of ``size`` (h, w)."""
        return self.per_cell * sum(rows * columns for rows, columns in self.maps(size))


@lru_cache(maxsize=8)
def anchors_of(design: Design, size: tuple[int, int]) -> Priors:
    """Return every anchor of a design in an image of ``size`` (h, w)."""
    return design.anchors(design.maps(size), input_size=size)


def nearest_anchors(
    design: Design, points: Float[Tensor, "m 2"], sizes: Float[Tensor, "m 2"]
) -> Float[Tensor, "m a 4"]:
    """Return, for every point, the anchors of the cell nearest to it on every level.

    There are a = levels x anchors per cell of them, level by level.

    Args:
        design: the anchors' design.
        points: (m, 2), x and y in pixels.
        sizes: (m, 2), w and h of the image that each point is in: the cells end with it.
    """
    levels = []
    for level, stride in enumerate(design.strides):
        last = (sizes / stride).ceil() - 1
        cell = (points / stride).floor().clamp(min=0).minimum(last)
        center = (cell * stride + 0.5 * stride)[:, None]
        half = design.anchors.sides(level) / 2
        levels.append(torch.cat([center - half, center + half], -1))
    return torch.cat(levels, 1)


def best_of_nearest(
    design: Design, boxes: Float[Tensor, "m 4"], sizes: Float[Tensor, "m 2"]
) -> tuple[Float[Tensor, "m"], Int64[Tensor, "m"]]:
    """Return the best IoU of every box (m,), and which of ``nearest_anchors`` gives it (m,).

    The IoU is that of ``locviz.priors.best_iou``, but at once.

    Of two equal anchors the one whose centre is nearer to the box's in x, and in y, overlaps it at
    least as much. So only the nearest cell of every level can hold the best one, and a box is
    compared with a dozen anchors instead of all: a set of thousands of boxes follows a slider.
    """
    if not len(boxes):
        return torch.zeros(0), torch.zeros(0, dtype=torch.int64)
    reached = iou(boxes[:, None], nearest_anchors(design, (boxes[:, :2] + boxes[:, 2:]) / 2, sizes))
    best = reached.max(1)
    return best.values, best.indices


@dataclass(frozen=True, eq=False)
class Survey:
    """What a design reaches over a set of boxes.

    ``best`` (m,) is the best IoU of every box; the number of anchors per image is a mean.
    """

    best: Float[Tensor, "m"]
    num_anchors: float

    def recall(self, threshold: float) -> float:
        """Return the share of the boxes whose best anchor has this IoU; NaN without boxes."""
        return float((self.best >= threshold).double().mean())

    @property
    def curve(self) -> Float[Tensor, "t"]:
        """The same at every one of ``IOUS``."""
        # At the type of the boxes: 0.7 in double is more than 0.7 in float.
        return (self.best[:, None] >= IOUS.to(self.best)).double().mean(0)


def survey(
    design: Design,
    boxes: Float[Tensor, "m 4"],
    owner: Int64[Tensor, "m"],
    sizes: Sequence[tuple[int, int]],
) -> Survey:
    """Measure a design over a set of boxes.

    Args:
        design: the anchors' design.
        boxes: (m, 4) in pixels, of all images.
        owner: (m,) which image each box is in.
        sizes: (h, w) of each image.
    """
    wide = torch.tensor(sizes, dtype=torch.float32).flip(-1)[owner]
    best, _ = best_of_nearest(design, boxes, wide)
    counts = {size: design.num_anchors(size) for size in set(sizes)}
    return Survey(best, sum(counts[size] for size in sizes) / len(sizes))


@dataclass(frozen=True, kw_only=True)
class BestAnchor:
    """The anchor with the largest IoU with a box, and what it is."""

    region: list[float]
    iou: float
    level: int
    scale: float
    ratio: float


@dataclass(frozen=True, eq=False, kw_only=True)
class AssignedAnchors:
    """The anchors of one image, assigned to its ground truths by two thresholds.

    Shapes: ``best_iou`` and ``num_positive`` (g,); ``assignment`` over all anchors; ``best`` of the
    target; ``cell_anchors`` (a, 4), level by level, of the cells that hold a point; ``cell_iou``
    (a,) with the target.
    """

    design: Design
    size: tuple[int, int]
    gt: Float[Tensor, "g 4"]
    best_iou: Float[Tensor, "g"]
    num_positive: Int64[Tensor, "g"]
    assignment: Assignment
    positive: float
    negative: float
    best: BestAnchor
    cell_anchors: Float[Tensor, "a 4"]
    cell_iou: Float[Tensor, "a"]

    @cached_property
    def level_counts(self) -> list[list[int]]:
        """Positive, ignored and negative anchors of every level."""
        ignored = self.assignment.gt_index == IGNORE
        kinds = (self.assignment.positive, ignored, self.assignment.negative)
        maps = self.design.maps(self.size)
        lengths = [self.design.per_cell * rows * columns for rows, columns in maps]
        parts = zip(*(kind.split(lengths) for kind in kinds), strict=True)
        return [[int(part.sum()) for part in level] for level in parts]

    @property
    def counts(self) -> list[int]:
        """Positive, ignored and negative anchors."""
        return [sum(level[i] for level in self.level_counts) for i in range(3)]

    def outcome(self, iou: float) -> str:
        """Return in a word what the thresholds make of an IoU."""
        if iou >= self.positive:
            return "positive"
        return "negative" if iou < self.negative else "ignored"

    def states(self, level: int) -> Int64[Tensor, "h w"]:
        """Return what is best among the anchors of each cell of a level, (h, w).

        2 is positive, 1 ignored, 0 negative.
        """
        maps = self.design.maps(self.size)
        start = self.design.per_cell * sum(rows * columns for rows, columns in maps[:level])
        rows, columns = maps[level]
        here = self.assignment.gt_index[start : start + rows * columns * self.design.per_cell]
        state = torch.where(here >= 0, 2, torch.where(here == IGNORE, 1, 0))
        return state.reshape(rows, columns, -1).amax(-1)


def assign_anchors(
    design: Design,
    gt: Float[Tensor, "g 4"],
    size: tuple[int, int],
    *,
    target: int,
    point: Sequence[float],
    positive: float,
    negative: float,
    forced: bool,
) -> AssignedAnchors:
    """Assign every anchor of an image by ``locviz.assign.MaxIoU``, and look at the target's best.

    Args:
        design: the anchors' design.
        gt: (g, 4) the ground truths, in pixels.
        size: (h, w) of the image.
        target: which of ``gt`` is dragged.
        point: x, y whose cells' anchors are shown.
        positive, negative: MaxIoU's thresholds.
        forced: whether every ground truth gets its best anchors.
    """
    rule = MaxIoU(
        positive=positive, negative=negative, force=force_best_ties if forced else no_force
    )
    targets = Targets(boxes=gt, labels=torch.zeros(len(gt), dtype=torch.int64), size=size)
    assignment = rule(anchors_of(design, size), targets)
    wide = torch.tensor([size[::-1]] * len(gt), dtype=torch.float32)
    best, _ = best_of_nearest(design, gt, wide)
    at_cell = nearest_anchors(design, torch.tensor([list(point)], dtype=torch.float32), wide[:1])[0]
    matched = assignment.gt_index[assignment.positive]
    return AssignedAnchors(
        design=design,
        size=size,
        gt=gt,
        best_iou=best,
        num_positive=torch.bincount(matched, minlength=len(gt)),
        assignment=assignment,
        positive=positive,
        negative=negative,
        best=_best_anchor(design, gt[target], wide[0]),
        cell_anchors=at_cell,
        cell_iou=pairwise_iou(at_cell, gt[target][None])[:, 0],
    )


def _best_anchor(design: Design, box: Float[Tensor, "4"], wide: Float[Tensor, "2"]) -> BestAnchor:
    reached, index = best_of_nearest(design, box[None], wide[None])
    level, within = divmod(int(index), design.per_cell)
    region = nearest_anchors(design, ((box[:2] + box[2:]) / 2)[None], wide[None])[0, int(index)]
    scale, ratio = design.shape(within)
    what = {"level": level, "scale": scale, "ratio": ratio}
    return BestAnchor(region=region.tolist(), iou=float(reached), **what)
