from dataclasses import replace

import pytest
import torch

from locviz.models import fcos_tiny
from locviz.models.skeletons.dense import assign_images
from locviz.models.skeletons.frames import in_input_frame
from locviz.models.skeletons.outputs import over_outputs
from locviz.types import (
    IGNORE,
    Assignment,
    Losses,
    Predictions,
    Priors,
    Targets,
)


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
    return fcos_tiny(num_classes=3)


def test_forward_has_one_type_in_both_modes(detector):
    images = [torch.rand(3, 64, 64), torch.rand(3, 40, 50)]
    for mode in (True, False):
        predictions = detector.train(mode)(images)
        num = len(predictions.priors)
        assert predictions.logits.shape == (2, num, 3)
        assert predictions.deltas.shape == (2, num, 4)
        assert predictions.quality.shape == (2, num)
        assert predictions.sizes == ((64, 64), (40, 50))


def test_images_without_ground_truth_train(detector):
    losses = detector.loss([torch.rand(3, 64, 64)] * 2, [scene(), scene()])
    losses.total.backward()
    assert losses.terms["regression"] == 0
    assert losses.terms["quality"] == 0
    assert all(p.grad is not None and torch.isfinite(p.grad).all() for p in detector.parameters())


def test_boxes_come_back_in_the_pixels_that_were_given(detector):
    """An image and its enlargement by two (exact: each pixel repeated) see other pixels but the
    same scene. All boxes come back, because a selection among them could hang on a last bit.
    """
    from locviz.layers import Prepare
    from locviz.types import Detections

    def everything(logits, regions, *, levels, quality):
        return Detections(regions, quality.sigmoid(), logits.argmax(1))

    prepare = Prepare(shorter=64, longer=512)
    detector = fcos_tiny(num_classes=3, prepare=prepare, postprocess=everything).eval()
    small = torch.rand(3, 64, 96)
    large = small.repeat_interleave(2, 1).repeat_interleave(2, 2)
    (a,), (b,) = detector.detect([small]), detector.detect([large])
    assert len(a) == 16 * 24 + 8 * 12 + 4 * 6
    torch.testing.assert_close(a.boxes * 2, b.boxes, atol=1e-2, rtol=1e-3)
    low, high = b.boxes.chunk(2, -1)
    assert (low >= 0).all()
    assert (high <= torch.tensor([192.0, 128.0])).all()


def test_one_image_in_a_padded_batch_detects_as_alone(detector):
    """Padding goes right and below and the maps of the backbone only see it at the border."""
    detector.eval()
    images = [torch.rand(3, 64, 64), torch.rand(3, 64, 64)]
    with torch.no_grad():
        together, alone = detector(images), detector(images[1:])
    torch.testing.assert_close(together.logits[1:], alone.logits, atol=1e-4, rtol=1e-4)


def test_bad_targets_are_named(detector):
    with pytest.raises(ValueError, match="one Targets per image"):
        detector.loss([torch.rand(3, 64, 64)], [])
    with pytest.raises(ValueError, match=r"labels\[0\] is 3, but the model has classes 0\.\.2"):
        detector.loss([torch.rand(3, 64, 64)], [scene((10, 10, 40, 40), labels=[3])])


def test_a_stage_is_swapped_by_one_keyword(detector):
    """An assigner that answers for nothing leaves only the classification of background."""
    from locviz.types import BACKGROUND, Assignment

    def nobody(priors, targets, predicted=None):
        assert predicted.logits.shape == (len(priors), 3)
        assert not predicted.logits.requires_grad
        return Assignment(torch.full((len(priors),), BACKGROUND))

    other = fcos_tiny(num_classes=3, assigner=nobody)
    other.load_state_dict(detector.state_dict())
    images, targets = [torch.rand(3, 64, 64)], [scene((10, 10, 40, 40))]
    assert detector.loss(images, targets).terms["regression"] > 0
    assert other.loss(images, targets).terms["regression"] == 0


def test_targets_move_to_the_frame_of_the_input():
    """A photograph of 100 x 200 pixels, doubled across and halved down; what was annotated as its
    area stays.
    """
    given = Targets(
        boxes=torch.tensor([[10.0, 20, 30, 40]]), labels=torch.tensor([1]), size=(100, 200)
    )
    moved = in_input_frame(given, torch.tensor([2.0, 0.5]))
    assert moved.boxes.tolist() == [[20, 10, 60, 20]]
    assert moved.size == (50, 400)
    assert moved.area.tolist() == [400]
    span = Targets(boxes=torch.tensor([[1.0, 2]]), labels=torch.tensor([0]), size=(9,))
    assert in_input_frame(span, torch.tensor([3.0])).size == (27,)


def test_every_level_of_aux_is_matched_and_judged_by_itself():
    """Two earlier levels and the last: three losses, the earlier ones named after their place."""
    first, second, last = (
        Predictions(
            logits=torch.full((1, 2, 1), value),
            deltas=torch.zeros(1, 2, 4),
            priors=Priors(torch.zeros(2, 4), torch.ones(2), (2,)),
            sizes=((8, 8),),
            scales=torch.ones(1, 2),
        )
        for value in (1.0, 2.0, 3.0)
    )

    def level_loss(level):
        return Losses({"class": level.logits.mean()}, {"class": 2.0})

    losses = over_outputs(replace(last, aux=(first, second)), level_loss)
    assert {name: term.item() for name, term in losses.terms.items()} == {
        "aux0_class": 1,
        "aux1_class": 2,
        "class": 3,
    }
    assert losses.total.item() == 2 * (1 + 2 + 3)
    assert set(over_outputs(last, level_loss).terms) == {"class"}


def test_padded_priors_of_an_image_take_part_in_nothing():
    """Two priors and one: the assigner of the second image is shown its own alone."""
    rows = torch.zeros(2, 2, 4)
    valid = torch.tensor([[True, True], [True, False]])
    predictions = Predictions(
        logits=torch.zeros(2, 2, 1),
        deltas=rows,
        priors=Priors(rows, torch.ones(2), (2,), valid),
        sizes=((8, 8),) * 2,
        scales=torch.ones(2, 2),
    )

    def first(priors, targets, predicted):
        assert len(priors) == len(predicted.logits) == len(predicted.regions)
        return Assignment(torch.zeros(len(priors), dtype=torch.int64))

    one, two = assign_images(first, predictions, rows, [scene((1, 1, 4, 4))] * 2)
    assert one.gt_index.tolist() == [0, 0]
    assert two.gt_index.tolist() == [0, IGNORE]
