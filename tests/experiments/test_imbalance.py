"""Who holds the gradient, by a plain loop and by hand; how rare objects are; and what ships."""

import math

import pytest
import torch
from torch.nn import functional as F

from locviz.data import Shapes
from locviz.experiments import imbalance
from locviz.experiments.imbalance import REMEDIES, count_priors, held_gradient
from locviz.models import fcos_tiny, gfl_tiny
from locviz.types import Targets

PLAIN = ("cross_entropy", "cross_entropy_half", "focal", "focal_half")


@pytest.fixture(scope="module")
def batch():
    scenes = Shapes(level="sparse", split="test", num_scenes=2)
    return tuple(zip(*(scenes[i] for i in range(2)), strict=True))


@pytest.fixture(scope="module")
def small():
    """Two scenes of 2,016 anchors: few enough for a plain loop."""
    scenes = Shapes(level="first", split="test", num_scenes=2)
    return tuple(zip(*(scenes[i] for i in range(2)), strict=True))


@pytest.fixture
def drawn():
    """A detector that is sure of some classes and anchors, and wrong about others."""
    detector = REMEDIES["cross_entropy"].detector(3)
    with torch.no_grad():
        detector.head.logits.bias.copy_(torch.linspace(-6, 2, 18))
    return detector


def test_a_thousand_anchors_have_background_for_each_that_has_an_object():
    scenes = Shapes(level="sparse", split="test", num_scenes=40)
    images, targets = zip(*(scenes[i] for i in range(40)), strict=True)
    counts = count_priors(REMEDIES["focal"].detector(3), images, targets)
    assert sum(counts) == 40 * 6 * (32**2 + 16**2 + 8**2)
    assert counts.negatives_per_positive > 1000
    assert counts.positive >= sum(map(len, targets))


def test_without_objects_nothing_is_positive(batch):
    empty = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (128, 128))
    detector = REMEDIES["cross_entropy"].detector(3)
    assert count_priors(detector, batch[0][:1], [empty])[:2] == (0, 8064)
    assert held_gradient(detector, batch[0][:1], [empty]) == (1.0, 0.0, 0.0)


@pytest.mark.parametrize("name", ["cross_entropy", "balanced", "focal"])
def test_the_shares_equal_a_plain_loop(drawn, small, name):
    drawn.criterion = REMEDIES[name].loss()
    predicted, matched = imbalance.look(drawn, *small)
    labels = matched.all_labels
    held = {"easy": 0.0, "hard": 0.0, "positive": 0.0}
    for b, p in (matched.prior_weight > 0).nonzero().tolist():
        for k in range(3):
            x = predicted.logits[b, p, k].double()
            y = float(labels[b, p] == k)
            p_t = float(torch.sigmoid(x if y else -x))
            # Equation 5 and its derivative by the logit (appendix A of the paper).
            alpha, gamma = {"cross_entropy": (1, 0), "balanced": (0.75, 0), "focal": (0.25, 2)}[
                name
            ]
            weight = alpha if y or name == "cross_entropy" else 1 - alpha
            slope = (1 - p_t) ** gamma * (gamma * p_t * math.log(p_t) + p_t - 1)
            who = "positive" if y else "easy" if p_t > 0.6 else "hard"
            held[who] += weight * abs(slope)
    found = held_gradient(drawn, *small)
    assert min(found) > 0
    assert list(found) == pytest.approx([part / sum(held.values()) for part in held.values()])


def test_the_gradient_is_that_of_the_detectors_own_loss(drawn, batch):
    """Each gradient by automatic differentiation of ``loss`` itself."""
    drawn.criterion = REMEDIES["hard_negatives"].loss()
    drawn.eval()
    kept = []
    handle = drawn.head.register_forward_hook(lambda *call: kept.append(call[-1][0]))
    terms = drawn.loss(*batch).terms
    handle.remove()
    (slope,) = torch.autograd.grad(terms["classification"], kept[0])
    predicted, matched = imbalance.look(drawn, *batch)
    mine = imbalance._gradient(drawn.criterion, predicted.logits, matched) / matched.num_positive
    assert torch.allclose(mine.float(), slope.abs(), atol=1e-7)
    assert int((slope.abs().sum(-1) > 0).sum()) == 4 * int(matched.num_positive)


def test_who_is_left_out_by_mining_holds_nothing(batch):
    shares = {name: held_gradient(REMEDIES[name].detector(3), *batch) for name in REMEDIES}
    assert shares["hard_negatives"].easy < 0.2 < 0.9 < shares["cross_entropy"].easy
    assert shares["focal"].easy < 0.1
    # At a probability of a half nobody is easy.
    assert shares["cross_entropy_half"].easy == 0


def test_only_a_dense_loss_can_be_asked(batch):
    with pytest.raises(TypeError, match="must have a DenseLoss"):
        held_gradient(gfl_tiny(3), *batch)
    assert sum(held_gradient(fcos_tiny(3), *batch)) == pytest.approx(1)


@pytest.mark.parametrize("name", REMEDIES)
def test_a_detector_starts_at_its_prior_and_all_with_the_same_weights(name, batch):
    detector = REMEDIES[name].detector(3, seed=3)
    other = dict(REMEDIES["focal"].detector(3, seed=3).named_parameters())
    for key, value in detector.named_parameters():
        same = torch.equal(value, other[key])
        assert same or key == "head.logits.bias"
    with torch.no_grad():
        scores = detector(batch[0]).logits.sigmoid()
    assert scores.mean() == pytest.approx(REMEDIES[name].prior, rel=0.03)


def test_the_classification_of_each_remedy():
    logits, targets = torch.tensor([2.0, -1.0, 0.5]), torch.tensor([1.0, 0.0, 0.0])
    entropy = F.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    for name in ("cross_entropy", "cross_entropy_half", "hard_negatives"):
        assert torch.allclose(REMEDIES[name].classification(logits, targets), entropy)
    weights = torch.tensor([0.75, 0.25, 0.25])
    assert torch.allclose(REMEDIES["balanced"].classification(logits, targets), weights * entropy)


def test_the_file_that_ships_is_of_all_remedies():
    found = imbalance.results()
    assert found["command"] == "python benchmarks/imbalance.py"
    assert imbalance.seeds_of(found) == [0, 1, 2]
    steps = found["protocol"]["steps"]
    for run in found["runs"].values():
        positive, negative, _ = run["priors"]
        assert negative > 1000 * positive
        assert len(run["losses"]) == steps // 10
        assert all(sum(shares) == pytest.approx(1, abs=1e-3) for shares in run["held"].values())
        assert all(0 <= one["ap"] <= one["ap50"] <= 1 for one in run["curve"].values())
        assert imbalance.ap50_after(steps)(run) == run["curve"][str(steps)]["ap50"]


def test_without_the_prior_plain_gradient_descent_diverges_in_every_seed():
    """What chapter 08 says of the first steps."""
    found = imbalance.results()
    for seed in imbalance.seeds_of(found):
        losses = {name: found["plain"][f"{name}/{seed}"]["losses"] for name in PLAIN}
        assert len(losses["cross_entropy_half"]) < found["plain_protocol"]["steps"]
        assert losses["cross_entropy_half"][0] > 1000
        assert losses["cross_entropy"][-1] < losses["cross_entropy"][0]
