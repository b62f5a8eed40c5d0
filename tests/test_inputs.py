"""What a model is asked: fields of one length, batches of single examples, devices."""

import pytest
import torch

from locviz.inputs import Inputs, PreparedBatch, as_inputs, batch_inputs, move_inputs


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


@pytest.mark.usefixtures("unchecked")
def test_inputs_given_as_lists_move_too_and_a_single_string_is_no_list_of_texts():
    image = torch.zeros(3, 2, 2)
    assert Inputs(images=[image], texts=["a"]).to("meta").images[0].is_meta  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="one string per example"):
        Inputs(images=(image,) * 3, texts="dog")  # type: ignore[arg-type]


def test_what_of_a_padded_batch_belongs_to_each_image():
    """An image of 30 x 50 pixels, enlarged to 45 x 75, and one of 20 x 10, left as it is."""
    batch = PreparedBatch(
        torch.zeros(2, 3, 64, 96), ((30, 50), (20, 10)), torch.tensor([[1.5, 1.5], [1.0, 1.0]])
    )
    assert batch.extents.tolist() == [[75, 45], [10, 20]]
    clips = PreparedBatch(torch.zeros(1, 6, 16), ((24.0,),), torch.tensor([[0.5]]))
    assert clips.extents.tolist() == [[12]]
