"""One query for each ground truth and one ground truth for a query, at the lowest total cost:
DETR's matching.
"""

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

    It does not look at the priors: a query may answer for anything. Crowd and ignored ground truths
    are not matched; a query that is matched to nothing and predicts a region with its centre inside
    one of them is ``IGNORE``.

    Args:
        costs: what is added up. DETR: ``ClassCost()``, ``L1Cost()`` and ``GIoUCost()``.

    Invariant: with n ground truths that take part and q queries, exactly ``min(n, q)`` queries are
    positive, no two for the same ground truth, and no other such choice has a lower total cost.
    """

    def __init__(self, *, costs: Sequence[MatchingCost]):
        if not costs:
            raise ValueError("Hungarian.costs is empty: give at least one cost, such as GIoUCost()")
        self.costs = tuple(costs)

    def __call__(
        self,
        priors: Priors,
        targets: Targets,
        predicted: ImagePredictions | None = None,
    ) -> Assignment:
        """Match the predictions of one image.

        Raises:
            ValueError: ``logits`` or ``regions`` is missing, they do not fit the priors, or a cost
                is not finite.
        """
        logits = required("Hungarian", priors, predicted, "logits")
        regions = required("Hungarian", priors, predicted, "regions")
        return match_queries(logits[None], regions[None], [targets], costs=self.costs)[0]


@torch.no_grad()
def match_queries(
    logits: Float[Tensor, "b q k"],
    regions: Float[Tensor, "b q coords"],
    targets: Sequence[Targets],
    *,
    costs: Sequence[MatchingCost],
) -> list[Assignment]:
    """Match a batch: all costs at once, then one ``scipy`` assignment per image.

    Queries are compared with the ground truths of their own image only, which is where the time
    goes elsewhere: all against all is b times as much.

    Args:
        logits: (b, q, k) class scores before softmax or sigmoid.
        regions: (b, q, 2*dim) predicted regions, in the units of the targets.
        targets: one per image.
        costs: what is added up.

    Returns:
        One ``Assignment`` per image, its ``cost`` (q, g) in the order of that image's targets;
        infinite for those that are set apart.

    Raises:
        ValueError: the shapes do not fit, or a cost is NaN or infinite.

    Invariant: the answer for an image does not depend on what else is in the batch.
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
    host = cost.cpu()
    return [_one_to_one(cost[i], host[i], regions[i], target) for i, target in enumerate(targets)]


def _one_to_one(cost: Tensor, host: Tensor, regions: Tensor, targets: Targets) -> Assignment:
    from scipy.optimize import (
        linear_sum_assignment,  # 80 ms of import that most assigners do not need
    )

    part = taking_part(targets)
    # A slice where nobody is set apart: picking columns one by one takes longer than solving.
    columns = slice(len(part)) if len(part) == len(targets) else part
    cost = cost[:, columns]
    query, column = linear_sum_assignment(
        host[:, columns if isinstance(columns, slice) else part.cpu()].numpy()
    )
    gt_index = torch.full((len(cost),), BACKGROUND, device=cost.device)
    gt_index[torch.from_numpy(query).to(cost.device)] = part[
        torch.from_numpy(column).to(part.device)
    ]
    low, high = regions.chunk(2, -1)
    gt_index = ignore_set_aside(gt_index, (low + high) / 2, targets)
    return Assignment(gt_index, cost=in_original_columns(cost, part, len(targets)))


def _check_finite(cost: Tensor, present: Tensor, logits: Tensor, regions: Tensor) -> None:
    """Name the culprit: ``scipy`` would only speak of "invalid numeric entries", and only of some
    of them.
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
