import math

import pytest
import torch

from locviz.layers import SinePositions, padding_masks, sine_encoding


def test_an_encoding_by_hand():
    """Four numbers: a pair at frequency 1, a pair at 1 / 10."""
    found = sine_encoding(torch.tensor(2.0), 4, temperature=100.0)
    expected = [math.sin(2), math.cos(2), math.sin(0.2), math.cos(0.2)]
    assert found.tolist() == pytest.approx(expected)


def test_a_step_is_a_rotation_wherever_it_starts():
    places, step = torch.linspace(-3, 9, 7, dtype=torch.float64), 0.7
    before = sine_encoding(places, 8).unflatten(-1, (4, 2))
    after = sine_encoding(places + step, 8).unflatten(-1, (4, 2))
    angles = step / 10000.0 ** (2 * torch.arange(4, dtype=torch.float64) / 8)
    sine, cosine = before.unbind(-1)
    rotated = torch.stack(
        [sine * angles.cos() + cosine * angles.sin(), cosine * angles.cos() - sine * angles.sin()],
        -1,
    )
    torch.testing.assert_close(after, rotated)


def test_y_comes_before_x_and_the_far_side_is_a_full_turn():
    positions = SinePositions(channels=8)
    padding = torch.zeros(1, 4, 2, dtype=torch.bool)
    found = positions(padding)
    assert found.shape == (1, 8, 4, 2)
    # The last row is at 2 pi, so are its first pair's sine and cosine; x counts 1 and 2 of 2.
    torch.testing.assert_close(found[0, :2, -1, 0], torch.tensor([0.0, 1.0]), atol=1e-5, rtol=0)
    torch.testing.assert_close(found[0, 4:6, 0, 0], torch.tensor([0.0, -1.0]), atol=1e-5, rtol=0)
    assert torch.equal(found[0, :4, 1, 0], found[0, :4, 1, 1])
    assert torch.equal(found[0, 4:, 1, 1], found[0, 4:, 2, 1])


@pytest.mark.parametrize("dim", [1, 2])
def test_brute_force_over_cells_and_channels(dim):
    generator = torch.Generator().manual_seed(dim)
    extent = torch.randint(1, 6, (3, dim), generator=generator)
    size = (5, 6)[-dim:]
    padding = torch.ones(3, *size, dtype=torch.bool)
    for image, cells in enumerate(extent.tolist()):
        padding[(image, *(slice(0, n) for n in cells))] = False
    positions = SinePositions(channels=4 * dim, dim=dim, temperature=20.0, scale=3.0, offset=0.5)
    found = positions(padding)
    for image, cells in enumerate(extent.tolist()):
        for place in torch.cartesian_prod(*(torch.arange(n) for n in cells)).view(-1, dim).tolist():
            expected = []
            for index, count in zip(place, cells, strict=True):
                angle = (index + 0.5) / count * 3.0
                for pair in range(2):
                    slow = angle / 20.0 ** (2 * pair / 4)
                    expected += [math.sin(slow), math.cos(slow)]
            got = found[(image, slice(None), *place)]
            assert got.tolist() == pytest.approx(expected, abs=1e-5)


def test_padding_changes_no_encoding():
    positions = SinePositions(channels=16)
    alone = positions(torch.zeros(1, 3, 5, dtype=torch.bool))
    padding = torch.ones(1, 7, 6, dtype=torch.bool)
    padding[:, :3, :5] = False
    padded = positions(padding)
    assert torch.equal(padded[..., :3, :5], alone)
    assert torch.isfinite(padded).all()


def test_equals_the_encoding_of_transformers():
    from transformers.models.detr.modeling_detr import DetrSinePositionEmbedding

    padding = torch.ones(2, 6, 9, dtype=torch.bool)
    padding[0, :6, :4] = False
    padding[1, :2, :9] = False
    theirs = DetrSinePositionEmbedding(32, normalize=True)
    expected = theirs(
        shape=padding[:, None].shape, device="cpu", dtype=torch.float32, mask=~padding
    )
    torch.testing.assert_close(SinePositions(channels=64)(padding), expected, rtol=0, atol=2e-6)


def test_channels_that_do_not_pair_are_named():
    with pytest.raises(ValueError, match="channels must be a multiple of 4"):
        SinePositions(channels=6)
    with pytest.raises(ValueError, match="channels must be even"):
        sine_encoding(torch.zeros(2), 5)


def test_a_cell_is_judged_by_one_pixel():
    """Brute force: cell i of n in an input of length L looks at pixel floor(i * L / n)."""
    extents = torch.tensor([[40.0, 64.0], [64.0, 17.0], [1.0, 1.0]])
    size, levels = (64, 72), ((8, 9), (4, 5), (1, 1))
    masks = padding_masks(extents, size, levels)
    for mask, (rows, columns) in zip(masks, levels, strict=True):
        assert mask.shape == (3, rows, columns)
        assert not mask[:, 0, 0].any()
        for image, (w, h) in enumerate(extents.tolist()):
            for i in range(rows):
                for j in range(columns):
                    outside = i * 64 // rows >= h or j * 72 // columns >= w
                    assert mask[image, i, j].item() == outside


def test_clips_have_one_axis():
    (mask,) = padding_masks(torch.tensor([[5.0], [8.0]]), (8,), ((4,),))
    assert mask.tolist() == [[False, False, False, True], [False] * 4]
