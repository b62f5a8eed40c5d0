"""Proposals from the colours of an image: segment it, merge neighbours, propose all their boxes.

This is the idea of Selective Search (Uijlings et al., IJCV 2013), which made the proposals for
R-CNN and Fast R-CNN: an object is a region at *some* level of a hierarchy of similar regions, so
propose all of them and let a classifier decide. ``RegionGrouping`` lists what differs from the
paper.
"""

import heapq
from collections.abc import Sequence
from typing import final

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

Pixels = NDArray[np.floating]
Labels = NDArray[np.integer]

NUM_BINS = 8
"""Bins of a colour histogram, per channel; Uijlings et al. have 25."""


@final
class RegionGrouping:
    """Propose the boxes of all regions of a hierarchical grouping by colour, size and fit.

    What differs from Uijlings et al. (their sections in brackets), so that hundreds of small images
    take seconds on a CPU:

    - one colour space, RGB, and one similarity; theirs joins the proposals of up to 80 combinations
      of colour spaces, similarities and segmentations, 8 in the fast version (section 3.2);
    - similarity is colour + size + fill; there is no texture term, their histograms of Gaussian
      derivatives in 8 directions;
    - colour histograms have 8 bins per channel over the range of the image's own colours; theirs
      have 25 over the channel's whole range;
    - the first segments come from a graph of 4 neighbours per pixel, and segments smaller than
      ``min_region`` pixels join a neighbour;
    - proposals are ordered from the top of every hierarchy downwards; theirs multiply the place in
      the hierarchy by a random number, so that large regions are not always first (section 4);
    - boxes with a side shorter than ``min_side`` are dropped.

    Laws: the result is deterministic; no box comes twice; every box is inside the image; the whole
    image is one of them. Classes play no part.

    Args:
        scales: of the segmentations that the grouping starts from (``segment``); each adds its own
            hierarchy.
        smoothing: standard deviation in pixels of the blur before segmenting.
        min_region: pixels; smaller segments join a neighbour.
        min_side: pixels; boxes with a shorter side are not proposed.
        max_proposals: how many are returned at most, largest regions of the hierarchies first.
    """

    def __init__(
        self,
        *,
        scales: Sequence[float] = (0.2, 1.0),
        smoothing: float = 0.8,
        min_region: int = 8,
        min_side: int = 5,
        max_proposals: int = 300,
    ):
        if not scales or any(not scale > 0 for scale in scales):
            raise ValueError(
                f"RegionGrouping.scales must be positive numbers, at least one, got {tuple(scales)}"
            )
        self.scales, self.smoothing, self.min_region = tuple(scales), smoothing, min_region
        self.min_side, self.max_proposals = min_side, max_proposals

    def __call__(self, images: Sequence[Float[Tensor, "3 _ _"]]) -> list[Float[Tensor, "_ 4"]]:
        """The proposals of each image, (n, 4) in its pixels and on its device.

        They are computed on the CPU, in float64.
        """
        found = []
        for image in images:
            regions = self._propose(image.detach().cpu().double().numpy())
            found.append(torch.as_tensor(regions, dtype=torch.float32).to(image.device))
        return found

    def _propose(self, image: Pixels) -> Pixels:
        # scipy here and not at the top: its import takes longer than that of all priors together.
        from scipy.ndimage import gaussian_filter

        pixels = gaussian_filter(np.moveaxis(image, 0, -1), (self.smoothing, self.smoothing, 0))
        edges = _spanning_edges(pixels)
        hierarchies = [
            group(pixels, _segment(pixels, edges, scale, self.min_region)) for scale in self.scales
        ]
        # From the top of every hierarchy downwards: the few large regions with which the merging
        # ends come first.
        ranks = np.concatenate([np.arange(len(boxes)) for boxes in hierarchies])
        boxes = np.concatenate(hierarchies)[np.argsort(ranks, kind="stable")]
        boxes = boxes[(boxes[:, 2:] - boxes[:, :2] >= self.min_side).all(1)]
        _, first = np.unique(boxes, axis=0, return_index=True)
        return boxes[np.sort(first)][: self.max_proposals]


def segment(pixels: Pixels, *, scale: float, min_region: int = 8) -> Labels:
    """Segment an image by colour (Felzenszwalb and Huttenlocher, IJCV 2004).

    Edges between neighbouring pixels are taken from the weakest to the strongest. Two components
    merge if the edge between them is no stronger than, for each of the two, the strongest edge
    inside it plus ``scale`` over its size. Only the edges of a minimum spanning tree are visited,
    along which components can merge first.

    Args:
        pixels: (h, w, c) colours, 0..1, better a little blurred.
        scale: a larger one gives larger segments.
        min_region: pixels; smaller segments join the neighbour that is closest in colour.

    Returns:
        (h, w) labels 0..n-1.
    """
    return _segment(pixels, _spanning_edges(pixels), scale, min_region)


Edges = tuple[list[int], list[int], list[float]]


def _spanning_edges(pixels: Pixels) -> Edges:
    """The edges of a minimum spanning tree of the 4-neighbour graph, weakest first."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    h, w = pixels.shape[:2]
    index = np.arange(h * w).reshape(h, w)
    first = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
    second = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
    flat = pixels.reshape(h * w, -1)
    # A sparse matrix takes a weight of zero as "no edge".
    weight = np.linalg.norm(flat[first] - flat[second], axis=1) + 1e-12
    tree = minimum_spanning_tree(
        coo_array((weight, (first, second)), shape=(h * w, h * w)).tocsr()
    ).tocoo()
    order = np.argsort(tree.data, kind="stable")
    return tree.row[order].tolist(), tree.col[order].tolist(), tree.data[order].tolist()


def _segment(pixels: Pixels, edges: Edges, scale: float, min_region: int) -> Labels:
    """Merge the components that are alike, then those that are too small to stay alone."""
    num = pixels.shape[0] * pixels.shape[1]
    labels = list(range(num))  # the component of each pixel
    members = [[pixel] for pixel in range(num)]  # the pixels of each component
    limit = [scale] * num  # the strongest edge along which a component may merge
    for too_small in (False, True):
        for a, b, weight in zip(*edges, strict=True):
            a, b = labels[a], labels[b]
            if a == b:
                continue
            # The larger component keeps its label, so that few pixels are relabelled.
            if len(members[a]) < len(members[b]):
                a, b = b, a
            alike = weight <= min(limit[a], limit[b])
            if (len(members[b]) < min_region) if too_small else alike:
                for pixel in members[b]:
                    labels[pixel] = a
                members[a] += members[b]
                # Edges come in ascending order, so this one is the strongest inside so far.
                limit[a] = weight + scale / len(members[a])
    return np.unique(labels, return_inverse=True)[1].reshape(pixels.shape[:2])


def group(pixels: Pixels, labels: Labels) -> Pixels:
    """Merge the two most similar neighbours until one region is left; return the boxes of all.

    The box of the region that was merged last comes first.

    Args:
        pixels: (h, w, c) colours.
        labels: (h, w) a segmentation, 0..n-1.

    Returns:
        (2 n - 1, 4) boxes ``x1 y1 x2 y2`` that contain their last pixel: ``x2 - x1`` columns.
    """
    regions = _Regions(pixels, labels)
    neighbours = _neighbours(labels)
    queue = [
        item
        for a, others in neighbours.items()
        for item in regions.pairs(a, [b for b in others if b > a])
    ]
    heapq.heapify(queue)
    while queue:
        _, a, b = heapq.heappop(queue)
        if a not in neighbours or b not in neighbours:
            continue  # one of them is part of a larger region by now
        merged = regions.merge(a, b)
        around = (neighbours.pop(a) | neighbours.pop(b)) - {a, b}
        for other in around:
            neighbours[other] = neighbours[other] - {a, b} | {merged}
        neighbours[merged] = around
        for item in regions.pairs(merged, sorted(around)):
            heapq.heappush(queue, item)
    return regions.boxes[: regions.num][::-1]


def _neighbours(labels: Labels) -> dict[int, set[int]]:
    neighbours: dict[int, set[int]] = {label: set() for label in range(int(labels.max()) + 1)}
    for one, other in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        apart = one != other
        for a, b in np.unique(np.stack([one[apart], other[apart]], 1), axis=0).tolist():
            neighbours[a].add(b)
            neighbours[b].add(a)
    return neighbours


@final
class _Regions:
    """Size, colour histogram and box of every region, the merged ones included."""

    def __init__(self, pixels: Pixels, labels: Labels):
        from scipy.ndimage import find_objects

        self.num, self.area = int(labels.max()) + 1, labels.size
        self.sizes = np.zeros(2 * self.num - 1)
        self.sizes[: self.num] = np.bincount(labels.ravel())
        self.boxes = np.zeros((2 * self.num - 1, 4))
        for label, (rows, columns) in enumerate(find_objects(labels + 1)):
            self.boxes[label] = columns.start, rows.start, columns.stop, rows.stop
        self.colors = np.zeros((2 * self.num - 1, NUM_BINS * pixels.shape[-1]))
        self.colors[: self.num] = _histograms(pixels, labels) / self.sizes[: self.num, None]

    def merge(self, a: int, b: int) -> int:
        """Add the region that joins a and b, and return its number."""
        new, self.num = self.num, self.num + 1
        self.sizes[new] = self.sizes[a] + self.sizes[b]
        # The histogram of a union is the mean of both, weighted by size: no pixel is read again.
        counts = self.sizes[a] * self.colors[a] + self.sizes[b] * self.colors[b]
        self.colors[new] = counts / self.sizes[new]
        self.boxes[new, :2] = np.minimum(self.boxes[a, :2], self.boxes[b, :2])
        self.boxes[new, 2:] = np.maximum(self.boxes[a, 2:], self.boxes[b, 2:])
        return new

    def pairs(self, a: int, others: list[int]) -> list[tuple[float, int, int]]:
        """``(minus similarity, a, b)`` of region a with others; a heap returns its lowest first."""
        if not others:
            return []
        similarities = self._similarity(a, others).tolist()
        return [(-similarity, a, b) for similarity, b in zip(similarities, others, strict=True)]

    def _similarity(self, a: int, others: list[int]) -> Pixels:
        """The sum of three terms, each in 0..1: colour, size and fill.

        They are high for regions with colours in common, for small regions, and for regions that
        together fill their common box: section 3.2 of Selective Search.
        """
        size = self.sizes[a] + self.sizes[others]
        low = np.minimum(self.boxes[a, :2], self.boxes[others, :2])
        high = np.maximum(self.boxes[a, 2:], self.boxes[others, 2:])
        gap = (high - low).prod(1) - size
        common = np.minimum(self.colors[a], self.colors[others]).sum(1)
        # A row holds one histogram per channel, and each sums to 1: the mean of the channels.
        color = common * NUM_BINS / self.colors.shape[1]
        return color + (1 - size / self.area) + (1 - gap / self.area)


def _histograms(pixels: Pixels, labels: Labels) -> Labels:
    """Counts of each segment's colours, (n, c * bins), over the range of the image's colours."""
    num, channels = int(labels.max()) + 1, pixels.shape[-1]
    flat = pixels.reshape(-1, channels)
    low, high = flat.min(0), flat.max(0)
    shares = (flat - low) / np.maximum(high - low, 1e-9)
    bins = (shares * NUM_BINS).astype(int).clip(max=NUM_BINS - 1)  # the largest colour: last bin
    # One number per (segment, channel, bin), so that one count serves all histograms.
    columns = bins + np.arange(channels) * NUM_BINS + labels.reshape(-1, 1) * NUM_BINS * channels
    return np.bincount(columns.ravel(), minlength=num * NUM_BINS * channels).reshape(num, -1)
