import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.boxes import pairwise_iou
from locviz.postprocess import (
    AllLabels,
    BalancedNMS,
    GreedyNMS,
    IoUGuidedNMS,
    MatrixNMS,
    PerLabel,
    SelectDense,
    SelectRegions,
    SoftNMS,
    WeightedBoxesFusion,
    batched_nms,
    class_agnostic_nms,
    linear_decay,
)
from locviz.postprocess.by_label import survivors
from locviz.postprocess.candidates import Candidates

METHODS = [
    GreedyNMS(),
    SoftNMS(),
    IoUGuidedNMS(),
    BalancedNMS(),
    MatrixNMS(),
    WeightedBoxesFusion(),
]
drawn = st.tuples(st.integers(0, 10_000), st.sampled_from([1, 2]), st.integers(0, 25))


def labels_of(candidates, seed):
    return torch.randint(4, (len(candidates),), generator=torch.Generator().manual_seed(seed))


@given(drawn=drawn)
def test_greedy_per_label_is_batched_nms(on_grid, drawn):
    candidates = on_grid(*drawn)
    given = candidates.regions, candidates.scores, labels_of(candidates, drawn[0])
    kept = PerLabel(GreedyNMS())(*given, threshold=0.4)
    assert torch.equal(kept.index, batched_nms(*given, threshold=0.4))
    kept = AllLabels(GreedyNMS())(*given, threshold=0.4)
    assert torch.equal(kept.index, class_agnostic_nms(*given, threshold=0.4))


@pytest.mark.parametrize("method", METHODS, ids=lambda method: type(method).__name__)
@pytest.mark.parametrize("seed", range(10))
def test_is_the_method_of_each_label(anywhere, method, seed):
    candidates = anywhere(seed, 2, 40)
    labels = labels_of(candidates, seed)
    kept = PerLabel(method)(
        candidates.regions, candidates.scores, labels, threshold=0.4, quality=candidates.quality
    )
    assert (kept.scores.diff() <= 0).all()
    for label in range(4):
        rows = (labels == label).nonzero()[:, 0]
        alone = method(
            Candidates(candidates.regions[rows], candidates.scores[rows], candidates.quality[rows]),
            threshold=0.4,
        )
        own = labels[kept.index] == label
        assert torch.equal(kept.index[own], rows[alone.index])
        assert torch.equal(kept.scores[own], alone.scores)
        assert torch.equal(kept.regions[own], alone.regions)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: type(method).__name__)
@pytest.mark.parametrize("dim", [1, 2])
def test_nothing_stays_nothing(method, dim):
    nothing = torch.zeros(0, 2 * dim), torch.zeros(0), torch.zeros(0, dtype=torch.int64)
    for suppress in (PerLabel(method), AllLabels(method)):
        kept = suppress(*nothing, threshold=0.5, quality=torch.zeros(0))
        assert (kept.regions.shape, kept.index.dtype) == ((0, 2 * dim), torch.int64)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("suppress", [PerLabel(SoftNMS()), AllLabels(SoftNMS())])
def test_labels_are_never_broadcast(suppress):
    regions, scores = torch.zeros(3, 4), torch.zeros(3)
    for labels in (torch.tensor([0]), torch.zeros(3, 1).long(), torch.zeros(3)):
        with pytest.raises(ValueError, match=r"labels must be whole numbers \(n,\)"):
            suppress(regions, scores, labels, threshold=0.5)


def test_a_function_of_the_older_form_is_asked_for_indices_alone():
    """It is never shown the quality, which it does not know."""

    def last(regions, scores, labels, *, threshold):
        return torch.tensor([len(scores) - 1])

    regions, scores = torch.tensor([[0.0, 1], [2, 3]]), torch.tensor([0.9, 0.8])
    kept = survivors(last, regions, scores, torch.zeros(2).long(), threshold=0.5, quality=scores)
    assert kept.index.tolist() == [1]
    assert kept.regions.tolist() == [[2, 3]]


# Two candidates of an object: IoU 2/3; the second is the better placed one.
REGIONS = torch.tensor([[0.0, 0, 10, 4], [2, 0, 12, 4]])
LOGITS = torch.tensor([[0.8], [0.6]]).logit()


def select(method, **options):
    quality = torch.tensor([0.2, 0.9]).logit()
    return SelectDense(suppress=PerLabel(method), nms_threshold=0.5, **options)(
        LOGITS, REGIONS, levels=(2,), quality=quality
    )


def test_a_selection_takes_scores_that_have_fallen():
    found = select(SoftNMS(decay=linear_decay), score=lambda probability, _: probability)
    torch.testing.assert_close(found.scores, torch.tensor([0.8, 0.2]))


def test_a_selection_takes_regions_that_have_moved():
    found = select(WeightedBoxesFusion(), score=lambda probability, _: probability)
    left = 2 * 0.6 / 1.4
    torch.testing.assert_close(found.boxes, torch.tensor([[left, 0, 10 + left, 4]]))
    torch.testing.assert_close(found.scores, torch.tensor([0.7]))


def test_a_selection_hands_the_quality_on():
    found = select(IoUGuidedNMS(), score=lambda probability, _: probability)
    assert found.boxes.tolist() == REGIONS[1:].tolist()
    torch.testing.assert_close(found.scores, torch.tensor([0.8]))


def test_a_selection_cuts_after_the_scores_have_fallen():
    """The second of the class falls from .6 to .2, below another class's .5."""
    logits = torch.tensor([[0.8, 0.01], [0.6, 0.01], [0.01, 0.5]]).logit()
    regions = torch.cat([REGIONS, torch.tensor([[50.0, 0, 60, 4]])])
    found = SelectDense(
        suppress=PerLabel(SoftNMS(decay=linear_decay)), nms_threshold=0.5, max_detections=2
    )(logits, regions, levels=(3,))
    assert found.labels.tolist() == [0, 1]


def test_the_second_stage_takes_a_method_too():
    logits = torch.tensor([[0.2, 0.8], [0.4, 0.6]]).log()
    soft = SelectRegions(suppress=PerLabel(SoftNMS(decay=linear_decay)), nms_threshold=0.5)
    found = soft(logits, REGIONS[:, None])
    torch.testing.assert_close(found.scores, torch.tensor([0.8, 0.2]))
    with pytest.raises(ValueError, match="quality, which is missing"):
        SelectRegions(suppress=PerLabel(IoUGuidedNMS()))(logits, REGIONS[:, None])


def test_over_all_labels_one_class_suppresses_another():
    regions = torch.tensor([[0.0, 4], [0, 4], [9, 13]])
    scores, labels = torch.tensor([0.5, 0.9, 0.7]), torch.tensor([0, 1, 0])
    assert float(pairwise_iou(regions[:1], regions[1:2])) == 1
    soft = SoftNMS(decay=linear_decay)
    assert AllLabels(soft)(regions, scores, labels, threshold=0.5).index.tolist() == [1, 2]
    assert PerLabel(soft)(regions, scores, labels, threshold=0.5).index.tolist() == [1, 2, 0]


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("owner", [PerLabel, AllLabels])
def test_what_is_no_method_for_one_class_is_refused_with_what_to_write(owner):
    with pytest.raises(TypeError, match=rf"write {owner.__name__}\(SoftNMS\(\)\)"):
        owner(SoftNMS)
    with pytest.raises(TypeError, match=r"got batched_nms: what takes labels.* is given without"):
        owner(batched_nms)
    with pytest.raises(TypeError, match="such as batched_nms, is given without"):
        owner(PerLabel(SoftNMS()))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("select", [SelectDense, SelectRegions])
def test_a_selection_wants_a_method_that_knows_of_labels(select):
    with pytest.raises(TypeError, match=r"write PerLabel\(SoftNMS\(\)\) or AllLabels"):
        select(suppress=SoftNMS())
    with pytest.raises(TypeError, match=r"write PerLabel\(SoftNMS\(\)\)"):
        select(suppress=SoftNMS)
    with pytest.raises(ValueError, match="nms_threshold is an IoU"):
        select(nms_threshold=-0.1)
