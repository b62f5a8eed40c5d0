import pytest
import torch
from torch.nn import functional as F

from locviz.layers import SmallConvNet
from locviz.models.rcnn.crops import AsLevel, CropHead, CropNetwork, WarpedCrops, fixed_linear

PIXELS = torch.rand(2, 3, 12, 16, generator=torch.Generator().manual_seed(0))


def test_a_region_of_the_crops_size_is_copied():
    crop = WarpedCrops(size=6, context=0.0)(
        [PIXELS], [torch.tensor([[3.0, 2, 9, 8]]), torch.zeros(0, 4)]
    )
    torch.testing.assert_close(crop[0], PIXELS[0, :, 2:8, 3:9])


def test_any_shape_is_warped_to_a_square_as_bilinear_resizing_does():
    crop = WarpedCrops(size=6, context=0.0)(
        [PIXELS], [torch.zeros(0, 4), torch.tensor([[4.0, 3, 7, 9]])]
    )
    resized = F.interpolate(
        PIXELS[1:, :, 3:9, 4:7], size=(6, 6), mode="bilinear", align_corners=False
    )[0]
    # A resized cut-out knows nothing beyond its sides; a crop sees the image go on.
    torch.testing.assert_close(crop[0, :, :, 1:-1], resized[:, :, 1:-1])


def test_context_by_hand():
    """A border of 1/4 of the crop on both sides: the region is its middle half, so twice as much is
    shown.
    """
    crops = WarpedCrops(size=8, context=0.25)
    assert crops.enlarged(torch.tensor([[4.0, 4, 8, 6]])).tolist() == [[2, 3, 10, 7]]
    crop = crops([PIXELS], [torch.tensor([[4.0, 4, 8, 8]]), torch.zeros(0, 4)])[0]
    torch.testing.assert_close(crop, PIXELS[0, :, 2:10, 2:10])
    paper = WarpedCrops(size=227)
    torch.testing.assert_close(
        paper.enlarged(torch.tensor([[0.0, 0, 195, 195]])), torch.tensor([[-16.0, -16, 211, 211]])
    )


def test_outside_the_image_is_the_mean_colour():
    crop = WarpedCrops(size=8, context=0.25)(
        [PIXELS + 1], [torch.tensor([[0.0, 0, 4, 4]]), torch.zeros(0, 4)]
    )[0]
    assert (crop[:, :2] == 0).all()
    assert (crop[:, :, :2] == 0).all()
    torch.testing.assert_close(crop[:, 2:, 2:], PIXELS[0, :, :6, :6] + 1)


def test_x_and_y_are_not_exchanged_and_images_not_mixed():
    pixels = torch.zeros(2, 1, 10, 20)
    pixels[1, 0, :, 10:] = 1.0  # the right half of the second image
    rois = [torch.tensor([[12.0, 0, 18, 6]]), torch.tensor([[12.0, 0, 18, 6], [0.0, 4, 6, 10]])]
    assert WarpedCrops(size=4, context=0.0)([pixels], rois).flatten(1).mean(1).tolist() == [0, 1, 0]


def test_gradients_reach_the_pixels():
    pixels = PIXELS.clone().requires_grad_()
    WarpedCrops(size=4)([pixels], [torch.tensor([[2.0, 2, 9, 9]])] * 2).sum().backward()
    assert (pixels.grad != 0).any()


def network() -> CropNetwork:
    torch.manual_seed(0)
    return CropNetwork(
        body=SmallConvNet(widths=(4, 6), depths=(1, 1), num_maps=1), in_features=6 * 4, hidden=5
    )


def test_the_head_scores_the_hidden_layer_and_moves_boxes_by_the_last_map():
    net = network().eval()
    crops = torch.rand(7, 3, 8, 8)
    scores = fixed_linear(torch.randn(3, 5), torch.randn(3))
    boxes = fixed_linear(torch.randn(12, 24), torch.randn(12))
    logits, deltas = CropHead(network=net, scores=scores, boxes=boxes)(crops)
    pooled = net.body(crops)[-1].flatten(1)
    hidden = F.relu(net.hidden(pooled))
    torch.testing.assert_close(logits, hidden @ scores.weight.T + scores.bias)
    torch.testing.assert_close(deltas, pooled @ boxes.weight.T + boxes.bias)
    assert not any(p.requires_grad for p in (*scores.parameters(), *boxes.parameters()))


@pytest.mark.parametrize("training", [True, False])
def test_no_crops_at_all(training):
    crops = WarpedCrops(size=8)([PIXELS], [torch.zeros(0, 4)] * 2)
    assert crops.shape == (0, 3, 8, 8)
    pooled, hidden = network().train(training)(crops)
    assert pooled.shape == (0, 24)
    assert hidden.shape == (0, 5)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match=r"WarpedCrops\.size"):
        WarpedCrops(size=0)
    with pytest.raises(ValueError, match=r"WarpedCrops\.context is a part"):
        WarpedCrops(size=8, context=0.5)
    with pytest.raises(ValueError, match="got 2 levels"):
        WarpedCrops(size=8)([PIXELS, PIXELS], [torch.zeros(0, 4)] * 2)
    with pytest.raises(ValueError, match="2 in all, got 1"):
        WarpedCrops(size=8)(AsLevel()(PIXELS), [torch.zeros(0, 4)])
