from functools import partial

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from locviz.assign import HardNegatives
from locviz.losses import hard_negatives, hardest
from locviz.types import BACKGROUND, IGNORE, Assignment

seeds = st.integers(0, 10**6)
BOTH = [partial(hardest, num=3), partial(hard_negatives, ratio=2.0)]


def random_problem(seed: int, *, images: int = 3, priors: int = 12):
    """Losses with many ties; a fifth of the priors positive, a fifth neither."""
    generator = torch.Generator().manual_seed(seed)
    losses = torch.randint(0, 5, (images, priors), generator=generator) / 4
    kind = torch.randint(0, 5, (images, priors), generator=generator)
    return losses, kind == 0, kind > 1


def by_loop(losses, candidates, num) -> set[int]:
    """One image: take the hardest that is left, the first among equals, ``num`` times."""
    left = [i for i in range(len(losses)) if candidates[i]]
    taken = set()
    for _ in range(min(num, len(left))):
        best = max(left, key=lambda i: (float(losses[i]), -i))
        left.remove(best)
        taken.add(best)
    return taken


@given(seed=seeds, num=st.integers(0, 14))
def test_the_hardest_of_each_image_as_a_loop_finds_them(seed, num):
    losses, positive, negative = random_problem(seed)
    kept = hardest(losses, positive, negative, num=num)
    for row in range(len(losses)):
        expected = by_loop(losses[row], positive[row] | negative[row], num)
        assert set(kept[row].nonzero()[:, 0].tolist()) == expected


@given(seed=seeds, ratio=st.sampled_from([0.0, 0.5, 1.0, 3.0]), least=st.integers(0, 4))
def test_the_hard_negatives_of_each_image_as_a_loop_finds_them(seed, ratio, least):
    losses, positive, negative = random_problem(seed)
    kept = hard_negatives(losses, positive, negative, ratio=ratio, least=least)
    for row in range(len(losses)):
        num = max(least, int(ratio * int(positive[row].sum())))
        expected = by_loop(losses[row], negative[row], num)
        expected |= set(positive[row].nonzero()[:, 0].tolist())
        assert set(kept[row].nonzero()[:, 0].tolist()) == expected


def test_by_hand():
    """One positive; three negatives of four, the last two of which are equal: the first is kept.
    The prior that is ignored has the highest loss of all.
    """
    losses = torch.tensor([[0.1, 2.0, 0.5, 0.5, 1.0, 9.0]])
    positive = torch.tensor([[True, False, False, False, False, False]])
    negative = torch.tensor([[False, True, True, True, True, False]])
    assert hard_negatives(losses, positive, negative).tolist() == [
        [True, True, True, False, True, False]
    ]
    assert hardest(losses, positive, negative, num=2).tolist() == [
        [False, True, False, False, True, False]
    ]


def test_an_image_without_objects_teaches_nothing_unless_it_is_asked_to():
    losses, none, all_ = torch.rand(1, 5), torch.zeros(1, 5).bool(), torch.ones(1, 5).bool()
    assert not hard_negatives(losses, none, all_).any()
    assert hard_negatives(losses, none, all_, least=2).sum() == 2


@pytest.mark.parametrize("keep", BOTH)
@given(seed=seeds)
def test_images_do_not_influence_each_other(keep, seed):
    problem = random_problem(seed)
    together = keep(*problem)
    alone = [keep(*(x[row : row + 1] for x in problem)) for row in range(3)]
    assert torch.equal(together, torch.cat(alone))


@pytest.mark.parametrize("keep", BOTH)
def test_no_gradient_flows_through_the_choice_but_through_what_is_kept(keep):
    losses, positive, negative = random_problem(1)
    losses.requires_grad_()
    kept = keep(losses, positive, negative)
    assert not kept.requires_grad
    (grad,) = torch.autograd.grad((losses * kept).sum(), losses)
    assert torch.equal(grad, kept.float())


@pytest.mark.parametrize("keep", BOTH)
@pytest.mark.parametrize("shape", [(0, 4), (2, 0)])
def test_no_images_or_no_priors(keep, shape):
    nothing = torch.zeros(shape)
    assert keep(nothing, nothing.bool(), nothing.bool()).shape == shape


@pytest.mark.usefixtures("unchecked")
def test_refuses_bad_input():
    losses, positive, negative = random_problem(0)
    with pytest.raises(ValueError, match="num must be 0 or more, got -1"):
        hardest(losses, positive, negative, num=-1)
    with pytest.raises(ValueError, match="ratio and least must be 0 or more"):
        hard_negatives(losses, positive, negative, ratio=-1.0)
    with pytest.raises(ValueError, match="ratio and least must be 0 or more"):
        hard_negatives(losses, positive, negative, least=-1)
    for keep in BOTH:
        with pytest.raises(ValueError, match=r"must be \(b, p\), one row per image"):
            keep(losses, positive[:1], negative)
        with pytest.raises(ValueError, match=r"must be \(b, p\), one row per image"):
            keep(losses[0], positive[0], negative[0])


@given(seed=seeds, ratio=st.sampled_from([0.0, 1.0, 3.0]), least=st.integers(0, 3))
def test_hard_negatives_are_those_of_the_sampler_of_assignments(seed, ratio, least):
    losses, positive, negative = random_problem(seed, images=1)
    gt_index = torch.full((12,), IGNORE)
    gt_index[positive[0]] = 0
    gt_index[negative[0]] = BACKGROUND
    sampled = HardNegatives(ratio=ratio, least=least)(Assignment(gt_index), losses[0])
    kept = hard_negatives(losses, positive, negative, ratio=ratio, least=least)
    assert torch.equal(kept[0], sampled.gt_index != IGNORE)


def test_an_infinite_ratio_keeps_all_negatives_of_an_image_with_objects():
    """As a whole number infinity would be negative, and keep none."""
    losses = torch.rand(2, 5)
    positive = torch.zeros(2, 5, dtype=torch.bool)
    positive[0, 1] = True
    for ratio in (float("inf"), 1e30):
        kept = hard_negatives(losses, positive, ~positive, ratio=ratio)
        assert kept.sum(1).tolist() == [5, 0]
        assert hard_negatives(losses, positive, ~positive, ratio=ratio, least=2).sum(1)[1] == 2


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("choose", BOTH)
def test_what_is_no_mask_is_named(choose):
    losses, masks = torch.rand(1, 3), torch.ones(1, 3, dtype=torch.bool)
    with pytest.raises(
        ValueError, match=r"positive must be a mask, got torch.float32: use positive"
    ):
        choose(losses, masks.float(), masks)
    with pytest.raises(ValueError, match=r"negative must be a mask, got torch.int64"):
        choose(losses, masks, masks.long())
    with pytest.raises(TypeError, match=r"^losses must be a tensor, got ndarray"):
        choose(losses.numpy(), masks, masks)


@pytest.mark.usefixtures("unchecked")
def test_a_number_that_is_nan_is_refused():
    masks = torch.ones(1, 3, dtype=torch.bool)
    with pytest.raises(ValueError, match="num must be 0 or more, got nan"):
        hardest(torch.rand(1, 3), masks, masks, num=float("nan"))
