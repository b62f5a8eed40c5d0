"""The reference point of deformable attention, dragged; in Python and in the view."""

import pytest
import torch
import traitlets
from torch.nn import functional as F

from locviz.data import Shapes
from locviz.models import deformable_detr_tiny, detr_tiny
from locviz.widgets.core.buffers import float32_array
from locviz.widgets.querylab import QueryLab, look_at

DATA = Shapes(level="first", split="test", num_scenes=1)
IMAGE, TARGETS = DATA[0]


@pytest.fixture(scope="module")
def detector():
    torch.manual_seed(0)
    detector = deformable_detr_tiny(3)
    for layer in detector.decoder.layers:  # at first all queries look alike
        torch.nn.init.normal_(layer.cross_attention.offsets.weight, std=0.02)
    return detector


@pytest.fixture
def lab(detector):
    return QueryLab.of(detector, IMAGE, TARGETS, class_names=DATA.class_names)


def test_the_detector_itself_would_look_there(detector, lab):
    """Another reference given to the module: the places and weights that the lab shows."""
    attention = detector.decoder.layers[1].cross_attention
    given = {}

    def keep(module, args, kwargs, _):
        names = ("queries", "references", "values", "level_sizes")
        given.update(dict(zip(names, args, strict=False)) | kwargs)

    with attention.register_forward_hook(keep, with_kwargs=True):
        look = look_at(detector, IMAGE, TARGETS)
    moved = given["references"].clone()
    moved[0, 5, :, :2] = torch.tensor([20.0, 50.0]) / torch.tensor(look.extent)
    places, weights = attention.look(given["queries"], moved, given["level_sizes"])
    expected = (places[0, 5] * torch.tensor(look.extent)).flatten(0, 2)
    lab.pick(5)
    lab.layer = 1
    lab.reference = [20.0, 50.0]
    torch.testing.assert_close(lab.dots[:, :2], expected.detach(), atol=1e-3, rtol=1e-4)
    shares = weights[0, 5].flatten().detach() / attention.heads
    torch.testing.assert_close(lab.dots[:, 2], shares)
    sent = float32_array(lab.result["dots"], -1, 3)
    torch.testing.assert_close(torch.tensor(sent), lab.dots)


def test_the_words_say_where_the_weight_lies(lab):
    lab.reference = TARGETS.boxes[0].view(2, 2).mean(0).tolist()
    x1, y1, x2, y2 = TARGETS.boxes[0].tolist()
    x, y, weight = lab.dots.unbind(-1)
    share = weight[(x >= x1) & (x <= x2) & (y >= y1) & (y <= y2)].sum()
    assert f"{100 * share:.0f}\N{NO-BREAK SPACE}% inside A" in lab.result["looks"]
    assert "it would read" in lab.result["looks"]
    lab.reference = [0.0, 0.0]
    x, y, weight = lab.dots.unbind(-1)
    share = 1 - weight[(x >= 0) & (x <= 64) & (y >= 0) & (y <= 64)].sum()
    assert share > 0.1
    said = f"{100 * share:.0f}\N{NO-BREAK SPACE}% outside, where there is nothing to read"
    assert said in lab.result["looks"]
    lab.reference = []
    assert "it reads" in lab.result["looks"]


def test_outside_there_is_nothing_to_read():
    """As the words say: a value map is 0 there."""
    grid = torch.tensor([[[[-1.5, 0.0]]]])
    assert F.grid_sample(torch.ones(1, 1, 4, 4), grid, align_corners=False).item() == 0


def test_it_is_dragged_kept_inside_and_forgotten(lab):
    own = lab.look.references[lab.layer, lab.query].tolist()
    assert lab.result["reference"] == pytest.approx(own)
    lab.drag("reference", 3, -2)
    assert lab.reference == pytest.approx([own[0] + 3, own[1] - 2])
    lab.drag("reference", 500, 500)
    assert lab.reference == [64, 64]
    lab.drag("query", 1)
    assert lab.reference == []
    lab.drag("reference", 1)
    lab.reset()
    assert lab.reference == []


def test_what_is_no_reference(lab):
    for wrong in ([1.0], [1.0, 2.0, 3.0], [float("nan"), 1.0]):
        with pytest.raises(traitlets.TraitError, match="x, y"):
            lab.reference = wrong
    other = QueryLab.of(detr_tiny(3), IMAGE, TARGETS)
    with pytest.raises(traitlets.TraitError, match="needs deformable attention"):
        other.drag("reference", 1, 1)
    assert other.result["reference"] == []


def test_the_view_moves_the_places_as_the_kernel_does(lab, typescript):
    """While it is dragged the view does not wait for the kernel."""
    before = float32_array(lab.result["dots"], -1, 3).flatten().tolist()
    start = lab.result["reference"]
    lab.drag("reference", 7.5, -3.25)
    moved = typescript("query.shifted", before, start, lab.reference)
    torch.testing.assert_close(torch.tensor(moved).view(-1, 3), lab.dots, atol=1e-4, rtol=1e-5)
