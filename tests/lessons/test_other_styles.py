"""Right answers in another style than the solution's: loops over Python numbers, lists, float64."""

import pytest
import torch

from locviz.lessons import ch07, ch09


def rpn_by_loops(iou):
    rows = iou.tolist()
    best_of_object = [max(column) for column in zip(*rows, strict=True)]
    answer = []
    for row in rows:
        best = max(row)
        forced = any(v > 0 and v == top for v, top in zip(row, best_of_object, strict=True))
        other = -1 if best < 0.3 else -2
        answer.append(row.index(best) if forced or best >= 0.7 else other)
    return answer


@pytest.mark.parametrize("answer", [rpn_by_loops, lambda iou: rpn_by_loops(iou.double())])
def test_rpns_rule_may_loop_over_python_numbers(answer):
    assert ch07.rpn_rule.check(answer)


def nms_by_masks(boxes, scores, threshold):
    """No sorting: the best of those that still play, again and again, in plain numbers."""

    def iou(a, b):
        width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
        area = sum((c[2] - c[0]) * (c[3] - c[1]) for c in (a, b))
        return width * height / (area - width * height)

    rows, kept, out = boxes.tolist(), [], set()
    while len(out) < len(rows):
        best = max(set(range(len(rows))) - out, key=lambda row: float(scores[row]))
        kept.append(best)
        out |= {best} | {row for row in range(len(rows)) if iou(rows[best], rows[row]) > threshold}
    return kept


def test_nms_may_be_written_with_sets_or_return_a_tensor():
    assert ch09.greedy_nms.check(nms_by_masks)
    as_tensor = lambda *given: torch.tensor(nms_by_masks(*given), dtype=torch.int64)  # noqa: E731
    assert ch09.greedy_nms.check(as_tensor)


@pytest.mark.parametrize(
    "answer",
    [
        lambda boxes, labels: boxes + labels[:, None] * 10_000,
        lambda boxes, labels: boxes + labels[:, None] * torch.tensor([1000.0, 0, 1000, 0]),
        lambda boxes, labels: boxes.double() - labels.double()[:, None] * 500,
        lambda boxes, labels: [box + 99 * label for box, label in zip(boxes, labels, strict=True)],
        lambda boxes, labels: [
            [side + 99 * int(label) for side in box]
            for box, label in zip(boxes.tolist(), labels, strict=True)
        ],
    ],
)
def test_classes_may_be_kept_apart_in_any_direction(answer):
    assert ch09.keep_apart.check(answer)


def soft_by_numbers(iou, scores, sigma):
    left, answer = dict(enumerate(scores.tolist())), scores.tolist()
    while left:
        best = max(left, key=lambda row: left[row])
        answer[best] = left.pop(best)
        left = {
            row: s * 2.718281828 ** (-(float(iou[best][row]) ** 2) / sigma)
            for row, s in left.items()
        }
    return answer  # fmt: skip


def test_soft_nms_may_return_a_list():
    assert ch09.soft_nms.check(soft_by_numbers)


@pytest.mark.parametrize(
    "answer",
    [
        lambda s, u, inside, k: sorted(
            inside.nonzero()[:, 0].tolist(), key=lambda row: -float(s[row] ** 0.5 * u[row] ** 6)
        )[:k],
        # The logarithm of a product orders like the product.
        lambda s, u, inside, k: (
            torch.where(inside, 0.5 * s.log() + 6 * u.log(), -99.0)
            .topk(min(k, int(inside.sum())))
            .indices
        ),
    ],
)
def test_the_metric_may_be_sorted_or_logarithms_compared(answer):
    assert ch09.consistent.check(answer)


@pytest.mark.parametrize(
    "answer", [[0, 0.32, 0.39], (0.0, 0.32, 0.389), torch.tensor([0, 0.32, 0.3894])]
)
def test_three_fates_to_two_decimals(answer):
    assert ch09.by_hand.check(answer)
