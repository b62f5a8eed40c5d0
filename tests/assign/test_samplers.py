import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torchvision.models.detection._utils import BalancedPositiveNegativeSampler

from locviz.assign import BalancedSampler, GivenSample, HardNegatives, SampledApart
from locviz.types import BACKGROUND, IGNORE, Assignment

answers = st.lists(st.sampled_from([IGNORE, BACKGROUND, 0, 1, 5]), max_size=60)


def assignment_of(rows) -> Assignment:
    return Assignment(torch.tensor(rows, dtype=torch.int64))


@given(answers, st.integers(1, 40), st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.integers(0, 5))
def test_balance_and_torchvision(rows, size, fraction, seed):
    assignment = assignment_of(rows)
    generator = torch.Generator().manual_seed(seed)
    sampled = BalancedSampler(size=size, positive_fraction=fraction, generator=generator)(
        assignment
    )
    kept = sampled.gt_index != IGNORE
    assert torch.equal(sampled.gt_index[kept], assignment.gt_index[kept])
    positives = min(int(size * fraction), int(assignment.positive.sum()))
    assert int(sampled.positive.sum()) == positives
    assert int(sampled.negative.sum()) == min(size - positives, int(assignment.negative.sum()))

    labels = assignment.positive.long() - (assignment.gt_index == IGNORE).long()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        positive, negative = BalancedPositiveNegativeSampler(size, fraction)([labels])
    assert torch.equal(sampled.positive, positive[0].bool())
    assert torch.equal(sampled.negative, negative[0].bool())


def test_is_random_and_does_not_touch_the_global_state():
    assignment = assignment_of([0] * 50 + [BACKGROUND] * 50)
    state = torch.get_rng_state()
    sampler = BalancedSampler(size=10, generator=torch.Generator().manual_seed(1))
    assert not torch.equal(sampler(assignment).gt_index, sampler(assignment).gt_index)
    assert torch.equal(torch.get_rng_state(), state)


def test_given_samples_come_in_turn():
    sampler = GivenSample(torch.tensor([0, 3]), torch.tensor([1]))
    assignment = assignment_of([4, BACKGROUND, IGNORE, 2])
    assert sampler(assignment).gt_index.tolist() == [4, IGNORE, IGNORE, 2]
    assert sampler(assignment).gt_index.tolist() == [IGNORE, BACKGROUND, IGNORE, IGNORE]
    assert sampler(assignment).gt_index.tolist() == [4, IGNORE, IGNORE, 2]


@given(
    answers, st.sampled_from([0.0, 1.0, 3.0]), st.integers(0, 3), st.randoms(use_true_random=False)
)
def test_the_hardest_negatives(rows, ratio, least, random):
    assignment = assignment_of(rows)
    losses = torch.tensor([float(random.randint(0, 4)) for _ in rows])
    sampled = HardNegatives(ratio=ratio, least=least)(assignment, losses)
    assert torch.equal(sampled.positive, assignment.positive)
    num = min(
        int(assignment.negative.sum()), max(least, int(ratio * int(assignment.positive.sum())))
    )
    assert int(sampled.negative.sum()) == num
    left = assignment.negative & ~sampled.negative
    if num and left.any():
        assert losses[sampled.negative].min() >= losses[left].max()


def test_three_to_one_by_hand():
    assignment = assignment_of([0, BACKGROUND, BACKGROUND, IGNORE, BACKGROUND, BACKGROUND])
    losses = torch.tensor([9.0, 1, 3, 8, 3, 2])
    assert HardNegatives()(assignment, losses).gt_index.tolist() == [0, -2, -1, -2, -1, -1]
    assert (HardNegatives()(assignment_of([-1, -1]), torch.ones(2)).gt_index == IGNORE).all()


def test_bad_settings_are_named():
    with pytest.raises(ValueError, match="size >= 1"):
        BalancedSampler(size=0)
    with pytest.raises(ValueError, match="ratio >= 0"):
        HardNegatives(ratio=-1.0)
    with pytest.raises(ValueError, match="at least one image"):
        GivenSample()


def test_regions_may_be_sampled_by_themselves():
    """The classes have the positives 0 and 1, the regions 8 and 9; a sample of four of ten, half of
    it positive, has both of each.
    """
    rows = [0, 0] + [BACKGROUND] * 8
    both = Assignment(torch.tensor(rows), localization=Assignment(torch.tensor(rows[::-1])))
    answer = SampledApart(BalancedSampler(size=4, positive_fraction=0.5))(both)
    assert answer.positive.nonzero()[:, 0].tolist() == [0, 1]
    assert answer.localization.positive.nonzero()[:, 0].tolist() == [8, 9]
    assert int(answer.negative.sum()) == int(answer.localization.negative.sum()) == 2
    alone = Assignment(torch.tensor(rows))
    assert SampledApart(lambda given: given)(alone).localization is None


def test_an_infinite_ratio_keeps_all_negatives_of_an_image_with_objects():
    sampler = HardNegatives(ratio=float("inf"))
    some = sampler(Assignment(torch.tensor([0, -1, -1])), torch.rand(3))
    assert some.gt_index.tolist() == [0, -1, -1]
    none = sampler(Assignment(torch.tensor([-1, -1])), torch.rand(2))
    assert none.gt_index.tolist() == [-2, -2]
