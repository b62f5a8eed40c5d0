"""What a detector with queries promises, whatever it is composed of."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from locviz.layers import (
    LearnedQueries,
    Prepare,
    PrepareClips,
    ProjectMaps,
    SinePositions,
    SmallConvNet,
    TransformerDecoder,
    TransformerEncoder,
)
from locviz.models import PerOutput, detr, detr_tiny, hungarian
from locviz.models.assigners import detr_costs
from locviz.types import Predictions, Targets

NUM_CLASSES = 3
NOTHING = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (64, 64))


def images() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(3, *size, generator=generator) for size in ((64, 64), (48, 80))]


def objects(num: int, size=(48, 80)) -> Targets:
    generator = torch.Generator().manual_seed(num)
    low = torch.rand(num, 2, generator=generator) * torch.tensor([size[1], size[0]]) / 2
    high = low + 4 + torch.rand(num, 2, generator=generator) * 16
    return Targets(torch.cat([low, high], -1), torch.randint(3, (num,), generator=generator), size)


def tiny(**stages):
    torch.manual_seed(0)
    return detr_tiny(NUM_CLASSES, **stages)


class Counting:
    """An assigner that counts its calls."""

    def __init__(self):
        self.assigner = hungarian(costs=detr_costs())
        self.calls = 0

    def __call__(self, priors, targets, predicted=None):
        self.calls += 1
        return self.assigner(priors, targets, predicted)


def test_forward_gives_the_last_layer_and_the_earlier_ones():
    model = tiny()
    for mode in (model.train(), model.eval()):
        predictions = mode(images())
        assert isinstance(predictions, Predictions)
        assert predictions.logits.shape == (2, 25, 1 + NUM_CLASSES)
        assert predictions.deltas.shape == (2, 25, 4)
        assert predictions.sizes == ((64, 64), (48, 80))
        assert [aux.aux for aux in predictions.aux] == [(), ()]
        # The priors are the images, not what they are padded to.
        assert predictions.priors.regions[:, 0].tolist() == [[0, 0, 64, 64], [0, 0, 80, 48]]


def test_every_layer_has_its_own_matching_and_its_own_terms():
    assigner = Counting()
    losses = tiny(assigner=assigner).loss(images(), [NOTHING, objects(4)])
    assert assigner.calls == 3 * 2
    names = {
        f"{aux}{term}"
        for aux in ("aux0_", "aux1_", "")
        for term in ("classification", "l1", "giou")
    }
    assert set(losses.terms) == names
    assert losses.weights["aux1_l1"] == losses.weights["l1"] == 5
    losses.total.backward()


def test_earlier_layers_may_have_another_assigner():
    first, last = Counting(), Counting()
    tiny(assigner=PerOutput(earlier=first, last=last)).loss(images(), [NOTHING, objects(2)])
    assert (first.calls, last.calls) == (4, 2)


def test_a_layer_is_matched_by_its_own_predictions():
    """The same layer is matched the same way whether it is an earlier one or the last."""
    model = tiny()
    predictions = model(images())
    earlier = replace(predictions.aux[0], aux=())
    targets = [NOTHING, objects(6)]
    for output in (predictions, earlier):
        found = model.assign(output, model.regions(output), targets)
        assert [int(assignment.positive.sum()) for assignment in found] == [0, 6]
    one, two = (
        model.assign(output, model.regions(output), targets)[1].cost
        for output in (predictions, earlier)
    )
    assert not torch.equal(one, two)


def test_only_the_loss_shows_targets_to_the_queries():
    class Spying(nn.Module):
        def __init__(self):
            super().__init__()
            self.usual, self.seen = LearnedQueries(5, channels=128), []

        def forward(self, memory, targets=None):
            self.seen.append(targets)
            return self.usual(memory)

    queries = Spying()
    model = tiny(queries=queries, prepare=Prepare(shorter=96, longer=192, divisor=8))
    model(images())
    model.detect(images())
    assert queries.seen == [None, None]
    model.loss(images(), [NOTHING, objects(2)])
    (targets,) = queries.seen[2:]
    # In the frame of the input: 48 pixels have become 96.
    torch.testing.assert_close(targets[1].boxes, 2 * objects(2).boxes)
    assert targets[1].size == (96, 160)


@pytest.mark.parametrize("num", [5, 6, 40])
def test_more_objects_than_queries_drop_the_worst_and_stay_finite(num):
    model = tiny(queries=LearnedQueries(5, channels=128))
    targets = [NOTHING, objects(num)]
    predictions = model(images())
    found = model.assign(predictions, model.regions(predictions), targets)[1]
    assert found.positive.all()
    assert len(found.gt_index.unique()) == 5
    losses = model.loss(images(), targets)
    losses.total.backward()
    assert losses.total.isfinite()
    assert all(p.grad is None or torch.isfinite(p.grad).all() for p in model.parameters())


def test_a_batch_without_objects_trains_the_classes_only():
    model = tiny()
    losses = model.loss(images(), [NOTHING, objects(0)])
    losses.total.backward()
    assert losses.terms["classification"] > 0
    assert losses.terms["l1"] == losses.terms["giou"] == 0
    assert not any(p.grad.any() for p in model.head.deltas.parameters())
    assert any(p.grad.any() for p in model.queries.parameters())


def test_boxes_come_back_in_given_pixels_and_inside_the_image():
    model = tiny(prepare=Prepare(shorter=96, longer=192, divisor=8)).eval()
    shares = model(images()).deltas.sigmoid()
    for row, (found, (h, w)) in enumerate(
        zip(model.detect(images()), [(64, 64), (48, 80)], strict=True)
    ):
        assert len(found) == 25
        assert (found.scores.diff() <= 0).all()
        center, size = shares[row].chunk(2, -1)
        unit = torch.tensor([w, h])
        boxes = torch.cat([(center - size / 2) * unit, (center + size / 2) * unit], -1)
        limits = torch.tensor([w, h, w, h]).float()
        boxes = boxes.clamp(min=0).minimum(limits)
        # Each query detects once, with its likeliest class.
        score, label = model(images()).logits[row].softmax(-1)[:, 1:].max(-1)
        order = score.argsort(descending=True)
        torch.testing.assert_close(found.boxes, boxes[order], rtol=1e-4, atol=1e-3)
        assert torch.equal(found.labels, label[order])


def test_an_earlier_layer_may_decide():
    model = tiny().eval()
    predictions = model(images())
    for one, two in zip(
        model.detect(images(), output=0), model.decide(predictions.aux[0]), strict=True
    ):
        assert torch.equal(one.boxes, two.boxes)
    with pytest.raises(IndexError):
        model.detect(images(), output=3)


def along_time():
    torch.manual_seed(0)
    return detr(
        NUM_CLASSES,
        channels=32,
        dim=1,
        prepare=PrepareClips(step=2.0, divisor=4),
        backbone=SmallConvNet(widths=(16, 32), depths=(1, 1), num_maps=1, in_channels=6, dim=1),
        neck=ProjectMaps(in_channels=(32,), channels=32, dim=1),
        encoder=TransformerEncoder(
            channels=32,
            positions=SinePositions(channels=32, dim=1),
            depth=1,
            hidden=32,
            dropout=0.0,
        ),
        queries=LearnedQueries(4, channels=32),
        decoder=TransformerDecoder(channels=32, depth=2, hidden=32, dropout=0.0),
    )


def test_spans_are_found_as_boxes_are():
    """A clip of 40 s in steps of 2 s beside one of 80 s."""
    model = along_time()
    clips = [torch.rand(20, 6), torch.rand(40, 6)]
    targets = [
        Targets(torch.tensor([[4.0, 12.0]]), torch.tensor([1]), (40.0,)),
        Targets(torch.zeros(0, 2), torch.zeros(0, dtype=torch.int64), (80.0,)),
    ]
    predictions = model(clips)
    assert predictions.priors.regions[:, 0].tolist() == [[0, 20], [0, 40]]
    losses = model.loss(clips, targets)
    losses.total.backward()
    assert len(losses.terms) == 6
    assert losses.terms["giou"] > 0
    for found, length in zip(model.eval().detect(clips), (40, 80), strict=True):
        assert found.boxes.shape == (4, 2)
        assert found.boxes.min() >= 0
        assert 0.2 * length < found.boxes.max() <= length


@pytest.mark.slow
def test_one_clip_can_be_learned_by_heart():
    """Two spans of different classes; after 150 steps the two best detections are these."""
    model = along_time()
    clip = torch.rand(1, 40, 6)[0]
    target = Targets(torch.tensor([[8.0, 24.0], [40.0, 72.0]]), torch.tensor([0, 2]), (80.0,))
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-3)
    for _ in range(150):
        optimizer.zero_grad()
        model.loss([clip], [target]).total.backward()
        optimizer.step()
    (found,) = model.eval().detect([clip])
    order = found.labels[:2].argsort()
    assert found.labels[:2][order].tolist() == [0, 2]
    torch.testing.assert_close(found.boxes[:2][order], target.boxes, rtol=0, atol=3.0)
    assert found.scores[1] > 0.8
    assert found.scores[2:].max() < 0.5


def test_a_layer_that_is_not_there_is_named():
    detector, image = detr_tiny(3).eval(), torch.rand(3, 32, 32)
    last = len(detector([image]).aux)
    for wrong in (last + 1, -last - 2):
        with pytest.raises(IndexError, match=rf"output must be in 0\.\.{last}, or -1 for the last"):
            detector.detect([image], output=wrong)
