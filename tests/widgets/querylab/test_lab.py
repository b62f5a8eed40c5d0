import pytest
import torch
import traitlets

from locviz.boxes import pairwise_iou
from locviz.data import Shapes
from locviz.models import detr_tiny, retinanet_tiny
from locviz.types import Targets
from locviz.widgets.core.buffers import float32_array
from locviz.widgets.querylab import QueryLab, QueryReplay, flips, look_at
from locviz.widgets.querylab.reading import effective, share_inside, strongest

DATA = Shapes(level="first", split="test", num_scenes=2)
IMAGE, TARGETS = DATA[0]


def trained_a_little(step):
    """A detector whose queries are those of another seed at each step."""
    torch.manual_seed(step)
    return detr_tiny(3)


@pytest.fixture(scope="module")
def looks():
    return [look_at(trained_a_little(step), IMAGE, TARGETS, step=step) for step in (0, 50, 90)]


@pytest.fixture
def lab(looks):
    return QueryLab(looks=looks, image=IMAGE, targets=TARGETS, class_names=DATA.class_names)


def test_it_opens_at_the_end_of_the_training_with_the_first_objects_query(lab, looks):
    assert (lab.step, lab.layer, lab.head) == (2, 2, None)
    assert lab.query == looks[2].owners(2, len(TARGETS))[0][0]
    assert lab.owners == [looks[2].owners(layer, len(TARGETS)) for layer in range(3)]
    assert "responsible for A" in lab.result["words"]
    assert lab.result["words"] in lab.snapshot().text


def test_the_message_holds_what_the_look_holds(lab, looks):
    lab.pick(4)
    lab.drag("layer", -1)
    lab.step_on(-1)
    lab.head = 6
    look = looks[1]
    result = lab.result
    torch.testing.assert_close(
        torch.tensor(float32_array(result["heat"], 8, 8)), look.cells[1, 6, 4].view(8, 8)
    )
    torch.testing.assert_close(
        torch.tensor(float32_array(result["between"], 25, 25)), look.self_attention[1, 6]
    )
    assert result["dots"] == b""
    assert result["chain"] == look.regions[:, 4].double().tolist()
    assert [one["box"] for one in result["queries"]] == look.regions[1].double().tolist()
    assert [one["object"] for one in result["queries"]] == look.matches[1].tolist()
    assert torch.equal(lab.heat, look.heat(1, 4, 6))
    assert torch.equal(lab.between, look.between(1, 6))
    assert lab.dots is None
    assert lab.look is looks[1]


def test_flips_are_counted_between_layers_and_between_steps(lab, looks):
    num = len(TARGETS)
    for step in range(3):
        for layer in range(3):
            lab.step, lab.layer = step, layer
            now = looks[step].owners(layer, num)
            before = looks[step].owners(layer - 1, num) if layer else now
            earlier = looks[step - 1].owners(layer, num) if step else now
            assert lab.flipped == flips(before, now)
            assert lab.since == flips(earlier, now)
            cells = [row[layer] for row in lab.result["matches"]]
            assert [one["queries"] for one in cells] == now
            assert [i for i, one in enumerate(cells) if one["flipped"]] == lab.flipped
            assert [i for i, one in enumerate(cells) if one["since"]] == lab.since
    assert lab.since  # three seeds do not agree
    count = len(lab.since)
    assert f"{count} of {num} matches flipped since step 50" in lab.result["match"]
    lab.step = lab.layer = 0
    assert "flipped" not in lab.result["match"]


def test_the_words_hold_the_numbers_of_torch(lab, looks):
    look, query = looks[2], lab.query
    iou = pairwise_iou(look.regions[2], TARGETS.boxes)[query, 0]
    score, label = look.scores[2, query].max(-1)
    name = DATA.class_names[int(label)]
    assert f"{name} {score:.2f}" in lab.result["words"]
    assert f"(IoU {iou:.2f} with it)" in lab.result["words"]
    row = look.self_attention[2].mean(0)[query]
    best = int(row.argmax())
    assert f"from queries {best} ({100 * row[best]:.0f}\N{NO-BREAK SPACE}%)" in lab.result["takes"]
    cells = look.cells[2].mean(0)[query]
    entropy = -(cells * cells.log()).sum()
    assert f"from {entropy.exp():.1f} of 64 cells" in lab.result["looks"]
    lab.head = 0
    assert "In head 1" in lab.result["looks"]


def test_gestures_by_name(lab):
    start = lab.query
    lab.pick(24)
    lab.drag("query", 5)
    assert lab.query == 24
    lab.drag("query", -100)
    lab.drag("layer", -100)
    assert (lab.query, lab.layer) == (0, 0)
    lab.step_on(-9)
    assert lab.step == 0
    assert [one["gesture"] for one in lab.history][1:] == ["pick", "drag", "drag", "drag"]
    lab.reset()
    assert (lab.query, lab.layer, lab.step) == (start, 2, 2)
    assert lab.history[-1]["gesture"] == "reset"
    with pytest.raises(ValueError, match="'layer' or 'reference', got 'head'"):
        lab.drag("head", 1)


@pytest.mark.parametrize(
    ("name", "value", "most"), [("step", 3, 2), ("query", 25, 24), ("layer", 3, 2), ("head", 8, 7)]
)
def test_numbers_that_do_not_exist_are_refused(lab, name, value, most):
    with pytest.raises(
        traitlets.TraitError, match=f"{name} must be a whole number from 0 to {most}"
    ):
        setattr(lab, name, value)
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(lab, name, -1)


def test_of_a_detector_and_its_repr():
    detector = trained_a_little(1).train()
    lab = QueryLab.of(detector, *DATA[1], class_names=DATA.class_names, layer=0, query=3)
    assert detector.training
    assert torch.equal(lab.look.regions, look_at(detector, *DATA[1]).regions)
    assert repr(lab).startswith("QueryLab(query=3, layer=0, responsible_for=")
    assert lab.scene["source"] == "your detector as it is now"
    with pytest.raises(TypeError, match="QueryDetector"):
        QueryLab.of(retinanet_tiny(3), *DATA[1])


def test_without_data_it_opens_the_film_that_ships():
    lab = QueryLab()
    assert lab.scene["source"] == QueryReplay.load().about["source"]
    assert lab.step == len(lab.looks) - 1
    assert QueryLab().result["chain"] == lab.result["chain"]


def test_an_image_without_objects():
    nothing = Targets(torch.zeros(0, 4), torch.zeros(0).long(), (64, 64))
    lab = QueryLab.of(trained_a_little(0), IMAGE, nothing)
    assert lab.owners == [[], [], []]
    assert lab.query == int(lab.look.scores[-1].amax(-1).argmax())
    assert lab.result["match"].startswith("There is no object")
    assert "responsible for no object" in lab.snapshot().text


def test_deformable_places_are_drawn_as_dots(looks):
    from dataclasses import replace

    places = torch.rand(3, 25, 8, 4, 2) * 64
    shares = torch.rand(3, 25, 8, 4).softmax(-1)
    look = replace(looks[0], cells=None, places=places, shares=shares)
    lab = QueryLab(looks=look, image=IMAGE, targets=TARGETS, query=2, layer=1)
    dots = float32_array(lab.result["dots"], -1, 3)
    torch.testing.assert_close(torch.tensor(dots), lab.dots)
    assert lab.dots.shape == (32, 3)
    assert lab.heat is None
    assert lab.result["heat"] == b""
    assert "it reads at 32 places" in lab.result["looks"]
    assert lab.snapshot().svg.count("<circle") == 32 + len(TARGETS)  # and the matched queries


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"looks": None}, TypeError, "give all three"),
        ({"looks": []}, ValueError, "looks is empty"),
        ({"image": None}, TypeError, "QueryLab.of"),
        ({"class_names": ["one"]}, ValueError, "label|classes"),
        ({"class_names": ["a", "b", "c", "d"]}, ValueError, "one name per class"),
    ],
)
def test_what_does_not_belong_together(looks, change, error, words):
    parts = {"looks": looks, "image": IMAGE, "targets": TARGETS, **change}
    with pytest.raises(error, match=words):
        QueryLab(**parts)


def test_looks_come_in_the_order_of_training_and_of_one_detector(looks):
    parts = {"image": IMAGE, "targets": TARGETS}
    with pytest.raises(ValueError, match="order of training"):
        QueryLab(looks=looks[::-1], **parts)
    with pytest.raises(ValueError, match="order of training"):
        QueryLab(looks=[looks[0], looks[0]], **parts)
    from locviz.layers import LearnedQueries

    other = look_at(detr_tiny(3, queries=LearnedQueries(7, channels=128)), IMAGE, TARGETS, step=100)
    with pytest.raises(ValueError, match="one detector"):
        QueryLab(looks=[*looks, other], **parts)


def test_effective_is_between_one_place_and_all():
    assert effective(torch.full((4, 4), 1 / 16)) == pytest.approx(16)
    assert effective(torch.tensor([0.0, 1.0, 0.0])) == pytest.approx(1)
    assert effective(torch.tensor([0.5, 0.5, 0.0])) == pytest.approx(2)


def test_the_share_inside_a_box_counts_cells_by_their_centres():
    heat = torch.tensor([[0.1, 0.2], [0.3, 0.4]])  # cells of 10 x 5 pixels
    extent = (20.0, 10.0)
    assert share_inside(heat, extent, [0.0, 0.0, 20.0, 10.0]) == pytest.approx(1)
    assert share_inside(heat, extent, [9.0, 0.0, 20.0, 10.0]) == pytest.approx(0.6)
    assert share_inside(heat, extent, [0.0, 0.0, 4.0, 10.0]) == 0
    assert strongest(heat, extent) == (15.0, 7.5)
