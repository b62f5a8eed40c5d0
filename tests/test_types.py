import numpy as np
import pytest
import torch

from locviz import types
from locviz.types import (
    BACKGROUND,
    IGNORE,
    Assignment,
    Detections,
    ImagePredictions,
    Inputs,
    Losses,
    Priors,
    Targets,
    as_inputs,
    batch_inputs,
    move_inputs,
    softmax_columns,
    without_background,
)


def targets(*boxes, **more):
    boxes = torch.tensor(boxes, dtype=torch.float32).reshape(len(boxes), -1 if boxes else 4)
    return Targets(
        boxes=boxes, labels=torch.zeros(len(boxes), dtype=torch.int64), size=(10, 10), **more
    )


def test_what_is_not_given_is_filled():
    found = targets((1, 2, 4, 6), (0, 0, 1, 1))
    assert found.area.tolist() == [12, 1]
    assert not found.crowd.any()
    assert not found.ignore.any()
    assert (len(found), found.dim) == (2, 2)


def test_the_area_of_the_annotation_is_kept():
    assert targets((0, 0, 4, 4), area=torch.tensor([7.0])).area.tolist() == [7]


def test_spans_are_regions_of_dimension_one():
    span = Targets(boxes=torch.tensor([[2.0, 5.0]]), labels=torch.tensor([0]), size=(9,))
    assert (span.dim, span.area.tolist()) == (1, [3])


def test_no_ground_truth_is_valid():
    assert len(targets().check(num_classes=3)) == 0


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"boxes": torch.zeros(1, 3)}, r"Targets.boxes must be \(g, 4\)"),
        ({"labels": torch.zeros(2, dtype=torch.int64)}, "Targets.labels has 2 entries for 1 boxes"),
        ({"area": torch.zeros(3)}, "Targets.area has 3 entries"),
        ({"crowd": torch.zeros(2, dtype=torch.bool)}, "Targets.crowd has 2 entries"),
    ],
)
def test_a_shape_that_does_not_fit_is_named(change, message):
    good = {"boxes": torch.zeros(1, 4), "labels": torch.zeros(1, dtype=torch.int64), "size": (4, 4)}
    with pytest.raises(ValueError, match=message):
        Targets(**(good | change))


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((5, 0, 1, 4), r"boxes\[0\] of image 0 has high < low"),
        ((0, 0, float("nan"), 1), "NaN or infinity"),
    ],
)
def test_values_that_are_no_box_are_named(box, message):
    with pytest.raises(ValueError, match=message):
        targets(box).check()


@pytest.mark.parametrize("label", [-1, 3])
def test_background_is_never_a_label(label):
    bad = Targets(boxes=torch.zeros(1, 4), labels=torch.tensor([label]), size=(4, 4))
    with pytest.raises(ValueError, match=r"must be in 0\.\.2"):
        bad.check(num_classes=3)


def test_moving_keeps_everything_that_is_no_tensor():
    moved = targets((0, 0, 1, 1), text=("a cell",), image_id=7).to("meta")
    assert moved.boxes.is_meta
    assert moved.crowd.is_meta
    assert (moved.text, moved.image_id, moved.size) == (("a cell",), 7, (10, 10))


def test_priors_know_their_centres():
    priors = Priors(
        regions=torch.tensor([[0.0, 0, 8, 8], [8, 0, 16, 8]]),
        strides=torch.tensor([8.0, 8]),
        levels=(2,),
    )
    assert priors.centers.tolist() == [[4, 4], [12, 4]]
    assert len(priors) == 2


def test_proposals_are_priors_of_each_image_padded():
    regions = torch.tensor([[[0.0, 0, 8, 8], [8, 0, 16, 8]], [[1, 1, 3, 5], [0, 0, 0, 0]]])
    valid = torch.tensor([[True, True], [True, False]])
    priors = Priors(regions, torch.zeros(2), (2,), valid)
    assert len(priors) == 2
    assert priors.centers.shape == (2, 2, 2)
    assert priors.of_image(0).regions.tolist() == regions[0].tolist()
    (only,) = priors.of_image(1).regions.tolist()
    assert only == [1, 1, 3, 5]
    assert priors.of_image(1).levels == (1,)
    assert priors.to("meta").valid.is_meta


def test_shared_priors_are_every_images():
    priors = Priors(torch.zeros(3, 2), torch.ones(3), (3,))
    assert priors.of_image(5) is priors


def test_an_assignment_tells_positive_negative_and_ignored_apart():
    found = Assignment(gt_index=torch.tensor([0, BACKGROUND, IGNORE, 2]))
    assert found.positive.tolist() == [True, False, False, True]
    assert found.negative.tolist() == [False, True, False, False]


def test_losses_sum_with_their_weights_and_back_propagate():
    x = torch.tensor(3.0, requires_grad=True)
    losses = Losses(terms={"box": x * x, "class": 2 * x}, weights={"box": 0.5})
    losses.total.backward()
    assert losses.total.item() == pytest.approx(0.5 * 9 + 6)
    assert x.grad.item() == pytest.approx(0.5 * 6 + 2)


def test_a_weight_without_a_term_is_refused():
    with pytest.raises(ValueError, match="names \\['bx'\\]"):
        Losses(terms={"box": torch.tensor(1.0)}, weights={"bx": 2.0})


def test_no_detection_has_length_zero():
    assert (
        len(
            Detections(
                boxes=torch.zeros(0, 4),
                scores=torch.zeros(0),
                labels=torch.zeros(0, dtype=torch.int64),
            )
        )
        == 0
    )


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("owner", "field", "value"),
    [
        ("Targets", "labels", torch.zeros(3, 1, dtype=torch.int64)),
        ("Targets", "labels", torch.zeros(3)),
        ("Targets", "labels", torch.zeros(2, dtype=torch.int64)),
        ("Targets", "area", torch.zeros(3, 1)),
        ("Targets", "crowd", torch.zeros(2, dtype=torch.bool)),
        ("Detections", "scores", torch.zeros(2)),
        ("Detections", "scores", torch.zeros(3, 1)),
        ("Detections", "labels", torch.zeros(5, dtype=torch.int64)),
        ("Detections", "labels", torch.zeros(3)),
        ("Detections", "boxes", torch.zeros(3, 5)),
        ("Detections", "boxes", torch.zeros(4)),
    ],
)
def test_columns_that_do_not_fit_are_refused(owner, field, value):
    """Without this, scores of one image would be counted for the boxes of the next."""
    labels = torch.zeros(3, dtype=torch.int64)
    fields = {"boxes": torch.zeros(3, 4), "labels": labels}
    fields |= {"size": (8, 8)} if owner == "Targets" else {"scores": torch.zeros(3)}
    with pytest.raises(ValueError, match=rf"{owner}\.{field}"):
        getattr(types, owner)(**(fields | {field: value}))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("value", [[[0, 0, 1, 1]], np.zeros((1, 4))])
def test_what_is_no_tensor_is_named_with_the_cure(value):
    labels = torch.zeros(1, dtype=torch.int64)
    how = "from_numpy" if isinstance(value, np.ndarray) else "tensor"
    with pytest.raises(TypeError, match=rf"Targets\.boxes must be a tensor, got .*torch\.{how}"):
        Targets(boxes=value, labels=labels, size=(4, 4))
    with pytest.raises(TypeError, match=r"Targets\.labels must be a tensor, got list"):
        Targets(boxes=torch.zeros(1, 4), labels=[0], size=(4, 4))
    with pytest.raises(TypeError, match=r"Detections\.boxes must be a tensor"):
        Detections(boxes=value, scores=torch.zeros(1), labels=labels)
    with pytest.raises(TypeError, match=r"Priors\.regions must be a tensor"):
        Priors(value, torch.zeros(1), (1,))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("size", "coords"), [((4, 4), 4), ((9,), 2)])
def test_an_empty_list_of_boxes_is_no_boxes(size, coords):
    """``torch.tensor([])`` is (0,) and floats, for the labels too."""
    found = Targets(torch.tensor([]), torch.tensor([]), size)
    assert found.boxes.shape == (0, coords)
    assert found.labels.dtype == torch.int64
    assert (len(found), found.area.shape) == (0, (0,))
    nothing = Detections(torch.tensor([]), torch.tensor([]), torch.tensor([]))
    assert (nothing.boxes.shape, nothing.labels.dtype) == ((0, 4), torch.int64)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"levels": (1, 1)}, r"levels \(1, 1\) sum to 2, but there are 3 regions"),
        ({"strides": torch.ones(2)}, r"strides has shape \(2,\) for 3 regions"),
        ({"regions": torch.zeros(3, 3)}, r"regions must be \(p, 2\*dim\)"),
        ({"valid": torch.ones(2, 3, dtype=torch.bool)}, r"valid has shape \(2, 3\)"),
    ],
)
def test_priors_that_do_not_fit_are_named(change, message):
    good = {"regions": torch.zeros(3, 4), "strides": torch.ones(3), "levels": (2, 1)}
    with pytest.raises(ValueError, match=rf"Priors\.{message}"):
        Priors(**(good | change))


def test_a_question_holds_pixels_clips_and_words_one_entry_per_example():
    images = (torch.rand(3, 4, 5), torch.rand(3, 6, 4))
    asked = Inputs(images=images, texts=("a ring", "a square"))
    assert len(asked) == 2
    moved = asked.to("cpu")
    assert moved.texts == asked.texts
    assert all(a is b for a, b in zip(moved.images, images, strict=True))
    with pytest.raises(ValueError, match="one entry per example in each field"):
        Inputs(images=images, texts=("a ring",))


def test_a_bare_list_holds_images_or_clips():
    assert as_inputs([torch.rand(3, 4, 5)]).clips == ()
    assert as_inputs([torch.rand(7, 2), torch.rand(9, 2)]).images == ()
    asked = Inputs(texts=("x",))
    assert as_inputs(asked) is asked


def test_single_examples_are_joined_and_tensors_stay_a_list():
    image = torch.rand(3, 4, 5)
    assert batch_inputs([image]) == [image]
    joined = batch_inputs([Inputs(images=(image,), texts=("a",)), Inputs((image,), texts=("b",))])
    assert joined.texts == ("a", "b")
    assert len(joined.images) == 2
    assert move_inputs([image], "cpu")[0] is image


def test_the_background_has_the_first_column_of_a_softmax():
    labels = torch.tensor([BACKGROUND, 0, 4])
    assert softmax_columns(labels).tolist() == [0, 1, 5]
    assert without_background(torch.tensor([[0.5, 0.3, 0.2]])).tolist() == [
        [pytest.approx(0.3), pytest.approx(0.2)]
    ]


def test_an_assigner_is_shown_some_rows():
    seen = ImagePredictions(logits=torch.arange(6.0).reshape(3, 2), quality=torch.arange(3.0))
    some = seen.rows(torch.tensor([True, False, True]))
    assert some.logits.tolist() == [[0, 1], [4, 5]]
    assert some.quality.tolist() == [0, 2]
    assert some.regions is None


@pytest.mark.usefixtures("unchecked")
def test_inputs_given_as_lists_move_too_and_a_single_string_is_no_list_of_texts():
    image = torch.zeros(3, 2, 2)
    assert Inputs(images=[image], texts=["a"]).to("meta").images[0].is_meta  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="one string per example"):
        Inputs(images=(image,) * 3, texts="dog")  # type: ignore[arg-type]
