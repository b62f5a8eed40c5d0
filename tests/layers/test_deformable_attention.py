import math
from itertools import product

import pytest
import torch

from locviz.layers import DeformableAttention, mix_places
from locviz.layers.deformable_attention import directions

SIZES = {1: ((6,), (3,)), 2: ((4, 6), (2, 3))}


def scene(seed: int, dim: int, *, dtype=torch.float64):
    """Two images, two levels, three queries with two heads of three channels and two points."""
    generator = torch.Generator().manual_seed(seed)
    num = sum(math.prod(size) for size in SIZES[dim])
    values = torch.randn(2, num, 2, 3, generator=generator, dtype=dtype)
    # Some places lie outside the map.
    places = 1.4 * torch.rand(2, 3, 2, 2, 2, dim, generator=generator, dtype=dtype) - 0.2
    weights = torch.rand(2, 3, 2, 2, 2, generator=generator, dtype=dtype)
    return values, SIZES[dim], places, weights


def brute_force(values, sizes, places, weights):
    """Every place by itself: the cells around it, each by how near it is on every axis."""
    batch, queries, heads, levels, points, dim = places.shape
    share = values.shape[-1]
    mixed = torch.zeros(batch, queries, heads * share, dtype=values.dtype)
    starts = [sum(math.prod(size) for size in sizes[:level]) for level in range(levels)]
    for b, q, h, l, p in product(*map(range, (batch, queries, heads, levels, points))):
        size = sizes[l]
        # In cells, y first; the centre of the first cell is at 0.
        at = [places[b, q, h, l, p, dim - 1 - a].item() * size[a] - 0.5 for a in range(dim)]
        for corner in product(*([math.floor(x), math.floor(x) + 1] for x in at)):
            if not all(0 <= cell < extent for cell, extent in zip(corner, size, strict=True)):
                continue
            near = math.prod(1 - abs(x - cell) for x, cell in zip(at, corner, strict=True))
            row = 0
            for cell, extent in zip(corner, size, strict=True):
                row = row * extent + cell
            found = values[b, starts[l] + row, h] * near * weights[b, q, h, l, p]
            mixed[b, q, h * share : (h + 1) * share] += found
    return mixed


@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_equals_a_loop_over_all_places(dim, seed):
    given = scene(seed, dim)
    torch.testing.assert_close(mix_places(*given), brute_force(*given))


@pytest.mark.parametrize("dim", [1, 2])
def test_gradients_are_those_of_finite_differences(dim):
    values, sizes, places, weights = scene(3, dim)
    for given in (values, places, weights):
        given.requires_grad_()
    assert torch.autograd.gradcheck(
        lambda v, p, w: mix_places(v, sizes, p, w), (values, places, weights)
    )


def test_the_centre_of_a_cell_is_the_cell_and_outside_is_nothing():
    values = torch.arange(24.0).view(1, 24, 1, 1)
    centre = torch.tensor([(2 + 0.5) / 6, (1 + 0.5) / 4])
    outside = torch.tensor([1.5, 0.5])
    places = torch.stack([centre, outside])[None, :, None, None, None]
    mixed = mix_places(values, ((4, 6),), places, torch.ones(1, 2, 1, 1, 1))
    torch.testing.assert_close(mixed.flatten(), torch.tensor([6.0 + 2.0, 0.0]))


def test_cells_that_do_not_fit_are_named():
    values, _, places, weights = scene(0, 2)
    with pytest.raises(ValueError, match="have 24 cells, values 30"):
        mix_places(values, ((4, 6),), places, weights)


def attention(dim: int = 2, heads: int = 8) -> DeformableAttention:
    torch.manual_seed(0)
    return DeformableAttention(16, heads=heads, levels=2, points=3, dim=dim)


def randomised(module):
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.3 * torch.randn_like(parameter))
    return module


def test_it_starts_by_looking_into_eight_directions_one_cell_further_per_point():
    """By hand: the compass from east, clockwise on a screen, whose y grows downwards."""
    places, weights = attention().look(
        torch.randn(1, 2, 16), torch.full((1, 2, 2, 2), 0.5), SIZES[2]
    )
    compass = [[1, 0], [1, 1], [0, 1], [-1, 1], [-1, 0], [-1, -1], [0, -1], [1, -1]]
    cells = torch.tensor([[6.0, 4.0], [3.0, 2.0]])
    for head, level, point in product(range(8), range(2), range(3)):
        steps = (places[0, :, head, level, point] - 0.5) * cells[level]
        expected = (1 + point) * torch.tensor(compass[head]).float()
        torch.testing.assert_close(steps, expected.expand(2, 2), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(weights, torch.full_like(weights, 1 / 6))
    assert directions(4, 1).tolist() == [[1], [-1], [1], [-1]]


def test_from_a_box_the_farthest_point_starts_on_its_border():
    box = torch.tensor([0.5, 0.4, 0.2, 0.6]).expand(1, 1, 2, 4)
    places, _ = attention().look(torch.randn(1, 1, 16), box, SIZES[2])
    torch.testing.assert_close(places[0, 0, 1, 0, 2], torch.tensor([0.6, 0.7]))
    torch.testing.assert_close(places[0, 0, 4, 1, 2], torch.tensor([0.4, 0.4]))


@pytest.mark.parametrize("coords", [2, 4])
def test_equals_the_module_of_transformers(coords):
    from transformers import DeformableDetrConfig
    from transformers.models.deformable_detr.modeling_deformable_detr import (
        DeformableDetrMultiscaleDeformableAttention,
    )

    ours = randomised(attention())
    config = DeformableDetrConfig(d_model=16, num_feature_levels=2)
    theirs = DeformableDetrMultiscaleDeformableAttention(config, num_heads=8, n_points=3)
    torch.testing.assert_close(attention().offsets.bias, their_start(theirs))
    for name, part in (("sampling_offsets", ours.offsets), ("attention_weights", ours.weights),
                       ("value_proj", ours.value), ("output_proj", ours.out)):  # fmt: skip
        getattr(theirs, name).load_state_dict(part.state_dict())
    queries, tokens = torch.randn(2, 5, 16), torch.randn(2, 30, 16)
    references = torch.rand(2, 5, 2, coords)
    padding = torch.zeros(2, 30, dtype=torch.bool)
    padding[1, 20:] = True
    expected, weights = theirs(
        hidden_states=queries,
        encoder_hidden_states=tokens,
        attention_mask=~padding,
        reference_points=references,
        spatial_shapes=torch.tensor(SIZES[2]),
        spatial_shapes_list=[tuple(size) for size in SIZES[2]],
        level_start_index=torch.tensor([0, 24]),
    )
    found = ours(queries, references, tokens, SIZES[2], padding=padding)
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(
        ours.look(queries, references, SIZES[2])[1].flatten(), weights.flatten()
    )


def their_start(theirs):
    """The authors' directions, which transformers gives its module when a whole model is built."""
    angles = torch.arange(theirs.n_heads) * (2 * math.pi / theirs.n_heads)
    start = torch.zeros(theirs.n_heads, theirs.n_levels, theirs.n_points, 2)
    for head, level, point in product(*map(range, start.shape[:3])):
        x, y = math.cos(angles[head]), math.sin(angles[head])
        longest = max(abs(x), abs(y))
        start[head, level, point] = torch.tensor([x, y]) / longest * (point + 1)
    return start.flatten()


def test_a_constant_clip_is_seen_as_it_is_well_inside():
    ours = randomised(attention(dim=1, heads=2))
    with torch.no_grad():
        ours.offsets.weight.zero_()
    sizes, tokens = ((60,), (30,)), torch.randn(1, 1, 16).expand(1, 90, 16)
    references = torch.full((1, 2, 2, 1), 0.5)
    queries = torch.randn(1, 2, 16)
    places, weights = ours.look(queries, references, sizes)
    assert places.shape == (1, 2, 2, 2, 3, 1)
    torch.testing.assert_close(weights.sum((3, 4)), torch.ones(1, 2, 2))
    expected = ours.out(ours.value(tokens[:, :2]))
    torch.testing.assert_close(ours(queries, references, tokens, sizes), expected)


def test_what_does_not_fit_is_named():
    with pytest.raises(ValueError, match="heads must divide the channels equally, got 3 for 16"):
        DeformableAttention(16, heads=3)
    ours, queries = attention(), torch.randn(1, 2, 16)
    with pytest.raises(ValueError, match="looks at 2 levels, got references for 3 and 2"):
        ours.look(queries, torch.rand(1, 2, 3, 2), SIZES[2])
    with pytest.raises(ValueError, match=r"references must be points \(b, q, levels, 2\)"):
        ours.look(queries, torch.rand(1, 2, 2, 3), SIZES[2])
