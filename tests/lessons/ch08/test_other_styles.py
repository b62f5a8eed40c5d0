"""Right answers of lesson 08 that look different from the solutions are accepted."""

import math

import pytest
import torch
import torch.nn.functional as F

from locviz.lessons import ch08
from locviz.losses import hard_negatives, sigmoid_focal_loss


def by_entropy(logits, targets, alpha, gamma):
    """With PyTorch's cross entropy, p_t from it, and weights by arithmetic."""
    entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    weight = alpha * targets + (1 - alpha) * (1 - targets)
    return weight * (-torch.expm1(-entropy)) ** gamma * entropy


def by_softplus(logits, targets, alpha, gamma):
    """The sign of a negative's logit is turned by multiplication."""
    s = logits * (2 * targets - 1)
    return (
        torch.where(targets > 0.5, alpha, 1 - alpha) * torch.sigmoid(-s) ** gamma * F.softplus(-s)
    )


def by_loop(logits, targets, alpha, gamma):
    """One prediction after the other, in Python's numbers."""
    losses = []
    for x, y in zip(logits.tolist(), targets.tolist(), strict=True):
        s = x if y else -x
        entropy = max(-s, 0.0) + math.log1p(math.exp(-abs(s)))
        losses.append((alpha if y else 1 - alpha) * (1 - math.exp(-entropy)) ** gamma * entropy)
    return losses


def by_package(logits, targets, alpha, gamma):
    return sigmoid_focal_loss(logits, targets, alpha=alpha, gamma=gamma)


@pytest.mark.parametrize("answer", [by_entropy, by_softplus, by_loop, by_package])
def test_focal_loss(answer):
    assert ch08.focal_loss.check(answer)


def by_two_terms(logits, targets, alpha, gamma):
    """The formula of most tutorials: log 0 for a very wrong logit, and 0 times log 0 for others."""
    p = torch.sigmoid(logits)
    positive = alpha * targets * (1 - p) ** gamma * torch.log(p)
    return -positive - (1 - alpha) * (1 - targets) * p**gamma * torch.log(1 - p)


def with_epsilon(logits, targets, alpha, gamma):
    p = torch.sigmoid(logits)
    p_t = torch.where(targets == 1, p, 1 - p)
    return -torch.where(targets == 1, alpha, 1 - alpha) * (1 - p_t) ** gamma * (p_t + 1e-8).log()


def test_an_unstable_focal_loss_is_told_why():
    assert ch08.focal_loss.check(by_two_terms).mistake == "the logarithm of a rounded sigmoid"
    assert "no epsilon may cut off" in repr(ch08.focal_loss.check(with_epsilon))


def by_threshold(losses, positive, ratio):
    """The loss of the last negative that is kept decides."""
    negatives = losses[~positive].sort(descending=True).values
    num = min(ratio * int(positive.sum()), len(negatives))
    return positive | ((losses >= negatives[num - 1]) if num else torch.zeros_like(positive))


def by_topk(losses, positive, ratio):
    keep = positive.clone()
    places = (~positive).nonzero()[:, 0]
    num = min(int(positive.sum()) * ratio, len(places))
    keep[places[losses[places].topk(num).indices]] = True
    return keep


def by_the_package(losses, positive, ratio):
    return hard_negatives(losses[None], positive[None], ~positive[None], ratio=float(ratio))[0]


@pytest.mark.parametrize("answer", [by_topk, by_the_package])
def test_hard_negatives(answer):
    assert ch08.hard_negatives.check(answer)


def test_a_threshold_that_keeps_hard_positives_only_once_is_right_too():
    assert ch08.hard_negatives.check(by_threshold)


@pytest.mark.parametrize(
    "answer",
    [
        lambda prior: math.log(prior / (1 - prior)),
        lambda prior: torch.logit(torch.tensor(prior)),
        lambda prior: math.log(prior) - math.log1p(-prior),
    ],
)
def test_prior_bias(answer):
    assert ch08.prior_bias.check(answer)


def by_autograd(logits, targets, threshold):
    x = logits.clone().requires_grad_()
    F.binary_cross_entropy_with_logits(x, targets, reduction="sum").backward()
    p_t = torch.where(targets == 1, x.sigmoid(), 1 - x.sigmoid())
    easy = (p_t > threshold) & (targets != 1)
    return (x.grad.abs() * easy).sum() / x.grad.abs().sum()


def test_easy_share():
    assert ch08.easy_share.check(by_autograd)


@pytest.mark.parametrize(
    "answer",
    [
        lambda logits: (F.softmax(logits, dim=1) * torch.arange(logits.shape[1])).sum(1),
        lambda logits: [
            sum(i * p for i, p in enumerate(row.softmax(0).tolist())) for row in logits
        ],
    ],
)
def test_integral(answer):
    assert ch08.integral.check(answer)


@pytest.mark.parametrize(
    "answer", [1 - 1 / math.sqrt(1000), 0.968377, "0.9683772", 1 - 10**-1.5, 0.9684, 0.9683]
)
def test_thousandfold(answer):
    assert ch08.thousandfold.check(answer)


def test_the_slides_rounded_number_is_told_to_be_rounded():
    assert "rounded" in repr(ch08.thousandfold.check(0.968))
