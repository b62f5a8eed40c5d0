"""The laws that every suppression method obeys, and those that some obey."""

from dataclasses import replace

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from locviz import postprocess
from locviz.boxes import pairwise_iou
from locviz.postprocess import (
    NOBODY,
    BalancedNMS,
    Candidates,
    DIoUNMS,
    GaussianDecay,
    GreedyNMS,
    IoUGuidedNMS,
    MatrixNMS,
    SoftNMS,
    SuppressionMethod,
    WeightedBoxesFusion,
    largest_confidence,
    linear_decay,
    one_minus_overlap,
)

METHODS = {
    "greedy": GreedyNMS(),
    "DIoU": DIoUNMS(),
    "DIoU, as in darknet": DIoUNMS(beta=0.6),
    "IoU-guided": IoUGuidedNMS(),
    "balanced": BalancedNMS(),
    "soft, linear": SoftNMS(decay=linear_decay),
    "soft, Gaussian": SoftNMS(),
    "soft, hardly": SoftNMS(decay=GaussianDecay(sigma=4.0)),
    "matrix, linear": MatrixNMS(decay=one_minus_overlap),
    "matrix, Gaussian": MatrixNMS(),
    "fusion": WeightedBoxesFusion(),
    "fusion of three models": WeightedBoxesFusion(num_models=3),
    "fusion, largest": WeightedBoxesFusion(confidence=largest_confidence),
}
DROPPING = ("greedy", "IoU-guided", "balanced")
"""No two survivors overlap by more than the threshold."""
IDEMPOTENT = (*DROPPING, "DIoU", "DIoU, as in darknet")
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())


def some(*names):
    return pytest.mark.parametrize("method", [METHODS[name] for name in names], ids=names)


thresholds = st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 2 / 3, 0.9, 1.0])
drawn = st.tuples(st.integers(0, 10_000), st.sampled_from([1, 2]), st.integers(0, 25))
kinds = st.booleans()


@pytest.fixture(scope="session")
def candidates_of(on_grid, anywhere):
    """Draws to candidates, with ties or without."""

    def build(drawn, tied: bool) -> Candidates:
        candidates = on_grid(*drawn) if tied else anywhere(*drawn)
        return replace(candidates, quality=(candidates.scores - 0.4).abs())

    return build


def test_every_method_is_tried_and_keeps_the_protocol():
    named = {value for name, value in vars(postprocess).items() if name.endswith(("NMS", "Fusion"))}
    assert named == {type(method) for method in METHODS.values()}
    assert all(isinstance(method, SuppressionMethod) for method in METHODS.values())


@every_method
@settings(max_examples=25)
@given(drawn=drawn, tied=kinds, threshold=thresholds)
def test_the_steps_end_in_the_survivors(candidates_of, method, drawn, tied, threshold):
    """Replayed: nobody leaves twice or decays after that, and what is left is what survives."""
    candidates = candidates_of(drawn, tied)
    playing, scores = [True] * len(candidates), candidates.scores
    regions = candidates.regions.clone()
    for now in method.steps(candidates, threshold=threshold):
        for row in (*now.suppressed.tolist(), *now.decayed.tolist()):
            assert playing[row]
        for row in now.suppressed.tolist():
            playing[row] = False
        changed = (now.scores != scores).nonzero()[:, 0].tolist()
        assert set(changed) <= {now.picked, now.by, *now.suppressed.tolist(), *now.decayed.tolist()}
        assert (now.scores[now.suppressed] == 0).all()
        assert all(playing[row] for row in now.decayed.tolist())
        if now.region is not None:
            regions[now.by] = now.region.to(regions)
        scores = now.scores
    kept = method(candidates, threshold=threshold)
    assert sorted(kept.index.tolist()) == [row for row, still in enumerate(playing) if still]
    assert torch.equal(kept.scores, scores[kept.index])
    assert torch.equal(kept.regions, regions[kept.index])


@every_method
@settings(max_examples=25)
@given(drawn=drawn, tied=kinds, threshold=thresholds)
def test_survivors_are_candidates_best_first(candidates_of, method, drawn, tied, threshold):
    """Or, fused, lie within the hull of all of them: a mean is never outside."""
    candidates = candidates_of(drawn, tied)
    kept = method(candidates, threshold=threshold)
    assert len(kept.index.unique()) == len(kept) <= len(candidates)
    assert (kept.scores.diff() <= 0).all()
    same = kept.scores.diff() == 0
    assert (kept.index.diff()[same] > 0).all()
    if not isinstance(method, WeightedBoxesFusion):
        assert torch.equal(kept.regions, candidates.regions[kept.index])
    elif len(candidates):
        lowest, highest = candidates.regions.amin(0), candidates.regions.amax(0)
        assert (kept.regions >= lowest - 1e-5).all()
        assert (kept.regions <= highest + 1e-5).all()


@every_method
@settings(max_examples=25)
@given(drawn=drawn, tied=kinds, threshold=thresholds)
def test_scores_never_rise(candidates_of, method, drawn, tied, threshold):
    """IoU-guided and "largest" hand scores on: there the best stays the best."""
    candidates = candidates_of(drawn, tied)
    assume(len(candidates))
    kept = method(candidates, threshold=threshold)
    if len(kept):
        assert kept.scores.max() <= candidates.scores.max()
    if isinstance(method, IoUGuidedNMS):
        assert kept.scores.max() == candidates.scores.max()
    elif isinstance(method, GreedyNMS | DIoUNMS | BalancedNMS):
        assert torch.equal(kept.scores, candidates.scores[kept.index])
    else:
        assert (kept.scores <= candidates.scores[kept.index] * (1 + 1e-6)).all()


@every_method
@settings(max_examples=25)
@given(drawn=drawn, threshold=thresholds, order=st.randoms(use_true_random=False))
def test_permuting_the_candidates_permutes_the_survivors(
    candidates_of, method, drawn, threshold, order
):
    candidates, num = candidates_of(drawn, False), drawn[2]
    assume(len(candidates.scores.unique()) == len(candidates.quality.unique()) == num)
    new = torch.tensor(order.sample(range(num), num), dtype=torch.int64)
    permuted = Candidates(candidates.regions[new], candidates.scores[new], candidates.quality[new])
    before, after = (method(one, threshold=threshold) for one in (candidates, permuted))
    assert torch.equal(new[after.index], before.index)
    torch.testing.assert_close(after.scores, before.scores, rtol=1e-6, atol=0)
    torch.testing.assert_close(after.regions, before.regions, rtol=1e-6, atol=1e-6)


@every_method
@settings(max_examples=25)
@given(drawn=drawn, tied=kinds, threshold=thresholds, scale=st.sampled_from([0.125, 4.0, 2.0**20]))
def test_scaling_the_image_changes_nothing(candidates_of, method, drawn, tied, threshold, scale):
    candidates = candidates_of(drawn, tied)
    scaled = replace(candidates, regions=scale * candidates.regions)
    before, after = (method(one, threshold=threshold) for one in (candidates, scaled))
    assert torch.equal(after.index, before.index)
    assert torch.equal(after.scores, before.scores)
    assert torch.equal(after.regions, scale * before.regions)


@every_method
@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), num=st.integers(0, 25), threshold=thresholds)
def test_spans_are_boxes_of_one_low_height(candidates_of, method, seed, num, threshold):
    """A height of 2 ** -10: what a DIoU or a closeness measures along y is then next to nothing."""
    spans = candidates_of((seed, 1, num), False)
    start, end = spans.regions.unbind(-1)
    floor = torch.zeros_like(start)
    boxes = replace(spans, regions=torch.stack([start, floor, end, floor + 2**-10], -1))
    one, two = (method(candidates, threshold=threshold) for candidates in (spans, boxes))
    assert torch.equal(one.index, two.index)
    torch.testing.assert_close(one.scores, two.scores, rtol=1e-6, atol=0)
    torch.testing.assert_close(one.regions, two.regions[:, [0, 2]], rtol=1e-6, atol=1e-6)


@every_method
@pytest.mark.parametrize("dim", [1, 2])
def test_nothing_stays_nothing(method, dim):
    none = Candidates(torch.zeros(0, 2 * dim), torch.zeros(0), torch.zeros(0))
    kept = method(none, threshold=0.5)
    assert list(method.steps(none, threshold=0.5)) == []
    assert (kept.index.shape, kept.index.dtype) == ((0,), torch.int64)
    assert (kept.regions.shape, kept.scores.shape) == ((0, 2 * dim), (0,))


@every_method
@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("end", [3.0, 1.0])
def test_one_stays_as_it_is_even_without_area(method, dim, end):
    regions = torch.tensor([[1.0, end]]).repeat_interleave(dim, -1)
    one = Candidates(regions, torch.tensor([0.75]), torch.tensor([0.1]))
    kept = method(one, threshold=0.5)
    confidence = 0.25 if method == METHODS["fusion of three models"] else 0.75
    assert kept.index.tolist() == [0]
    assert torch.equal(kept.regions, regions)
    assert kept.scores.tolist() == [confidence]
    [step] = method.steps(one, threshold=0.5)
    assert step.picked == 0
    assert step.by in (0, NOBODY)


@some(*IDEMPOTENT)
@settings(max_examples=25)
@given(drawn=drawn, tied=kinds, threshold=thresholds)
def test_a_second_time_changes_nothing(candidates_of, method, drawn, tied, threshold):
    candidates = candidates_of(drawn, tied)
    once = method(candidates, threshold=threshold)
    left = Candidates(once.regions, once.scores, candidates.quality[once.index])
    again = method(left, threshold=threshold)
    assert again.index.tolist() == list(range(len(once)))
    assert torch.equal(again.scores, once.scores)


@some(*DROPPING)
@settings(max_examples=25)
@given(drawn=drawn, tied=kinds, threshold=thresholds)
def test_no_two_survivors_overlap_by_more(candidates_of, method, drawn, tied, threshold):
    """And each that is dropped overlaps, by more than that, the one by which it is dropped; in a
    balanced cluster that may be the best one.
    """
    candidates = candidates_of(drawn, tied)
    overlap = pairwise_iou(candidates.regions, candidates.regions).double()
    kept = method(candidates, threshold=threshold).index
    assert (overlap[kept][:, kept].triu(1) <= threshold).all()
    for step in method.steps(candidates, threshold=threshold):
        cluster = torch.cat([step.suppressed, torch.tensor([step.picked])])
        if isinstance(method, BalancedNMS):
            assert (overlap[step.suppressed][:, cluster].amax(1) > 0).all()
        else:
            assert (overlap[step.suppressed, step.picked] > threshold).all()


@every_method
def test_overlapping_candidates_meet_each_other(anywhere, method):
    """So that no law above holds because nothing ever happens."""
    candidates = anywhere(0, 2, 60)
    kept = method(candidates, threshold=0.4)
    assert len(kept) < 60 or (kept.scores < candidates.scores[kept.index]).sum() > 20


@every_method
@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64])
def test_any_type_of_number(method, dtype):
    regions = torch.tensor([[0, 0, 10, 10], [1, 0, 10, 10], [20, 0, 30, 10]]).to(dtype)
    scores = torch.tensor([0.5, 0.75, 0.25]).to(dtype if dtype.is_floating_point else torch.float32)
    kept = method(Candidates(regions, scores, scores), threshold=0.5)
    assert kept.index.tolist()[0] == 1
    assert kept.regions.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)


@every_method
def test_a_gradient_is_neither_needed_nor_kept(method):
    regions = torch.tensor([[0.0, 4], [1, 5]], requires_grad=True)
    scores = torch.tensor([0.5, 0.75], requires_grad=True)
    kept = method(Candidates(regions, scores, scores), threshold=0.5)
    assert not kept.scores.requires_grad
    assert not kept.regions.requires_grad


@every_method
@pytest.mark.parametrize("threshold", [-0.1, 1.5, float("nan")])
def test_a_threshold_that_is_no_iou_is_refused(method, threshold):
    candidates = Candidates(torch.zeros(1, 4), torch.ones(1), torch.ones(1))
    with pytest.raises(ValueError, match=r"threshold is an IoU and must be in 0\.\.1"):
        method(candidates, threshold=threshold)
    with pytest.raises(ValueError, match="threshold is an IoU"):
        list(method.steps(candidates, threshold=threshold))
