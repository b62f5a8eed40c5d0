import torch

from locviz.layers import Attention, DeformableAttention, Memory, MemoryAttention


def memory(channels: int = 8) -> Memory:
    """Two images on two levels: the second one ends after 2 of 3 rows and 1 of 4 columns."""
    masks = [torch.zeros(2, 3, 4, dtype=torch.bool), torch.zeros(2, 2, 2, dtype=torch.bool)]
    masks[0][1, 2:] = masks[0][1, :, 1:] = True
    masks[1][1, :, 1:] = True
    padding = torch.cat([mask.flatten(1) for mask in masks], 1)
    tokens = torch.randn(2, 16, channels)
    return Memory(tokens, torch.randn(2, 16, channels), padding, ((3, 4), (2, 2)))


def test_the_share_of_the_map_that_an_image_takes_by_hand():
    expected = torch.tensor([[[1, 1], [1, 1]], [[1 / 4, 2 / 3], [1 / 2, 1.0]]])
    torch.testing.assert_close(memory().image_shares, expected)


def test_cell_centers_by_hand_are_shares_of_the_image():
    centers = memory().cell_centers
    torch.testing.assert_close(centers[0, 5], torch.tensor([1.5 / 4, 1.5 / 3]))
    # The only column of the second image: its middle. The next one lies beyond the image.
    torch.testing.assert_close(centers[1, 0], torch.tensor([0.5, 0.25]))
    torch.testing.assert_close(centers[1, 1], torch.tensor([1.5, 0.25]))
    torch.testing.assert_close(centers[1, 12], torch.tensor([0.5, 0.25]))


def test_on_its_own_level_a_cell_lies_in_its_own_place():
    made = memory()
    placed = made.on_levels(made.cell_centers)
    assert placed.shape == (2, 16, 2, 2)
    torch.testing.assert_close(placed[:, 5, 0], torch.tensor([[1.5 / 4, 1.5 / 3]] * 2))
    boxes = torch.rand(2, 5, 4)
    on_second = made.on_levels(boxes)[1, :, 0]
    torch.testing.assert_close(on_second, boxes[1] * torch.tensor([1 / 4, 2 / 3, 1 / 4, 2 / 3]))


def test_a_clip_has_one_axis():
    padding = torch.tensor([[False, False, False, True]])
    clip = Memory(torch.zeros(1, 4, 8), torch.zeros(1, 4, 8), padding, ((4,),))
    torch.testing.assert_close(clip.image_shares, torch.tensor([[[0.75]]]))
    torch.testing.assert_close(clip.cell_centers[0, :, 0] * 3, torch.arange(4.0) + 0.5)


def test_both_attentions_read_a_memory():
    torch.manual_seed(0)
    made, queries, points = memory(), torch.randn(2, 5, 8), torch.rand(2, 5, 2)
    everywhere = Attention(8, heads=2)
    near = DeformableAttention(8, heads=2, levels=2, points=3)
    assert isinstance(everywhere, MemoryAttention)
    assert isinstance(near, MemoryAttention)
    torch.testing.assert_close(
        everywhere.read(queries, made),
        everywhere(queries, made.tokens + made.positions, made.tokens, hidden=made.hidden),
    )
    torch.testing.assert_close(
        near.read(queries, made, points),
        near(
            queries,
            made.on_levels(points),
            made.tokens,
            made.level_sizes,
            padding=made.padding,
        ),
    )
