"""The same lab over a time line."""

import pytest
import torch
import traitlets

from locviz.boxes import pairwise_iou
from locviz.layers import (
    DeformableAttention,
    LearnedQueries,
    PointQueries,
    PrepareClips,
    ProjectMaps,
    SinePositions,
    SmallConvNet,
    TransformerDecoder,
    TransformerEncoder,
)
from locviz.models import detr
from locviz.types import Targets
from locviz.widgets.core.buffers import float32_array
from locviz.widgets.querylab import QueryLab, QueryRecorder, QueryReplay, look_at

TARGETS = Targets(torch.tensor([[4.0, 12.0], [20.0, 36.0]]), torch.tensor([1, 0]), (40.0,))
CLIP = torch.rand(20, 6, generator=torch.Generator().manual_seed(0))


def detector(**stages):
    torch.manual_seed(0)
    small = {
        "prepare": PrepareClips(step=2.0, divisor=4),
        "backbone": SmallConvNet(widths=(16, 32), depths=(1, 1), num_maps=1, in_channels=6, dim=1),
        "neck": ProjectMaps(in_channels=(32,), channels=32, dim=1),
        "encoder": TransformerEncoder(
            channels=32,
            positions=SinePositions(channels=32, dim=1),
            depth=1,
            hidden=32,
            dropout=0.0,
        ),
        "queries": LearnedQueries(4, channels=32),
        "decoder": TransformerDecoder(channels=32, depth=2, hidden=32, dropout=0.0),
    }
    return detr(2, channels=32, dim=1, **(small | stages)).eval()


@pytest.fixture
def lab():
    return QueryLab.of(detector(), CLIP, TARGETS, class_names=("talk", "music"))


def test_a_look_along_time():
    look = look_at(detector(), CLIP, TARGETS)
    assert (look.dim, look.extent) == (1, (40.0,))
    assert look.regions.shape == (2, 4, 2)
    (cells,) = look.level_sizes[0]
    assert look.heat(1, 2).shape == (1, cells)
    torch.testing.assert_close(look.heat(1, 2)[0], look.cells[1].mean(0)[2])


def test_objects_are_bands_and_queries_lie_in_lanes(lab):
    assert lab.scene["dim"] == 1
    high = lab.photo["size"][0]
    assert lab.photo["size"] == [pytest.approx(0.3 * 40), 40.0]
    assert lab.scene["gt"] == [[4, 0, 12, high], [20, 0, 36, high]]
    boxes = [one["box"] for one in lab.result["queries"]]
    spans = lab.look.regions[1].double().tolist()
    assert [[x1, x2] for x1, _, x2, _ in boxes] == spans
    lanes = [(y1, y2) for _, y1, _, y2 in boxes]
    assert lanes == [(high * i / 4, high * (i + 1) / 4) for i in range(4)]
    assert [box[::2] for box in lab.result["chain"]] == lab.look.regions[:, lab.query].tolist()
    assert lab.result["extent"] == [40.0, high]
    assert lab.result["heat_size"] == [1, lab.look.level_sizes[0][0]]


def test_it_speaks_of_time(lab):
    iou = pairwise_iou(lab.look.regions[1], TARGETS.boxes)[lab.query, 0]
    assert f"responsible for A, music (IoU {iou:.2f} with it)" in lab.result["words"]
    assert "lies in its own span, the most at time" in lab.result["looks"]
    assert "<svg" in lab.snapshot().svg


def test_deformable_attention_along_time():
    queries = PointQueries(4, channels=32, dim=1)
    decoder = TransformerDecoder(
        channels=32,
        cross_attention=lambda: DeformableAttention(32, levels=1, points=2, dim=1),
        depth=2,
        hidden=32,
        refine=False,
        dropout=0.0,
    )
    lab = QueryLab.of(detector(queries=queries, decoder=decoder), CLIP, TARGETS)
    before = lab.dots.clone()
    assert before.shape == (16, 2)
    own = lab.look.references[1, lab.query]
    lab.drag("reference", 5)
    torch.testing.assert_close(lab.reference[0], float(own) + 5)
    torch.testing.assert_close(lab.dots[:, 0], before[:, 0] + 5)
    sent = float32_array(lab.result["dots"], -1, 3)
    assert sent[:, 0].tolist() == pytest.approx(lab.dots[:, 0].tolist())
    assert f"Around time {float(own) + 5:.1f}" in lab.result["looks"]
    with pytest.raises(traitlets.TraitError, match="a time"):
        lab.reference = [1.0, 2.0]


def test_a_film_of_spans_goes_to_disk(tmp_path):
    model = detector()
    recorder = QueryRecorder(model, CLIP, TARGETS, every=1)
    recorder.look(0)
    recorder.look(4)
    film = QueryReplay.load(recorder.replay().save(tmp_path / "spans"))
    assert torch.equal(film.image, CLIP)
    lab = QueryLab.replay(film)
    assert lab.result["trail"][0][0] == pytest.approx(film.looks[0].regions[1, lab.query].mean())


def test_spans_do_not_go_with_an_image():
    look = look_at(detector(), CLIP, TARGETS)
    with pytest.raises(ValueError, match=r"\(t, c\)"):
        QueryLab(looks=look, image=torch.rand(3, 8, 8), targets=TARGETS)


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_features_of_another_type_and_weights_of_another(dtype, tmp_path):
    """As for images, the features become what the weights are."""
    for model, clip in ((detector(), CLIP.to(dtype)), (detector().to(dtype), CLIP)):
        recorder = QueryRecorder(model, clip, TARGETS, every=1)
        look = recorder.look(0)
        assert look.regions.dtype == torch.float32
        film = QueryReplay.load(recorder.replay().save(tmp_path / "spans"))
        assert torch.equal(film.looks[0].matches, look.matches)
        assert torch.equal(film.image, clip.float())


def test_a_time_line_without_spans_and_one_of_one_feature(tmp_path):
    nothing = Targets(torch.zeros(0, 2), torch.zeros(0).long(), (40.0,))
    short = Targets(torch.tensor([[0.0, 2.0]]), torch.tensor([0]), (2.0,))
    for clip, targets in ((CLIP, nothing), (CLIP[:1], short)):
        recorder = QueryRecorder(detector(), clip, targets, every=1)
        recorder.look(0)
        lab = QueryLab.replay(recorder.replay().save(tmp_path / "spans"))
        assert len(lab.owners[-1]) == len(targets)
        assert lab.snapshot().svg.startswith("<svg")
