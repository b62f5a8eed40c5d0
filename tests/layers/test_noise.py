import pytest
import torch

from locviz.boxes import center_size_to_corners
from locviz.layers import BoxJitter, BoxNoise, ContrastivePairs, LabelFlips, LabelNoise

NOISES = [BoxJitter, ContrastivePairs]


def boxes(dim: int = 2, num: int = 400) -> torch.Tensor:
    """Far enough inside the image that nothing is cut."""
    torch.manual_seed(0)
    center, size = 0.4 + 0.2 * torch.rand(num, dim), 0.05 + 0.1 * torch.rand(num, dim)
    return torch.cat([center, size], -1)


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("noise", NOISES)
def test_no_noise_changes_nothing_and_every_copy_has_its_fate(noise, dim):
    given, still = boxes(dim), noise(amount=0.0)
    assert isinstance(still, BoxNoise)
    copies = still(given)
    assert copies.shape == (len(still.finds), 400, 2 * dim)
    torch.testing.assert_close(copies, given.expand_as(copies))
    assert still(given[None, None]).shape == (1, 1, len(still.finds), 400, 2 * dim)
    assert still(given[:0]).shape == (len(still.finds), 0, 2 * dim)


@pytest.mark.parametrize("noise", NOISES)
def test_boxes_stay_shares_and_keep_their_order(noise):
    corners = torch.rand(200, 2, 2).sort(1).values.flatten(1)
    low, high = corners.chunk(2, -1)
    given = torch.cat([(low + high) / 2, high - low], -1)
    noised = noise(amount=1.0)(given)
    assert (noised >= 0).all()
    assert (noised <= 1).all()


def test_jitter_keeps_centres_in_their_boxes_and_reaches_its_bounds():
    given = boxes()
    (moved,) = BoxJitter(amount=0.4)(given)
    center, size = (moved - given).chunk(2, -1)
    steps, growth = center / (given[:, 2:] / 2), size / given[:, 2:]
    for share in (steps, growth):
        assert 0.38 < share.abs().max() <= 0.4
        assert share.mean().abs() < 0.03
    # Each axis for itself.
    assert torch.corrcoef(steps.T)[0, 1].abs() < 0.15


@pytest.mark.parametrize("amount", [0.3, 0.5])
def test_pairs_move_corners_by_less_and_by_more_than_one_half_side(amount):
    """Up to half of the half sides, two corners cannot pass each other."""
    given = boxes()
    half = given[:, 2:].repeat(1, 2) / 2
    near, far = (
        (center_size_to_corners(copy) - center_size_to_corners(given)).abs() / half
        for copy in ContrastivePairs(amount=amount)(given)
    )
    tiny = 1e-4
    assert near.max() <= amount + tiny
    assert near.min() < 0.05 * amount
    assert far.min() >= amount - tiny
    assert far.max() <= 2 * amount + tiny
    assert ContrastivePairs().finds == (True, False)


def test_pairs_whose_corners_pass_each_other_are_boxes_again():
    sizes = ContrastivePairs(amount=1.0)(boxes())[1, :, 2:]
    assert (sizes >= 0).all()
    assert (sizes > 0).float().mean() > 0.9


def test_flipped_labels_are_drawn_from_all_classes():
    torch.manual_seed(0)
    labels = torch.full((4, 2500), 2)
    assert isinstance(LabelFlips(), LabelNoise)
    assert torch.equal(LabelFlips(share=0.0)(labels, 5), labels)
    flipped = LabelFlips(share=0.5)(labels, 5)
    assert flipped.shape == labels.shape
    # Half are drawn anew, of which a fifth is the same class.
    counts = flipped.flatten().bincount(minlength=5) / 10000
    torch.testing.assert_close(counts, torch.tensor([0.1, 0.1, 0.6, 0.1, 0.1]), rtol=0, atol=0.02)
    assert (LabelFlips(share=1.0)(labels, 1) == 0).all()


def test_amounts_that_make_no_boxes_are_refused():
    with pytest.raises(ValueError, match=r"amount must lie in 0\.\.1, got 1.5"):
        BoxJitter(amount=1.5)
    with pytest.raises(ValueError, match="amount must not be negative, got -1"):
        ContrastivePairs(amount=-1.0)
    with pytest.raises(ValueError, match=r"share must lie in 0\.\.1, got 2"):
        LabelFlips(share=2.0)
