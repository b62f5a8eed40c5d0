import pytest
import torch

from locviz.evaluate import proposal_recall
from locviz.layers import Prepare
from locviz.models import faster_rcnn_tiny
from locviz.models.skeletons.region_stage import Proposed, padded
from locviz.models.skeletons.two_stage import proposals_of
from locviz.types import Losses, Predictions, Targets

TERMS = {"rpn_classification", "rpn_regression", "classification", "regression"}


def scene(*boxes, size=(64, 64), labels=None) -> Targets:
    labels = [0] * len(boxes) if labels is None else labels
    return Targets(
        boxes=torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        labels=torch.tensor(labels, dtype=torch.int64),
        size=size,
    )


@pytest.fixture
def detector():
    torch.manual_seed(0)
    return faster_rcnn_tiny(num_classes=3)


def test_forward_has_one_type_and_one_meaning_in_both_modes(detector):
    images = [torch.rand(3, 64, 64), torch.rand(3, 40, 50)]
    for mode in (True, False):
        predictions = detector.train(mode)(images)
        num = len(predictions.priors)
        assert num <= 100
        assert predictions.logits.shape == (2, num, 4)
        assert predictions.deltas.shape == (2, num, 16)
        assert predictions.quality.shape == predictions.priors.valid.shape == (2, num)
        assert predictions.sizes == ((64, 64), (40, 50))
        (first,) = predictions.aux
        assert first.logits.shape == (2, len(first.priors), 1)


def test_images_without_ground_truth_train(detector):
    losses = detector.loss([torch.rand(3, 64, 64)] * 2, [scene(), scene()])
    losses.total.backward()
    assert set(losses.terms) == TERMS
    assert losses.terms["regression"] == losses.terms["rpn_regression"] == 0
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in detector.parameters())


def test_both_stages_train_the_features(detector):
    """Without the second stage's losses, and without the first's, the backbone still gets a
    gradient.
    """
    images, targets = [torch.rand(3, 64, 64)], [scene((10, 10, 40, 44), labels=[2])]
    for names in ({"rpn_classification", "rpn_regression"}, {"classification", "regression"}):
        detector.zero_grad()
        terms = detector.loss(images, targets).terms
        Losses({name: terms[name] for name in names}).total.backward()
        assert all(
            p.grad.abs().sum() > 0 for p in detector.backbone.stages[0].parameters() if p.ndim > 1
        )
        head = detector.proposer.head if "classification" in names else detector.roi.head
        assert all(p.grad is None or p.grad.abs().sum() == 0 for p in head.parameters())


def test_boxes_come_back_in_the_pixels_that_were_given():
    """An image and its enlargement by two (exact: each pixel repeated) see other pixels but the
    same scene.
    """
    torch.manual_seed(0)
    detector = faster_rcnn_tiny(
        num_classes=3, prepare=Prepare(shorter=64, longer=512, divisor=16)
    ).eval()
    small = torch.rand(3, 64, 96)
    large = small.repeat_interleave(2, 1).repeat_interleave(2, 2)
    for call in (detector.detect, detector.propose):
        (a,), (b,) = call([small]), call([large])
        assert len(a) == len(b) > 10
        torch.testing.assert_close(a.boxes * 2, b.boxes, atol=2e-2, rtol=1e-3)
        low, high = b.boxes.chunk(2, -1)
        assert (low >= 0).all()
        assert (high <= torch.tensor([192.0, 128.0])).all()
        assert not b.scores.requires_grad


def test_targets_are_carried_into_the_input(monkeypatch):
    """The first stage sees boxes in the pixels of the enlarged input."""
    detector = faster_rcnn_tiny(num_classes=3, prepare=Prepare(shorter=128, longer=512, divisor=16))
    seen = []
    assign = detector.proposer.assigner

    def nosy(priors, targets, predicted=None):
        seen.append(targets.boxes.tolist())
        return assign(priors, targets, predicted)

    monkeypatch.setattr(detector.proposer, "assigner", nosy)
    detector.loss([torch.rand(3, 64, 64)], [scene((10, 10, 20, 30))])
    assert seen == [[[20, 20, 40, 60]]]


def test_one_image_in_a_batch_is_predicted_as_alone(detector):
    """Both stages, before they select: a selection could hang on a last bit."""
    detector.eval()
    images = [torch.rand(3, 64, 64), torch.rand(3, 64, 64)]
    rois = torch.tensor([[2.0, 3, 20, 30], [8, 8, 60, 50], [0, 40, 64, 64]])
    with torch.no_grad():
        together, alone = detector(images).aux[0], detector(images[1:]).aux[0]
        both = detector.roi.score(detector.features(images)[1], [rois[:2], rois])
        one = detector.roi.score(detector.features(images[1:])[1], [rois])
    torch.testing.assert_close(together.logits[1:], alone.logits, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(together.deltas[1:], alone.deltas, atol=1e-4, rtol=1e-4)
    for found, expected in zip(both, one, strict=True):
        torch.testing.assert_close(found[2:], expected, atol=1e-4, rtol=1e-4)


def test_padding_is_never_looked_at(detector):
    """Three proposals and one: the post-processing of the second image is not shown the rows that
    fill it up.
    """
    batch, levels = detector.features([torch.rand(3, 64, 64)] * 2)
    rows = [
        torch.tensor([[0.0, 0, 30, 30], [20, 20, 50, 50], [5, 30, 20, 60]]),
        torch.tensor([[8.0, 8, 40, 40]]),
    ]
    select, seen = detector.postprocess, []

    def nosy(logits, boxes, scale):
        seen.append((len(logits), len(boxes)))
        return select(logits, boxes, scale=scale)

    detector.postprocess = nosy
    found = detector.decide(detector.roi(levels, Proposed(padded(rows)), batch))
    assert seen == [(3, 3), (1, 1)]
    assert found[1].labels.unique().tolist() == [0, 1, 2]


def test_proposals_are_judged_by_recall(detector):
    (found,) = detector.eval().propose([torch.rand(3, 64, 64)])
    assert (found.labels == 0).all()
    assert (found.scores.diff() <= 0).all()
    assert float(proposal_recall([found], [scene(found.boxes[3].tolist())])) == 1


def test_proposals_without_a_rank_all_score_one(detector):
    batch, _ = detector.features([torch.rand(3, 64, 64)])
    (found,) = proposals_of(Proposed(padded([torch.tensor([[8.0, 8, 40, 40]])])), batch)
    assert found.scores.tolist() == [1]


def test_bad_targets_are_named(detector):
    with pytest.raises(ValueError, match="one Targets per image"):
        detector.loss([torch.rand(3, 64, 64)], [])
    with pytest.raises(ValueError, match=r"labels\[0\] is 3, but the model has classes 0\.\.2"):
        detector.loss([torch.rand(3, 64, 64)], [scene((10, 10, 40, 40), labels=[3])])


def test_a_sliver_is_dropped_by_its_size_in_the_input():
    """A box 0.006 pixels wide in an image that is doubled has 0.012 in the input: it is kept, as
    torchvision keeps it; at 0.004 it is dropped.
    """
    detector = faster_rcnn_tiny(num_classes=1, prepare=Prepare(shorter=128, longer=512, divisor=16))
    detector.eval()
    wide, narrow = [20.0, 20, 20.012, 60], [60.0, 20, 60.008, 60]
    batch, _ = detector.features([torch.rand(3, 64, 64)])
    predictions = Predictions(
        logits=torch.tensor([[[0.0, 5.0], [0.0, 5.0]]]),
        deltas=torch.zeros(1, 2, 8),
        priors=padded([torch.tensor([wide, narrow])]),
        sizes=batch.sizes,
        scales=batch.scales,
    )
    assert predictions.scales.tolist() == [[2.0, 2.0]]
    (found,) = detector.decide(predictions)
    assert len(found) == 1
    assert found.boxes[0, 0].item() == pytest.approx(10.0, abs=1e-3)
