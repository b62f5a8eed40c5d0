import pytest
import torch
from torch import nn

from locviz.train import evaluating, measure, predict
from locviz.types import Detections


def test_predict_keeps_the_order_and_the_count(toy):
    torch.manual_seed(0)
    detector = toy.Toy()
    in_batches = predict(detector, toy.ToyDataset(7), batch_size=3)
    one_by_one = predict(detector, toy.ToyDataset(7), batch_size=1)
    assert len(in_batches) == 7
    for one, other in zip(in_batches, one_by_one, strict=True):
        assert torch.allclose(one.boxes, other.boxes, atol=1e-6)
    assert not torch.allclose(in_batches[0].boxes, in_batches[6].boxes)
    assert not in_batches[0].boxes.requires_grad


def test_predict_with_another_method(toy):
    torch.manual_seed(0)
    detector, dataset = toy.Toy(), toy.ToyDataset(3)
    first_only = predict(detector, dataset, detect=lambda images: detector.detect(images[:1]) * 3)
    torch.testing.assert_close(first_only[2].boxes, predict(detector, dataset)[0].boxes)


def test_predict_leaves_modes_and_buffers_alone(toy):
    detector = toy.Toy()
    detector.body[1].eval()
    before = {name: value.clone() for name, value in detector.state_dict().items()}
    predict(detector, toy.ToyDataset(4))
    assert detector.training
    assert detector.body[2].training
    assert not detector.body[1].training
    assert all(torch.equal(value, before[name]) for name, value in detector.state_dict().items())


def test_modes_come_back_after_an_error(toy):
    detector = toy.Toy()
    with pytest.raises(AssertionError), evaluating(detector):
        assert detector.training  # it is not, so this is the error
    assert detector.training
    assert torch.is_grad_enabled()


def test_an_empty_dataset_is_valid_and_a_bad_batch_size_is_not(toy):
    assert predict(toy.Toy(), toy.ToyDataset(0)) == []
    with pytest.raises(ValueError, match="batch_size"):
        predict(toy.Toy(), toy.ToyDataset(2), batch_size=0)


def test_measure_is_predict_and_evaluate(toy):
    detector, dataset = toy.Toy(), toy.ToyDataset(5)
    with torch.no_grad():  # detect (0, 0, 2, 3) whatever the image
        detector.body[3].weight.zero_()
        detector.body[3].bias.copy_(torch.tensor([0.0, 0.0, 2.0, 3.0]))
    result = measure(detector, dataset, batch_size=2)
    assert result.ap == 1.0
    assert result.class_names == ("thing",)
    assert result.num_images == 5


def test_measure_needs_to_know_the_classes(toy):
    torch.manual_seed(1)  # an untrained toy may say high < low
    dataset = [toy.ToyDataset(1)[0]]
    assert measure(toy.Toy(), dataset, num_classes=3).class_names == ("0", "1", "2")
    with pytest.raises(ValueError, match="give num_classes"):
        measure(toy.Toy(), dataset)


def test_predict_takes_images_alone(toy):
    """The targets are not looked at, so they need not be there."""
    torch.manual_seed(0)
    detector, dataset = toy.Toy(), toy.ToyDataset(5)
    images = [dataset[index][0] for index in range(5)]
    alone, paired = predict(detector, images, batch_size=2), predict(detector, dataset)
    assert len(alone) == 5
    for one, other in zip(alone, paired, strict=True):
        torch.testing.assert_close(one.boxes, other.boxes)


def test_what_is_no_data_set_is_named(toy):
    detector, image = toy.Toy(), toy.ToyDataset(1)[0][0]
    with pytest.raises(
        TypeError, match=r"dataset\[1\] must be an image \(3, h, w\) or a pair .*, got str"
    ):
        predict(detector, [image, "cat.png"])
    with pytest.raises(TypeError, match="dataset must have a length and give images by index"):
        predict(detector, iter([image]))
    with pytest.raises(
        TypeError, match=r"dataset\[0\] must be \(image, Targets\).* an image alone"
    ):
        measure(detector, [image], num_classes=1)
    with pytest.raises(TypeError, match="an image and a dict"):
        measure(detector, [(image, {})], num_classes=1)


def test_images_of_0_to_255_are_noticed(toy):
    """They are floats, so nothing else would say why nothing is detected."""
    image = toy.ToyDataset(1)[0][0] + 0.1
    with pytest.raises(ValueError, match=r"images\[1\] .* divide the image by 255"):
        predict(toy.Toy(), [image, image * 255])


class Middle(nn.Module):
    """Detects the middle of every image; nothing in it is trained."""

    def detect(self, images):
        what = {"scores": torch.ones(1), "labels": torch.zeros(1).long()}
        return [Detections(boxes=torch.tensor([[1.0, 1, 3, 3]]), **what) for _ in images]


def test_a_detector_without_parameters_predicts_on_the_cpu(toy):
    found = predict(Middle(), toy.ToyDataset(3), batch_size=2)
    assert [one.boxes.tolist() for one in found] == [[[1.0, 1, 3, 3]]] * 3
