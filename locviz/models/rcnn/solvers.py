"""What R-CNN trains after its network: one linear SVM per class, one ridge regression of the box
per class.

Both results are linear layers; they differ from a softmax layer only in how their weights are
found. Each of R-CNN's three trainings defines its positive and negative examples differently:
``FINE_TUNING``, ``SVM`` and ``REGRESSION`` below.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor, nn

from locviz.assign import MaxIoU
from locviz.boxes import CenterSizeCoder, as_float32
from locviz.inputs import Inputs
from locviz.models.rcnn.crops import fixed_linear
from locviz.models.skeletons.frames import in_input_frame
from locviz.models.skeletons.region_stage import with_ground_truths
from locviz.train.inference import evaluating
from locviz.types import (
    Priors,
    Targets,
)

FINE_TUNING = MaxIoU(positive=0.5, negative=0.5)
"""The network: a region from IoU 0.5 up is an example of its object, which makes thirty times as many examples as
there are objects (appendix B)."""

SVM = MaxIoU(positive=1.0, negative=0.3)
"""The SVM of a class, among the objects of *that class*: only the ground truths are positive, regions that overlap
them by less than 0.3 are negative, and all regions between are left out (appendix B)."""

REGRESSION = MaxIoU(positive=0.6, negative=0.6)
"""The box regressors: only proposals that a linear correction can reach, from IoU 0.6 up; background is not used.
(Appendix C has strictly above 0.6.)"""

TARGET_NORM = 20.0
"""Features are scaled to this mean norm, so that the same ``cost`` fits all of them, as in ``rcnn_scale_features``
of the released code."""

NEVER = -100.0
"""The margin of a class without examples, which is then never detected."""


@dataclass(frozen=True, eq=False)
class RegionFeatures:
    """One image for R-CNN's solvers: its proposals and ground truths, and the features of their
    crops.

    Shapes: ``regions`` (n, 4) and ``targets`` in input pixels; ``pooled`` (n, p) and ``hidden`` (n,
    h), on the CPU.
    """

    regions: Float[Tensor, "n 4"]
    targets: Targets
    pooled: Float[Tensor, "n p"]
    hidden: Float[Tensor, "n h"]


def region_features(detector: Any, dataset: Any) -> list[RegionFeatures]:
    """The features of all regions of all images. R-CNN kept them on disk: hundreds of gigabytes for
    VOC.

    Args:
        detector: an ``rcnn``, its network trained.
        dataset: has a length and gives ``(image, Targets)``.
    """
    home = next(detector.parameters()).device
    with evaluating(detector):
        return [
            _look(detector, image.to(home), target.to(home)) for image, target in _items(dataset)
        ]


def _items(dataset: Any):
    return (dataset[index] for index in range(len(dataset)))


def _look(detector: Any, image: Tensor, targets: Targets) -> RegionFeatures:
    batch, levels = detector.features([image])
    proposals = detector.proposer(Inputs((image,)), batch, levels).priors.of_image(0)
    targets = in_input_frame(as_float32(targets), batch.scales[0])
    regions = with_ground_truths(proposals, targets)
    pooled, hidden = detector.roi.head.network(detector.roi.pool(levels, [regions]))
    return RegionFeatures(regions.cpu(), targets.to("cpu"), pooled.cpu(), hidden.cpu())


def fit_svms(
    seen: Sequence[RegionFeatures],
    num_classes: int,
    *,
    cost: float = 1e-3,
    retrain_after: int = 500,
) -> nn.Linear:
    """One linear SVM per class on the hidden features, with one pass of hard-negative mining
    (R-CNN, section 2.3).

    The SVM starts from all negatives of one image. Each further image adds its hard negatives,
    those with a margin above -1. After ``retrain_after`` new ones the SVM is trained again, and
    easy negatives, with a margin below -1.2, are dropped.

    Args:
        seen: from ``region_features``.
        num_classes: of the data set.
        cost: C of the hinge loss; positives count twice.
        retrain_after: new negatives between two trainings; 2000 in the released code, which sees
            about 2000 regions per image.

    Returns:
        hidden features to margins (n, 1 + k), with zeros in the background's column; a class
        without examples is never detected.

    Raises:
        ImportError: scikit-learn is not installed.
        ValueError: ``seen`` is empty.
    """
    features = _scaled([image.hidden for image in seen])
    weight, bias = torch.zeros(1 + num_classes, features.width), torch.zeros(1 + num_classes)
    for label in range(num_classes):
        # A model for each class: an image without this class still gives negatives.
        answers = [_of_class(SVM, image, label) for image in seen]
        weight[1 + label], bias[1 + label] = _mined(features.rows, answers, cost, retrain_after)
    # The layer takes features as the network gives them, so their scale moves into the weights.
    return fixed_linear(weight * features.factor, bias)


@dataclass(frozen=True, eq=False)
class _Scaled:
    rows: list[NDArray[np.float64]]
    factor: float

    @property
    def width(self) -> int:
        return self.rows[0].shape[1]


def _scaled(features: Sequence[Tensor]) -> _Scaled:
    if not len(features):
        raise ValueError("seen is empty: call region_features on some images first")
    norm = float(torch.cat(list(features)).norm(dim=1).mean()) if sum(map(len, features)) else 1.0
    # Features that are all zero have no norm to divide by.
    factor = TARGET_NORM / norm if norm > 0 else 1.0
    return _Scaled([(rows.double() * factor).numpy() for rows in features], factor)


def _of_class(rule: MaxIoU, image: RegionFeatures, label: int) -> NDArray[np.int64]:
    """1, -1 or 0 for each region: positive, negative or neither for the objects of one class."""
    # An SVM knows no other class: objects of other classes are background to it.
    own = image.targets.labels == label
    targets = replace(
        image.targets,
        **{
            name: getattr(image.targets, name)[own]
            for name in ("boxes", "labels", "area", "crowd", "ignore")
        },
        masks=None,
        keypoints=None,
        text=None,
    )
    found = rule(_priors(image.regions), targets)
    return (found.positive.long() - found.negative.long()).numpy()


def _priors(regions: Tensor) -> Priors:
    return Priors(regions, regions.new_zeros(len(regions)), (len(regions),))


def _mined(rows: list, answers: list, cost: float, retrain_after: int) -> tuple[Tensor, float]:
    """Weights and bias of one class."""
    width = rows[0].shape[1]
    positive = np.concatenate([x[a > 0] for x, a in zip(rows, answers, strict=True)])
    negatives = [x[a < 0] for x, a in zip(rows, answers, strict=True) if (a < 0).any()]
    if not len(positive) or not negatives:
        return torch.zeros(width), NEVER
    cache, added = negatives[0], 0
    weight, bias = _svm(positive, cache, cost)
    for more in negatives[1:]:
        # Beyond a margin of -1 a negative has no hinge loss and changes nothing; the small rest
        # allows for rounding.
        hard = more[more @ weight + bias > -1.0001]
        cache, added = np.concatenate([cache, hard]), added + len(hard)
        if added > retrain_after:
            weight, bias = _svm(positive, cache, cost)
            cache, added = cache[cache @ weight + bias >= -1.2], 0
    weight, bias = _svm(positive, cache, cost) if len(cache) else (weight, bias)
    return torch.from_numpy(weight).float(), bias


def _svm(positive: NDArray, negative: NDArray, cost: float) -> tuple[NDArray, float]:
    try:
        from sklearn.svm import LinearSVC
    except ImportError as error:
        raise ImportError("R-CNN's SVMs need scikit-learn: pip install 'locviz[lab]'") from error
    answers = np.r_[np.ones(len(positive)), -np.ones(len(negative))]
    # Positives count twice, and the bias is the weight of a feature of 10: the released code's
    # settings.
    machine = LinearSVC(
        C=cost,
        loss="hinge",
        intercept_scaling=10,
        class_weight={1: 2.0},
        max_iter=20_000,
        random_state=0,
    )
    machine.fit(np.concatenate([positive, negative]), answers)
    return machine.coef_[0], float(np.ravel(machine.intercept_)[0])


def fit_boxes(
    seen: Sequence[RegionFeatures], num_classes: int, *, ridge: float = 1000.0
) -> nn.Linear:
    """Per class, a ridge regression from the last map to the offsets of the box (R-CNN, appendix C,
    eq. 5).

    The targets are first centred and whitened, so that the same ``ridge`` fits all four. The bias
    is penalised like every other weight, as in the released code.

    Args:
        seen: from ``region_features``.
        num_classes: of the data set.
        ridge: lambda.

    Returns:
        pooled features to deltas (n, (1 + k) * 4) for a ``CenterSizeCoder()``; zeros for the
        background and for classes without examples.

    Raises:
        ValueError: ``seen`` is empty.
    """
    features = _scaled([image.pooled for image in seen])
    rows = [torch.from_numpy(x) for x in features.rows]
    weight = torch.zeros(1 + num_classes, 4, features.width, dtype=torch.float64)
    bias = torch.zeros(1 + num_classes, 4, dtype=torch.float64)
    labels, deltas, inputs = _regression_examples(seen, rows)
    for label in range(num_classes):
        own = labels == label
        if own.any():
            weight[1 + label], bias[1 + label] = whitened_ridge(inputs[own], deltas[own], ridge)
    # (1 + k, 4, p) to ((1 + k) * 4, p): one set of deltas after another, the background's first.
    return fixed_linear(weight.flatten(0, 1).float() * features.factor, bias.flatten().float())


def _regression_examples(
    seen: Sequence[RegionFeatures], rows: Sequence[Tensor]
) -> tuple[Tensor, Tensor, Tensor]:
    labels, deltas, inputs = [], [], []
    for image, features in zip(seen, rows, strict=True):
        gt_index = REGRESSION(_priors(image.regions), image.targets).gt_index
        near = gt_index >= 0
        own = gt_index[near]
        labels.append(image.targets.labels[own])
        deltas.append(
            CenterSizeCoder().encode(image.targets.boxes[own], image.regions[near]).double()
        )
        inputs.append(features[near])
    return torch.cat(labels), torch.cat(deltas), torch.cat(inputs)


def whitened_ridge(
    inputs: Float[Tensor, "n p"], targets: Float[Tensor, "n t"], ridge: float
) -> tuple[Float[Tensor, "t p"], Float[Tensor, "t"]]:
    """Weights (t, p) and bias (t,) of a ridge regression from inputs (n, p) to targets (n, t).

    The targets are made uncorrelated, with variance 1, for the regression; its result is then
    transformed back to the given targets.
    """
    mean = targets.mean(0)
    centered = targets - mean
    values, vectors = torch.linalg.eigh(centered.T @ centered / len(targets))
    # The small number keeps a target that never varies from being divided by zero.
    spread = (values + 1e-3).sqrt()
    whiten, color = (vectors / spread) @ vectors.T, (vectors * spread) @ vectors.T
    # A column of ones makes the bias one more weight.
    design = torch.cat([inputs, inputs.new_ones(len(inputs), 1)], 1)
    gram = design.T @ design + ridge * torch.eye(design.shape[1], dtype=design.dtype)
    solution = torch.linalg.solve(gram, design.T @ (centered @ whiten)) @ color
    return solution[:-1].T, solution[-1] + mean
