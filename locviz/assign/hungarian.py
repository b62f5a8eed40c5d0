"""DETR's matching: one query for each ground truth, at the lowest total cost."""

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.assign.comparable import comparable
from locviz.assign.costs import MatchingCost, pad_targets
from locviz.assign.prediction_costs import required
from locviz.assign.set_aside import ignore_set_aside, in_original_columns, taking_part
from locviz.types import BACKGROUND, Assignment, ImagePredictions, Priors, Targets


@final
class Hungarian:
    """The assigner of DETR (https://arxiv.org/abs/2005.12872, equations 1 and 2), for one image.

    The priors play no part: a query may be matched to any ground truth. Crowd and ignored ground
    truths are not matched; a query that is matched to none and predicts a region with its centre
    inside one of them is ``IGNORE``.

    Args:
        costs: the terms of the cost. DETR: ``ClassCost()``, ``L1Cost()`` and ``GIoUCost()``.

    Invariant: with n ground truths that take part and q queries, exactly ``min(n, q)`` queries are
    positive, no two for the same ground truth, and no other such choice has a lower total cost.
    """

    def __init__(self, *, costs: Sequence[MatchingCost]):
        if not costs:
            raise ValueError("Hungarian.costs is empty: give at least one cost, such as GIoUCost()")
        self.costs = tuple(costs)

    def __call__(
        self, priors: Priors, targets: Targets, predicted: ImagePredictions | None = None
    ) -> Assignment:
        """Match the predictions of one image.

        Raises:
            ValueError: ``logits`` or ``regions`` is missing, they do not fit the priors, or a cost
                is not finite.
        """
        logits = required("Hungarian", priors, predicted, "logits")
        regions = required("Hungarian", priors, predicted, "regions")
        return match_queries(logits[None], regions[None], [targets], costs=self.costs)[0]

    def assign_batch(
        self,
        logits: Float[Tensor, "b q k"],
        regions: Float[Tensor, "b q coords"],
        targets: Sequence[Targets],
    ) -> list[Assignment]:
        """Match each image of a batch, logits (b, q, k) and regions (b, q, 2*dim), as it is matched
        alone; see ``match_queries``.
        """
        return match_queries(logits, regions, targets, costs=self.costs)


@torch.no_grad()
def match_queries(
    logits: Float[Tensor, "b q k"],
    regions: Float[Tensor, "b q coords"],
    targets: Sequence[Targets],
    *,
    costs: Sequence[MatchingCost],
) -> list[Assignment]:
    """Match a batch: all costs at once, then one ``scipy`` assignment per image.

    Queries are compared only with the ground truths of their own image. DETR's code compares all
    queries of the batch with all ground truths of the batch, which is b times the work.

    Args:
        logits: (b, q, k) class scores before softmax or sigmoid.
        regions: (b, q, 2*dim) predicted regions, in the units of the targets.
        targets: one per image.
        costs: the terms of the cost.

    Returns:
        One ``Assignment`` per image. Its ``cost`` (q, g) is in the order of that image's targets,
        and infinite for crowd regions and ignored ground truths.

    Raises:
        ValueError: the shapes do not fit, or a cost is NaN or infinite.

    Invariant: the assignment of an image does not depend on the rest of the batch.
    """
    if not len(logits) == len(regions) == len(targets):
        raise ValueError(
            f"got logits of {len(logits)} images, regions of {len(regions)} and {len(targets)} targets: one per image"
        )
    if not targets:
        return []
    targets = [comparable(target, regions, "regions") for target in targets]
    padded = pad_targets(targets)
    cost = reduce(add, (term(logits, regions, padded) for term in costs))
    _check_finite(cost, padded.present, logits, regions)
    host = cost.cpu()  # one copy for the whole batch; scipy works on the CPU
    return [_one_to_one(cost[i], host[i], regions[i], target) for i, target in enumerate(targets)]


def _one_to_one(cost: Tensor, host: Tensor, regions: Tensor, targets: Targets) -> Assignment:
    from scipy.optimize import (
        linear_sum_assignment,  # 80 ms of import that most assigners do not need
    )

    part = taking_part(targets)
    # A slice where no ground truth is set aside: indexing the columns takes longer than solving.
    columns = slice(len(part)) if len(part) == len(targets) else part
    cost = cost[:, columns]
    query, column = linear_sum_assignment(
        host[:, columns if isinstance(columns, slice) else part.cpu()].numpy()
    )
    gt_index = torch.full((len(cost),), BACKGROUND, device=cost.device)
    matched = part[torch.from_numpy(column).to(part.device)]
    gt_index[torch.from_numpy(query).to(cost.device)] = matched
    low, high = regions.chunk(2, -1)
    gt_index = ignore_set_aside(gt_index, (low + high) / 2, targets)
    return Assignment(gt_index, cost=in_original_columns(cost, part, len(targets)))


def _check_finite(cost: Tensor, present: Tensor, logits: Tensor, regions: Tensor) -> None:
    """Raise if a cost is not finite, and name what made it so.

    ``scipy`` would only report "invalid numeric entries", and would accept some of them.
    """
    bad = ~torch.isfinite(cost) & present[:, None]
    if not bad.any():
        return
    image, query, column = (int(index) for index in bad.nonzero()[0])
    named = {"logits": logits[image, query], "regions": regions[image, query]}
    culprits = [name for name, values in named.items() if not torch.isfinite(values).all()] or [
        "the targets"
    ]
    raise ValueError(
        f"the cost of query {query} of image {image} for ground truth {column} is {float(cost[image, query, column])}: "
        f"{' and '.join(culprits)} are not finite there; a model that has diverged cannot be matched, lower its rate"
    )
