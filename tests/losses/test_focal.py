import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from torchvision.ops import sigmoid_focal_loss as torchvision_focal_loss

from locviz.losses import sigmoid_focal_loss, softmax_focal_loss

seeds = st.integers(0, 10**6)


def random_problem(seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(6, 5, generator=generator, dtype=torch.float64) * 4
    return logits, (torch.rand(6, 5, generator=generator) < 0.3).double()


def grad_of(loss, logits):
    logits = logits.clone().requires_grad_()
    return torch.autograd.grad(loss(logits).sum(), logits)[0]


@pytest.mark.parametrize(("p", "ratio"), [(0.5, 4.0), (0.9, 100.0), (0.968, 976.6)])
def test_how_much_less_an_easy_example_counts(p, ratio):
    logit, one = (
        torch.tensor([math.log(p / (1 - p))], dtype=torch.float64),
        torch.ones(1, dtype=torch.float64),
    )
    focal = sigmoid_focal_loss(logit, one, alpha=None)
    cross_entropy = F.binary_cross_entropy_with_logits(logit, one)
    assert (cross_entropy / focal).item() == pytest.approx(ratio, rel=1e-4)
    assert (cross_entropy / sigmoid_focal_loss(logit, one)).item() == pytest.approx(
        4 * ratio, rel=1e-4
    )


def test_prior_bias_quiets_a_hundred_thousand_negatives():
    bias = torch.full((100_000,), -math.log((1 - 0.01) / 0.01), dtype=torch.float64)
    nothing = torch.zeros_like(bias)
    assert F.binary_cross_entropy_with_logits(
        bias, nothing, reduction="sum"
    ).item() == pytest.approx(1005, rel=1e-4)
    assert sigmoid_focal_loss(bias, nothing).sum().item() == pytest.approx(0.0754, rel=1e-3)
    assert sigmoid_focal_loss(nothing, nothing).sum().item() == pytest.approx(12997, rel=1e-4)


@given(
    seed=seeds,
    gamma=st.sampled_from([0.0, 1.0, 2.0, 5.0]),
    alpha=st.sampled_from([None, 0.0, 0.25, 1.0]),
)
def test_sigmoid_as_torchvision(seed, gamma, alpha):
    logits, targets = random_problem(seed)

    def theirs(x):
        return torchvision_focal_loss(x, targets, alpha=-1 if alpha is None else alpha, gamma=gamma)

    def ours(x):
        return sigmoid_focal_loss(x, targets, alpha=alpha, gamma=gamma)

    torch.testing.assert_close(ours(logits), theirs(logits))
    torch.testing.assert_close(grad_of(ours, logits), grad_of(theirs, logits))


def exact_and_measured(logits, targets, dtype):
    """torchvision's values and slopes in float64, and ours in ``dtype``."""

    def both(loss, x, t):
        x = x.clone().requires_grad_()
        value = loss(x, t, alpha=0.25, gamma=2.0)
        return value.detach().double(), torch.autograd.grad(value.sum(), x)[0].double()

    exact = both(torchvision_focal_loss, logits.double(), targets.double())
    return exact, both(sigmoid_focal_loss, logits.to(dtype), targets.to(dtype))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_value_and_slope_of_each_prediction_to_one_part_in_a_million(dtype):
    """Each number by itself, also the smallest: in float32 torchvision's own slopes are wrong by up
    to one part in 400 here, because it subtracts a probability near 1 from 1.
    """
    logits = torch.linspace(-14, 14, 5001, dtype=torch.float32).repeat(2)
    targets = torch.arange(2.0).repeat_interleave(5001)
    exact, measured = exact_and_measured(logits, targets, dtype)
    for want, got in zip(exact, measured, strict=True):
        torch.testing.assert_close(got, want, rtol=1e-6, atol=0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_extreme_logits_are_finite_and_as_torchvisions(dtype):
    logits = torch.tensor([-100.0, -50, 50, 100]).repeat(2)
    targets = torch.arange(2.0).repeat_interleave(4)
    exact, measured = exact_and_measured(logits, targets, dtype)
    for want, got in zip(exact, measured, strict=True):
        assert torch.isfinite(got).all()
        torch.testing.assert_close(got, want, rtol=1e-6, atol=1e-15)


@pytest.mark.parametrize("alpha", [None, 0.25])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0, 3.5])
def test_slope_and_slope_of_the_slope_by_differences(alpha, gamma):
    """Also for targets in between, and where the loss is differentiated twice."""
    logits = torch.tensor([-6.0, -1.3, 0.2, 0.7, 5.0, 2.0], dtype=torch.float64)
    targets = torch.tensor([0.0, 1.0, 0.3, 0.0, 1.0, 0.9], dtype=torch.float64)

    def loss(x):
        return sigmoid_focal_loss(x, targets, alpha=alpha, gamma=gamma)

    logits.requires_grad_()
    assert torch.autograd.gradcheck(loss, logits)
    assert torch.autograd.gradgradcheck(loss, logits)


@given(seed=seeds, gamma=st.sampled_from([0.5, 2.0]), alpha=st.sampled_from([None, 0.25]))
def test_soft_targets_as_torchvision(seed, gamma, alpha):
    logits, _ = random_problem(seed)
    targets = torch.rand(6, 5, generator=torch.Generator().manual_seed(seed)).double()
    theirs = lambda x: torchvision_focal_loss(  # noqa: E731
        x, targets, alpha=-1 if alpha is None else alpha, gamma=gamma
    )
    ours = lambda x: sigmoid_focal_loss(x, targets, alpha=alpha, gamma=gamma)  # noqa: E731
    torch.testing.assert_close(ours(logits), theirs(logits))
    torch.testing.assert_close(grad_of(ours, logits), grad_of(theirs, logits))


@pytest.mark.usefixtures("unchecked")
def test_a_compiler_traces_it_whole():
    """In one graph, and with the value and the slope that it has without a compiler."""
    logits, targets = random_problem(0)
    whole = torch.compile(sigmoid_focal_loss, backend="aot_eager", fullgraph=True)
    for got, want in [
        (whole(logits, targets), sigmoid_focal_loss(logits, targets)),
        (
            grad_of(lambda x: whole(x, targets), logits),
            grad_of(lambda x: sigmoid_focal_loss(x, targets), logits),
        ),
    ]:
        torch.testing.assert_close(got, want)


def test_targets_may_have_a_slope_of_their_own():
    """A soft target that is itself predicted: by differences, for both arguments."""
    logits = torch.tensor([-1.0, 0.5], dtype=torch.float64, requires_grad=True)
    targets = torch.tensor([0.2, 0.8], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(sigmoid_focal_loss, (logits, targets))


def test_the_arguments_are_left_as_they_were():
    """The steps in place are on memory of the loss's own."""
    logits, targets = random_problem(0)
    before = logits.clone(), targets.clone()
    logits.requires_grad_()
    sigmoid_focal_loss(logits, targets).sum().backward()
    assert torch.equal(logits.detach(), before[0])
    assert torch.equal(targets, before[1])


@given(seed=seeds)
def test_sigmoid_with_gamma_zero_is_binary_cross_entropy(seed):
    logits, targets = random_problem(seed)
    expected = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    got = sigmoid_focal_loss(logits, targets, alpha=None, gamma=0.0)
    # torch's own loses what is below one part in 1e15 of the logit.
    torch.testing.assert_close(got, expected, rtol=1e-14, atol=1e-14)


@given(seed=seeds)
def test_softmax_with_gamma_zero_is_cross_entropy(seed):
    logits, _ = random_problem(seed)
    labels = torch.arange(6) % 5
    expected = F.cross_entropy(logits, labels, reduction="none")
    torch.testing.assert_close(softmax_focal_loss(logits, labels, gamma=0.0), expected)
    weights = torch.arange(1.0, 6, dtype=torch.float64)
    torch.testing.assert_close(
        softmax_focal_loss(logits, labels, alpha=weights, gamma=0.0), expected * weights[labels]
    )


@given(seed=seeds, gamma=st.sampled_from([0.5, 1.0, 2.0]))
def test_two_softmax_classes_are_one_sigmoid(seed, gamma):
    logits, targets = random_problem(seed)
    logits, targets = logits.flatten(), targets.flatten()
    both = softmax_focal_loss(
        torch.stack([torch.zeros_like(logits), logits], -1), targets.long(), gamma=gamma
    )
    torch.testing.assert_close(both, sigmoid_focal_loss(logits, targets, alpha=None, gamma=gamma))


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("logit", [-1e4, -200.0, -20.0, 0.0, 20.0, 200.0, 1e4])
def test_finite_however_sure(logit, gamma):
    for target in (0, 1):
        targets, labels = torch.full((1,), float(target)), torch.tensor([target])
        for loss in (
            lambda x, t=targets: sigmoid_focal_loss(x, t, gamma=gamma),
            lambda x, t=labels: softmax_focal_loss(torch.stack([-x, x], -1), t, gamma=gamma),
        ):
            logits = torch.tensor([logit])
            assert torch.isfinite(loss(logits)).all()
            assert torch.isfinite(grad_of(loss, logits)).all()


def test_a_sure_mistake_keeps_the_full_gradient():
    grad = grad_of(
        lambda x: sigmoid_focal_loss(x, torch.ones(1), alpha=None), torch.tensor([-30.0])
    )
    assert grad.item() == pytest.approx(-1)


def test_no_predictions_give_a_zero_that_back_propagates():
    logits = torch.zeros(0, 5, requires_grad=True)
    (
        sigmoid_focal_loss(logits, torch.zeros(0, 5)).sum()
        + softmax_focal_loss(logits, torch.zeros(0).long()).sum()
    ).backward()
    assert logits.grad is not None


@pytest.mark.usefixtures("unchecked")
def test_refuses_bad_input():
    with pytest.raises(ValueError, match="targets must have the shape"):
        sigmoid_focal_loss(torch.zeros(3, 2), torch.zeros(3))
    with pytest.raises(ValueError, match="alpha must lie"):
        sigmoid_focal_loss(torch.zeros(3), torch.zeros(3), alpha=-1.0)
    with pytest.raises(ValueError, match="gamma must be"):
        sigmoid_focal_loss(torch.zeros(3), torch.zeros(3), gamma=-1.0)
    with pytest.raises(ValueError, match="labels"):
        softmax_focal_loss(torch.zeros(3, 2), torch.zeros(2).long())
    with pytest.raises(ValueError, match="one weight per class"):
        softmax_focal_loss(torch.zeros(3, 2), torch.zeros(3).long(), alpha=torch.ones(3))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("dtype", [torch.bool, torch.int64])
def test_targets_may_be_masks_or_whole_numbers(dtype):
    logits, targets = torch.tensor([-1.0, 0.5, 2.0]), torch.tensor([1, 0, 1]).to(dtype)
    assert torch.equal(
        sigmoid_focal_loss(logits, targets), sigmoid_focal_loss(logits, targets.float())
    )


@pytest.mark.usefixtures("unchecked")
def test_labels_are_whole_numbers():
    for labels in (torch.zeros(2), torch.zeros(2, dtype=torch.bool)):
        with pytest.raises(ValueError, match="labels must be whole numbers"):
            softmax_focal_loss(torch.zeros(2, 3), labels)


@pytest.mark.parametrize("logit", [17.0, 25.0])
def test_what_is_nearly_sure_keeps_its_exact_loss(logit):
    """1 - sigmoid(x) rounds to 0 in float32 from x = 17 on; float64 knows better."""
    exact = math.exp(-logit) / (1 + math.exp(-logit)) * math.log1p(math.exp(-logit))
    loss = sigmoid_focal_loss(torch.tensor([logit]), torch.ones(1), alpha=None, gamma=1.0)
    assert loss.item() == pytest.approx(exact, rel=1e-5, abs=0)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("gamma", [0.5, 2.0, 5.0])
def test_half_precision_is_computed_in_single(dtype, gamma):
    """gamma times a cross entropy of 2e4 is more than float16 holds, and infinity times the flat
    sigmoid's slope of 0 is NaN.
    """
    logits = torch.tensor([[-2e4, 2e4], [1e4, -1e4], [1.0, -2.0]], dtype=dtype, requires_grad=True)
    labels = torch.tensor([0, 1, 0])
    softmax = softmax_focal_loss(logits, labels, gamma=gamma)
    sigmoid = sigmoid_focal_loss(logits, F.one_hot(labels, 2).float(), alpha=None, gamma=gamma)
    wide = logits.detach().float()
    torch.testing.assert_close(softmax, softmax_focal_loss(wide, labels, gamma=gamma))
    assert sigmoid.dtype == softmax.dtype == torch.float32
    for value in (softmax, sigmoid):
        assert torch.isfinite(value).all()
        (grad,) = torch.autograd.grad(value.sum(), logits)
        assert torch.isfinite(grad).all()


def test_reductions():
    logits, targets = random_problem(0)
    rows = sigmoid_focal_loss(logits, targets)
    torch.testing.assert_close(sigmoid_focal_loss(logits, targets, reduction="sum"), rows.sum())
    torch.testing.assert_close(sigmoid_focal_loss(logits, targets, reduction="mean"), rows.mean())
    labels = torch.arange(5).repeat(2)[:6]
    rows = softmax_focal_loss(logits, labels)
    torch.testing.assert_close(softmax_focal_loss(logits, labels, reduction="sum"), rows.sum())
    torch.testing.assert_close(softmax_focal_loss(logits, labels, reduction="mean"), rows.mean())
    assert sigmoid_focal_loss(logits[:0], targets[:0], reduction="mean") == 0
