import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.boxes import pairwise_iou
from locviz.postprocess import batched_nms, class_agnostic_nms, nms


def greedy(regions, scores, threshold) -> list[int]:
    """The textbook loop."""
    overlap = pairwise_iou(regions, regions)
    kept: list[int] = []
    for i in scores.argsort(descending=True).tolist():
        if all(overlap[i, j] <= threshold for j in kept):
            kept.append(i)
    return kept


@given(st.integers(0, 2**16), st.sampled_from([1, 2]), st.integers(0, 12), st.floats(0.1, 0.9))
def test_equals_the_textbook_loop(seed, dim, num, threshold):
    generator = torch.Generator().manual_seed(seed)
    low = torch.rand(num, dim, generator=generator) * 10
    regions = torch.cat([low, low + torch.rand(num, dim, generator=generator) * 8], -1)
    scores = torch.rand(num, generator=generator)
    assert nms(regions, scores, threshold=threshold).tolist() == greedy(regions, scores, threshold)


def test_overlap_equal_to_the_threshold_survives():
    regions = torch.tensor([[0.0, 2], [0, 1]])  # IoU exactly one half
    scores = torch.tensor([0.9, 0.8])
    assert nms(regions, scores, threshold=0.5).tolist() == [0, 1]
    assert nms(regions, scores, threshold=0.49).tolist() == [0]


def test_idempotent_and_ordered():
    torch.manual_seed(0)
    low = torch.rand(50, 2) * 20
    regions, scores = torch.cat([low, low + 8], -1), torch.rand(50)
    keep = nms(regions, scores, threshold=0.3)
    assert len(keep) < 50
    assert (scores[keep].diff() <= 0).all()
    assert nms(regions[keep], scores[keep], threshold=0.3).tolist() == list(range(len(keep)))


@pytest.mark.parametrize("dim", [1, 2])
def test_classes_do_not_suppress_each_other(dim):
    regions = torch.tensor([[0.0, 4]]).repeat(3, 1).repeat_interleave(dim, -1)
    keep = batched_nms(
        regions, torch.tensor([0.5, 0.9, 0.7]), torch.tensor([0, 1, 0]), threshold=0.5
    )
    assert keep.tolist() == [1, 2]


@pytest.mark.parametrize("dim", [1, 2])
def test_classes_do_not_suppress_each_other_left_of_zero(dim):
    """torchvision moves class 1 by the largest coordinate plus one, 11 here: onto class 0."""
    regions = torch.tensor([[-100.0] * dim + [10.0] * dim, [-111.0] * dim + [-1.0] * dim])
    kept = batched_nms(regions, torch.tensor([0.9, 0.8]), torch.tensor([0, 1]), threshold=0.5)
    assert kept.tolist() == [0, 1]
    assert batched_nms(
        regions, torch.tensor([0.9, 0.8]), torch.tensor([1, 1]), threshold=0.5
    ).tolist() == [0]


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64, torch.int64])
def test_any_type_of_number(dtype):
    regions = torch.tensor([[0, 0, 10, 10], [1, 0, 10, 10], [20, 0, 30, 10]]).to(dtype)
    scores = torch.tensor([0.5, 0.75, 0.25]).to(dtype if dtype.is_floating_point else torch.float32)
    assert nms(regions, scores, threshold=0.5).tolist() == [1, 2]


@pytest.mark.usefixtures("unchecked")
def test_refuses_bad_input():
    regions, scores = torch.zeros(3, 4), torch.zeros(3)
    for bad in (torch.zeros(3, 3), torch.zeros(1, 3, 4), torch.zeros(2, 4)):
        with pytest.raises(ValueError, match=r"regions must be \(n, 4\)"):
            nms(bad, scores, threshold=0.5)
    for threshold in (-0.1, 1.5, float("nan")):
        with pytest.raises(ValueError, match="threshold is an IoU"):
            batched_nms(regions, scores, torch.zeros(3, dtype=torch.int64), threshold=threshold)


def random_boxes(num, generator, *, image, largest):
    low = torch.rand(num, 2, generator=generator) * image
    return torch.cat([low, low + torch.rand(num, 2, generator=generator) * largest], -1)


def per_label(regions, scores, labels, threshold) -> list[int]:
    """The definition: NMS of each label alone, then all by score."""
    kept = []
    for label in labels.unique():
        rows = (labels == label).nonzero()[:, 0]
        kept += rows[nms(regions[rows], scores[rows], threshold=threshold)].tolist()
    return sorted(kept, key=lambda row: -float(scores[row]))


@pytest.mark.parametrize("num_labels", [1, 3, 365])
def test_is_nms_of_each_label_for_small_boxes_of_many_classes_in_large_images(num_labels):
    """Pairs that overlap by nearly the threshold: sums with float32 offsets of 1.5 million pixels,
    in steps of 0.125, decide several of these wrongly.
    """
    generator = torch.Generator().manual_seed(0)
    first = random_boxes(400, generator, image=4000.0, largest=8.0)
    width = first[:, 2:3] - first[:, :1]
    shift = torch.cat([width / 3, torch.zeros_like(width)], -1).repeat(1, 2)  # an IoU of 1/2
    jitter = 1 + 0.01 * (torch.rand(400, 1, generator=generator) - 0.5)
    regions = torch.cat([first, first + shift * jitter])
    scores = torch.rand(800, generator=generator)
    labels = torch.randint(num_labels, (400,), generator=generator).repeat(2)
    kept = batched_nms(regions, scores, labels, threshold=0.5)
    assert 400 < len(kept) < 800
    assert kept.tolist() == per_label(regions, scores, labels, 0.5)


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("huge", [float("inf"), 3e38])
def test_a_box_without_end_does_not_switch_suppression_off(dim, huge):
    regions = torch.tensor([[0.0, 4], [0, 4], [0, 4], [0, huge]]).repeat_interleave(dim, -1)
    labels = torch.tensor([0, 0, 1, 0])
    scores = torch.tensor([0.5, 0.9, 0.7, 0.8])
    assert batched_nms(regions, scores, labels, threshold=0.5).tolist() == [1, 3, 2]
    assert nms(regions, scores, threshold=0.5).tolist() == [1, 3]


def test_float64_is_not_rounded_on_the_way():
    """At 2**24 float32 counts in steps of 2: the two would be the same box."""
    regions = torch.tensor([[0.0, 1], [0.75, 1.75]], dtype=torch.float64) + 2.0**24
    scores = torch.tensor([0.9, 0.8])
    assert nms(regions, scores, threshold=0.5).tolist() == [0, 1]
    assert batched_nms(regions, scores, torch.tensor([0, 0]), threshold=0.5).tolist() == [0, 1]


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("suppress", [batched_nms, class_agnostic_nms])
def test_labels_are_never_broadcast(suppress):
    regions, scores = torch.zeros(3, 4), torch.zeros(3)
    for labels in (torch.tensor([0]), torch.tensor(0), torch.zeros(3, 1).long(), torch.zeros(3)):
        with pytest.raises(ValueError, match=r"labels must be whole numbers \(n,\)"):
            suppress(regions, scores, labels, threshold=0.5)


@pytest.mark.parametrize("suppress", [batched_nms, class_agnostic_nms])
@pytest.mark.parametrize("dim", [1, 2])
def test_nothing_stays_nothing(suppress, dim):
    labels = torch.zeros(0, dtype=torch.int64)
    kept = suppress(torch.zeros(0, 2 * dim), torch.zeros(0), labels, threshold=0.5)
    assert kept.shape == (0,)
    assert kept.dtype == torch.int64


def test_equal_scores_keep_the_order_given():
    regions = torch.tensor([[0.0, 1], [10, 11], [20, 21], [30, 31]])
    scores = torch.tensor([0.5, 0.9, 0.5, 0.5])
    kept = batched_nms(regions, scores, torch.tensor([2, 0, 1, 0]), threshold=0.5)
    assert kept.tolist() == [1, 0, 2, 3]


@pytest.mark.parametrize("dim", [1, 2])
def test_class_agnostic_lets_one_class_suppress_another(dim):
    regions = torch.tensor([[0.0, 4], [0, 4], [9, 13]]).repeat_interleave(dim, -1)
    scores, labels = torch.tensor([0.5, 0.9, 0.7]), torch.tensor([0, 1, 0])
    assert class_agnostic_nms(regions, scores, labels, threshold=0.5).tolist() == [1, 2]
    assert batched_nms(regions, scores, labels, threshold=0.5).tolist() == [1, 2, 0]


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("suppress", [batched_nms, class_agnostic_nms])
def test_what_is_no_tensor_is_named(suppress):
    given = [torch.zeros(2, 4), torch.zeros(2), torch.zeros(2, dtype=torch.int64)]
    for row, name in enumerate(("regions", "scores", "labels")):
        for wrong in (given[row].numpy(), given[row].tolist()):
            with pytest.raises(TypeError, match=f"^{name} must be a tensor, got (ndarray|list)"):
                suppress(*given[:row], wrong, *given[row + 1 :], threshold=0.5)
    for threshold in (None, "0.5"):
        with pytest.raises(ValueError, match=r"threshold is an IoU and must be in 0..1, got"):
            suppress(*given, threshold=threshold)


@pytest.mark.parametrize("suppress", [batched_nms, class_agnostic_nms])
def test_a_score_that_is_nan_is_refused_and_does_not_win(suppress):
    """Sorting takes NaN for the largest number: the row would suppress the good one before it."""
    regions = torch.tensor([[0.0, 0, 10, 10], [1, 1, 11, 11]])
    scores = torch.tensor([0.9, float("nan")])
    with pytest.raises(ValueError, match="scores hold NaN in row 1"):
        suppress(regions, scores, torch.tensor([0, 0]), threshold=0.5)
    # Infinite and negative ones are in an order: logits will do.
    kept = suppress(
        regions, torch.tensor([-1.0, float("inf")]), torch.tensor([0, 0]), threshold=0.5
    )
    assert kept.tolist() == [1]
