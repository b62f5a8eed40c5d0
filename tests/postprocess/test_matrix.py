import math

import pytest
import torch

from locviz.boxes import pairwise_iou
from locviz.postprocess import Candidates, GaussianDecay, MatrixNMS, one_minus_overlap
from locviz.postprocess.candidates import NOBODY


def by_formula(candidates, f) -> list[float]:
    """Equations 4 and 5, one candidate at a time; ``f`` takes and gives numbers."""
    overlap = pairwise_iou(candidates.regions, candidates.regions).double().tolist()
    order = candidates.scores.argsort(descending=True, stable=True).tolist()
    most = {
        j: max([overlap[i][j] for i in order[:place]], default=0.0) for place, j in enumerate(order)
    }
    scores = [0.0] * len(order)
    for place, j in enumerate(order):
        factors = [f(overlap[i][j]) / f(most[i]) for i in order[:place] if f(most[i]) > 0]
        scores[j] = float(candidates.scores[j]) * min(factors, default=1.0)
    return scores


@pytest.mark.parametrize(
    ("decay", "f"),
    [
        (one_minus_overlap, lambda u: 1 - u),
        (GaussianDecay(sigma=0.5), lambda u: math.exp(-2 * u**2)),  # SOLOv2's code
    ],
)
@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("seed", range(10))
def test_equals_the_formula(anywhere, on_grid, seed, dim, decay, f):
    for candidates in (anywhere(seed, dim, 30), on_grid(seed, dim, 30)):
        expected = torch.tensor(by_formula(candidates, f))
        kept = MatrixNMS(decay=decay, min_score=0.05)(candidates, threshold=0.5)
        assert sorted(kept.index.tolist()) == (expected > 0.05).nonzero()[:, 0].tolist()
        torch.testing.assert_close(kept.scores, expected[kept.index], rtol=1e-5, atol=1e-6)
        assert (expected < candidates.scores).any()


def test_a_rival_that_is_itself_suppressed_decays_less():
    """1 overlaps 0 by 2/3, and 2 overlaps 1 by 2/3, 0 by 3/7. Linear: 1 keeps 1/3; of 2, rival 0 leaves
    4/7, rival 1 leaves (1/3) / (1/3) = 1.
    """
    spans = Candidates(
        torch.tensor([[0.0, 10], [2, 12], [4, 14]]), torch.tensor([0.9, 0.6, 0.7 / 2])
    )
    steps = list(MatrixNMS(decay=one_minus_overlap).steps(spans, threshold=0.5))
    torch.testing.assert_close(steps[-1].scores, torch.tensor([0.9, 0.2, 0.2]))
    assert [now.by for now in steps] == [NOBODY, 0, 0]


def test_a_copy_of_a_copy_is_gone_and_decays_nobody():
    spans = torch.tensor([[0.0, 4], [0, 4], [0, 4], [0, 8]])
    candidates = Candidates(spans, torch.tensor([0.9, 0.8, 0.7, 0.6]))
    kept = MatrixNMS(decay=one_minus_overlap)(candidates, threshold=0.5)
    assert kept.index.tolist() == [0, 3]
    torch.testing.assert_close(kept.scores, torch.tensor([0.9, 0.3]))


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="min_score must not be negative"):
        MatrixNMS(min_score=-0.1)
