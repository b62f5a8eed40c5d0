"""From assignments to the rows that a loss compares: what every skeleton hands to every loss."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int64
from torch import Tensor, distributed
from torch.nn import functional as F

from locviz.boxes import Coder
from locviz.types import BACKGROUND, Assignment, Priors, Targets, softmax_columns


@dataclass(frozen=True, eq=False)
class Matched:
    """The positives of a batch in flat rows, image after image, and what the other priors are.

    Shapes: ``gt_index`` (b, p) is the assigner's result; ``prior_weight`` (b, p) are its weights, 1
    where it gave none and 0 where a prior is ``IGNORE``. The rest has one row per positive:
    ``image`` (n,) and ``prior`` (n,) are the indices of the image and of the prior in it,
    ``prior_regions`` and ``gt_regions`` (n, 2*dim) are in the frame of the padded input, ``labels``
    (n,) and ``weight`` (n,) belong to them, and ``own_quality`` (n,) is the assigner's soft target,
    NaN where it gave none.

    ``num_positive``, ``num_rows`` and ``num_objects`` (scalars) count the positives, all priors
    that take part, and the ground truths that take part, of which some may have no prior. They are
    means over the processes of a run, not this process's own counts: gradients are averaged over
    processes, so dividing each process's sum by them gives the gradient of the joined batch. Their
    totals are at least 1.

    ``localization`` are other rows for the regions to learn from, where an assigner gave them.
    """

    gt_index: Int64[Tensor, "b p"]
    prior_weight: Float[Tensor, "b p"]
    image: Int64[Tensor, "n"]
    prior: Int64[Tensor, "n"]
    prior_regions: Float[Tensor, "n coords"]
    gt_regions: Float[Tensor, "n coords"]
    labels: Int64[Tensor, "n"]
    weight: Float[Tensor, "n"]
    own_quality: Float[Tensor, "n"]
    num_positive: Float[Tensor, ""]
    num_rows: Float[Tensor, ""]
    num_objects: Float[Tensor, ""]
    coder: Coder
    localization: "Matched | None" = None

    @property
    def places(self) -> "Matched":
        """The rows that regions and their quality learn from: these, or ``localization``."""
        return self.localization or self

    @property
    def taking_part(self) -> Bool[Tensor, "b p"]:
        """Which priors have a class to learn, an object's or the background's."""
        return self.gt_index >= BACKGROUND

    @property
    def gt_deltas(self) -> Float[Tensor, "n coords"]:
        """What the network should have predicted for each positive, in the units of the coder."""
        return self.coder.encode(self.gt_regions, self.prior_regions)

    @property
    def all_labels(self) -> Int64[Tensor, "b p"]:
        """The label of every prior; ``BACKGROUND`` for all that are responsible for no object."""
        labels = torch.full_like(self.gt_index, BACKGROUND)
        labels[self.image, self.prior] = self.labels
        return labels

    def one_hot(self, num_classes: int) -> Float[Tensor, "n k"]:
        """The labels of the positives as rows with a single 1."""
        return F.one_hot(self.labels, num_classes).to(self.gt_regions.dtype)

    def quality_or(self, target: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        """The assigner's own soft targets, and ``target`` where it gave none."""
        return torch.where(self.own_quality.isnan(), target, self.own_quality)

    def own_deltas(self, deltas: Float[Tensor, "b p c"]) -> Float[Tensor, "n coords"]:
        """The predicted deltas of each positive: those of its own class where classes have some.

        Args:
            deltas: (b, p, 2*dim), or (b, p, (1 + k) * 2*dim), the background's first.
        """
        # (n, c) to (n, sets, 2*dim): one set of deltas for all classes, or one for each.
        sets = deltas[self.image, self.prior].unflatten(-1, (-1, self.gt_regions.shape[-1]))
        if sets.shape[1] == 1:
            return sets[:, 0]
        # The background's set is the first, as in the scores of a softmax.
        return sets[torch.arange(len(sets), device=sets.device), softmax_columns(self.labels)]

    def per_image(self, values: Float[Tensor, "n"]) -> Float[Tensor, "b"]:
        """The sum of the positives' values in each image; an image without positives has 0."""
        return values.new_zeros(len(self.gt_index)).index_add(0, self.image, values)


def match_rows(
    assignments: Sequence[Assignment],
    targets: Sequence[Targets],
    priors: Priors,
    *,
    coder: Coder,
    num_classes: int | None = None,
) -> Matched:
    """Put the assignments of a batch into rows.

    Args:
        assignments: of each image.
        targets: of each image, in the frame of the padded input.
        priors: shared by all images, or each image's own.
        coder: what deltas are measured by.
        num_classes: of the network, to check labels against; None where labels do not matter.

    Raises:
        ValueError: a label is not one of the model's classes.
    """
    gt_index = torch.stack([assignment.gt_index for assignment in assignments])
    image, prior = (gt_index >= 0).nonzero(as_tuple=True)
    regions, labels = _ground_truths(targets, gt_index, image, prior)
    # What is set aside is responsible for nothing, so its label may be anything.
    kept = torch.cat([target.labels[~(target.crowd | target.ignore)] for target in targets])  # type: ignore[operator]
    if num_classes is not None:
        check_labels(kept, num_classes)
    weights = _rows([a.weight for a in assignments], gt_index, 1.0) * (gt_index >= BACKGROUND)
    quality = _rows([a.quality for a in assignments], gt_index, float("nan"))
    # (b, p, 2*dim) also where all images share their priors; expand copies nothing.
    own = (
        priors.regions if priors.regions.ndim == 3 else priors.regions.expand(len(gt_index), -1, -1)
    )
    # IGNORE is below BACKGROUND, so the second count has everything that takes part. All go through
    # one exchange between the processes.
    positive, part = (gt_index >= 0).sum(), (gt_index >= BACKGROUND).sum()
    counts = torch.stack([positive, part, positive.new_tensor(len(kept))]).float()
    num_positive, num_rows, num_objects = mean_over_processes(counts, least=1.0)
    return Matched(
        gt_index=gt_index,
        prior_weight=weights,
        image=image,
        prior=prior,
        prior_regions=own[image, prior],
        gt_regions=regions,
        labels=labels,
        weight=weights[image, prior],
        own_quality=quality[image, prior],
        num_positive=num_positive,
        num_rows=num_rows,
        num_objects=num_objects,
        coder=coder,
        localization=_places(assignments, targets, priors, coder),
    )


def _places(
    assignments: Sequence[Assignment], targets: Sequence[Targets], priors: Priors, coder: Coder
) -> Matched | None:
    """The rows of what the regions learn; None where no image's is another than the classes'."""
    if all(assignment.localization is None for assignment in assignments):
        return None
    places = [assignment.localization or assignment for assignment in assignments]
    return match_rows(places, targets, priors, coder=coder)


def mean_over_processes(totals: Float[Tensor, "*n"], *, least: float) -> Float[Tensor, "*n"]:
    """The number that each process of a run should divide by: the sum over all processes, divided
    by the number of processes.

    One process divides by its own total. Several processes average their gradients, which already
    divides by their number. So each divides by the mean of their totals, as detectron2 does, and
    not by the sum.

    Args:
        totals: of this process alone, of any shape (...), not negative.
        least: the smallest sum over all processes; a smaller one counts as this.
    """
    totals = totals.detach()
    if not (distributed.is_available() and distributed.is_initialized()):
        return totals.clamp(min=least)
    # all_reduce writes into its argument.
    totals = totals.clone()
    distributed.all_reduce(totals)
    return totals.clamp(min=least) / distributed.get_world_size()


def check_labels(labels: Int64[Tensor, "n"], num_classes: int) -> None:
    """Raise unless every label (n,) is one of the model's classes. As an index, a negative label
    would silently count from the end.

    Raises:
        ValueError: a label is not one of them.
    """
    wrong = labels[(labels < 0) | (labels >= num_classes)]
    if wrong.numel():
        raise ValueError(
            f"targets hold label {int(wrong[0])} but the model has {num_classes} classes "
            f"(0..{num_classes - 1}): build it with num_classes of the data set"
        )


def _ground_truths(
    targets: Sequence[Targets], gt_index: Tensor, image: Tensor, prior: Tensor
) -> tuple[Tensor, Tensor]:
    """Regions and labels of the positives. An index into the ground truths of one image becomes an
    index into those of the whole batch.
    """
    counts = torch.tensor([len(target) for target in targets], device=gt_index.device)
    # What comes before an image's own ground truths is the sum of the counts before it.
    row = gt_index[image, prior] + (counts.cumsum(0) - counts)[image]
    regions = torch.cat([target.boxes for target in targets])[row]
    return regions, torch.cat([target.labels for target in targets])[row]


def _rows(columns: Sequence[Tensor | None], like: Tensor, fill: float) -> Float[Tensor, "b p"]:
    """The images' columns in one tensor; ``fill`` where an assigner gave none."""
    usual = torch.full((like.shape[1],), fill, device=like.device)
    return torch.stack([usual if column is None else column for column in columns])
