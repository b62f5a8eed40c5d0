"""Right answers of lesson 13 in another style, and the package's own, are accepted; the colleague's
loss is wrong as the chapter says.
"""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from locviz.assign import ClassCost, GIoUCost, L1Cost, pad_targets
from locviz.boxes import center_size_to_corners, pairwise_giou
from locviz.experiments.set_switches import follow, one_picture
from locviz.layers import sine_encoding
from locviz.lessons import ch13
from locviz.models import SetLoss, detr_tiny
from locviz.types import Targets


def by_the_package(logits, boxes, labels, gt_boxes):
    corners = center_size_to_corners(gt_boxes)
    padded = pad_targets([Targets(corners, labels, (1.0, 1.0))])
    given = logits[None], center_size_to_corners(boxes)[None], padded
    terms = (ClassCost(), L1Cost(weight=5.0), GIoUCost(weight=2.0))
    return sum(term(*given) for term in terms)[0]


def test_the_packages_cost():
    # GIoUCost leaves out a constant or not: compared up to one, as a matching does.
    args = ch13.matching_cost.cases[0].args
    apart = by_the_package(*args) - ch13.matching_cost.answer(*args)
    assert torch.allclose(apart, apart[0, 0].expand_as(apart), atol=1e-5)


@pytest.mark.parametrize(
    "answer",
    [
        lambda logits, columns, w: F.cross_entropy(
            logits, columns, weight=torch.tensor([w] + [1.0] * (logits.shape[1] - 1))
        ),
        lambda logits, columns, w: np.average(
            F.cross_entropy(logits, columns, reduction="none"),
            weights=[1.0 if column else w for column in columns.tolist()],
        ),
    ],
)
def test_the_class_loss(answer):
    assert ch13.class_loss.check(answer)


def test_the_packages_encoding():
    def answer(padding, channels):
        count = (~padding).cumsum(0).float()
        return sine_encoding(2 * torch.pi * count / count.max(), channels)

    assert ch13.row_places.check(answer)


def test_the_layers_in_one_line():
    from itertools import permutations

    def answer(cost, loss):
        total, (_, q, g) = 0.0, cost.shape
        for c, own in zip(cost.tolist(), loss.tolist(), strict=True):
            best = min(
                permutations(range(q), g), key=lambda p: sum(c[i][j] for j, i in enumerate(p))
            )
            total += sum(own[i][j] for j, i in enumerate(best))
        return total / g

    assert ch13.all_layers.check(answer)


def test_the_colleague_loses_the_first_class_and_is_sure_of_the_last():
    torch.manual_seed(0)
    scene = one_picture()
    image, truth = scene[0]
    theirs = detr_tiny(3, loss=SetLoss(classification=ch13.colleagues_loss))
    list(follow(theirs, scene))
    (found,) = theirs.eval().detect([image])
    sure = found.labels[found.scores > 0.5].bincount(minlength=3).tolist()
    assert int((truth.labels == 0).sum()) > 0
    assert sure[2] >= 20


def test_layers_and_queries_of_equal_number_are_not_confused():
    # Three layers, three queries: only another case tells by what an answer divides.
    verdict = ch13.all_layers.check(
        lambda cost, loss: ch13.all_layers.answer(cost, loss) * cost.shape[2] / cost.shape[0]
    )
    assert verdict.mistake == "divided by the number of layers"


def cost_by_loops(logits, boxes, labels, gt_boxes):
    """In lists."""
    corners, gt_corners = center_size_to_corners(boxes), center_size_to_corners(gt_boxes)
    giou = pairwise_giou(corners, gt_corners).tolist()
    return [
        [
            5
            * sum(abs(a - b) for a, b in zip(boxes[q].tolist(), gt_boxes[g].tolist(), strict=True))
            - float(logits[q].softmax(0)[1 + label])
            - 2 * giou[q][g]
            for g, label in enumerate(labels.tolist())
        ]
        for q in range(len(boxes))
    ]


def cost_in_place(logits, boxes, labels, gt_boxes):
    cost = -logits.softmax(1).index_select(1, labels + 1)
    cost += 5 * torch.cdist(boxes, gt_boxes, p=1)
    cost -= 2 * pairwise_giou(center_size_to_corners(boxes), center_size_to_corners(gt_boxes))
    return cost


@pytest.mark.parametrize("answer", [cost_by_loops, cost_in_place])
def test_the_cost_may_be_lists_or_be_added_in_place(answer):
    assert ch13.matching_cost.check(answer)


def test_the_places_may_be_written_in_numpy():
    def answer(padding, channels):
        count = np.cumsum(~padding.numpy())
        angles = 2 * np.pi * count[:, None] / count.max()
        angles = angles / 10000 ** (np.arange(channels) // 2 * 2 / channels)
        even = np.arange(channels) % 2 == 0
        return np.where(even, np.sin(angles), np.cos(angles))

    assert ch13.row_places.check(answer)
