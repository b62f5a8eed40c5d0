from functools import partial

import pytest
import torch
from torch import nn

from locviz.data import Shapes
from locviz.layers import DeformableAttention, PointQueries, TransformerDecoder
from locviz.models import detr_tiny, retinanet_tiny
from locviz.types import Targets
from locviz.widgets.querylab.looking import Look, flips, look_at

DATA = Shapes(level="first", split="test", num_scenes=3)


@pytest.fixture(scope="module")
def detector():
    torch.manual_seed(0)
    return detr_tiny(3)


@pytest.fixture(scope="module")
def look(detector):
    return look_at(detector, *DATA[0], step=7)


def test_shapes_and_rows_that_sum_to_1(look):
    assert (look.num_layers, look.num_queries, look.num_heads, look.step) == (3, 25, 8, 7)
    assert look.cells.shape == (3, 8, 25, 64)
    assert look.extent == (64.0, 64.0)
    ones = torch.ones(3, 8, 25)
    torch.testing.assert_close(look.cells.sum(-1), ones)
    torch.testing.assert_close(look.self_attention.sum(-1), ones)
    for head in (None, 5):
        assert look.heat(1, 4, head).sum() == pytest.approx(1, abs=1e-5)
        torch.testing.assert_close(look.between(2, head).sum(-1), torch.ones(25))
    assert look.dots(0, 0) is None


def test_the_weights_are_what_forward_mixes(detector):
    """Values mixed by the caught weights and projected are the attention's own output."""
    image, targets = DATA[1]
    layer = detector.decoder.layers[1]
    out = {}

    def keep(name):
        return lambda module, args, kwargs, result: out.update(
            {name: (module, args[2] if len(args) > 2 else kwargs["values"], result)}
        )

    hooks = [
        getattr(layer, name).register_forward_hook(keep(name), with_kwargs=True)
        for name in ("self_attention", "cross_attention")
    ]
    look = look_at(detector, image, targets)
    for hook in hooks:
        hook.remove()
    for name, weights in (
        ("self_attention", look.self_attention[1]),
        ("cross_attention", look.cells[1]),
    ):
        module, values, result = out[name]
        with torch.no_grad():
            split = module.value(values)[0].unflatten(-1, (8, -1)).transpose(0, 1)
            mixed = module.out((weights @ split).transpose(0, 1).flatten(1))
        torch.testing.assert_close(mixed, result[0], atol=1e-5, rtol=1e-4)


def test_regions_and_scores_are_those_of_detect(detector, look):
    """With a decoder layer's own output, in the pixels of the image."""
    detector.eval()
    for layer in range(3):
        found = detector.detect([DATA[0][0]], output=layer)[0]
        best = look.scores[layer].amax(-1).argsort(descending=True)
        torch.testing.assert_close(found.scores, look.scores[layer].amax(-1)[best][: len(found)])
        clipped = look.regions[layer][best].clamp(0, 64)[: len(found)]
        torch.testing.assert_close(found.boxes, clipped, atol=1e-3, rtol=1e-4)


def test_every_layer_matches_as_the_loss_does(detector, look):
    image, targets = DATA[0]
    detector.eval()
    with torch.no_grad():
        predictions = detector([image])
    for layer, one in enumerate((*predictions.aux, predictions)):
        assigned = detector.assign(one, detector.regions(one), [targets])[0]
        assert torch.equal(look.matches[layer], assigned.gt_index)
        owners = look.owners(layer, len(targets))
        assert [len(queries) for queries in owners] == [1] * len(targets)
        assert len({query for queries in owners for query in queries}) == len(targets)


def test_a_look_leaves_the_detector_as_it_was():
    detector = detr_tiny(3).train()
    detector.backbone.eval()
    before = [module.training for module in detector.modules()]
    look_at(detector, *DATA[0])
    assert [module.training for module in detector.modules()] == before
    assert not any(module._forward_hooks for module in detector.modules())


def test_without_objects_no_query_is_responsible(detector):
    nothing = Targets(torch.zeros(0, 4), torch.zeros(0).long(), (64, 64))
    look = look_at(detector, DATA[0][0], nothing)
    assert (look.matches == -1).all()
    assert look.owners(0, 0) == []


def test_padding_is_not_looked_at(detector):
    """An image of 60 x 44 is padded to 64 x 48: the extent is larger, and the map has 6 columns."""
    image = DATA[0][0][:, :60, :44]
    look = look_at(detector, image, Targets(torch.zeros(0, 4), torch.zeros(0).long(), (60, 44)))
    assert look.extent == (48.0, 64.0)
    assert look.level_sizes == ((8, 6),)


def coarse_and_fine(**more):
    """Two maps, 2 x 2 and 1 x 1, one query, one head, one layer."""
    return Look(
        step=0,
        scores=torch.zeros(1, 1, 1),
        regions=torch.zeros(1, 1, 4),
        matches=torch.full((1, 1), -1),
        self_attention=torch.ones(1, 1, 1, 1),
        extent=(8.0, 4.0),
        level_sizes=((2, 2), (1, 1)),
        **more,
    )


def test_a_coarse_map_is_spread_over_the_fine_one():
    look = coarse_and_fine(cells=torch.tensor([0.1, 0.2, 0.3, 0.0, 0.4]).view(1, 1, 1, 5))
    torch.testing.assert_close(look.heat(0, 0), torch.tensor([[0.2, 0.3], [0.4, 0.1]]))


def test_dots_are_all_heads_or_one():
    places = torch.arange(8.0).view(1, 1, 2, 2, 2)
    shares = torch.tensor([[0.25, 0.75], [0.5, 0.5]]).view(1, 1, 2, 2)
    look = coarse_and_fine(places=places, shares=shares)
    assert look.heat(0, 0) is None
    assert look.dots(0, 0)[:, 2].tolist() == [0.125, 0.375, 0.25, 0.25]
    assert look.dots(0, 0, 1).tolist() == [[4, 5, 0.5], [6, 7, 0.5]]


def test_deformable_attention_is_caught_as_places_in_pixels():
    torch.manual_seed(0)
    queries = PointQueries(25, channels=128)
    nn.init.zeros_(queries.points.weight)
    decoder = TransformerDecoder(
        channels=128,
        cross_attention=partial(DeformableAttention, 128, levels=1, points=2),
        depth=3,
        hidden=256,
        refine=False,
        dropout=0.0,
    )
    look = look_at(detr_tiny(3, queries=queries, decoder=decoder), *DATA[0])
    assert look.cells is None
    dots = look.dots(0, 0)
    assert dots.shape == (16, 3)
    assert dots[:, 2].sum() == pytest.approx(1, abs=1e-5)
    # The first head looks along x: one and two cells of 8 pixels from the middle.
    assert look.dots(2, 3, 0)[:, :2].tolist() == [[40, 32], [48, 32]]


def test_flips_are_objects_whose_queries_changed():
    assert flips([[1], [2], [3, 4]], [[1], [5], [4, 3]]) == [1]
    assert flips([], []) == []
    assert flips([[1], []], [[], [1]]) == [0, 1]


def test_who_cannot_be_looked_at():
    with pytest.raises(TypeError, match="QueryDetector, such as detr_tiny"):
        look_at(retinanet_tiny(3), *DATA[0])
    detector = detr_tiny(3)
    detector.decoder.layers[0].cross_attention = nn.Identity()
    with pytest.raises(TypeError, match="Attention or DeformableAttention"):
        look_at(detector, *DATA[0])
    bad = Targets(torch.tensor([[1.0, 1, 9, 9]]), torch.tensor([8]), (64, 64))
    with pytest.raises(ValueError, match="label"):
        look_at(detr_tiny(3), DATA[0][0], bad)
