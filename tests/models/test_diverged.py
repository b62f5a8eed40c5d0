"""A network that predicts NaN says so, whatever its family: it does not find nothing."""

import pytest
import torch

from locviz.models import SYSTEMS
from locviz.priors import RegionGrouping, Remembered

TINY = [pytest.param(system.tiny, id=system.tiny.__name__) for system in SYSTEMS]
NAN = float("nan")


def built(preset):
    torch.manual_seed(0)
    if preset.__name__ in ("rcnn_tiny", "fast_rcnn_tiny"):
        return preset(3, find=Remembered(RegionGrouping(scales=(0.2,)))).eval()
    return preset(3).eval()


def images() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(3, size, 64, generator=generator) for size in (64, 48, 64)]


@pytest.mark.parametrize("preset", TINY)
def test_weights_that_have_diverged_are_named(preset):
    model = built(preset)
    with torch.no_grad():
        for weight in model.parameters():
            weight.fill_(NAN)
    with pytest.raises(ValueError, match=r"image 0 of this batch: .* the weights have diverged"):
        model.detect(images())


@pytest.mark.parametrize("preset", TINY)
def test_a_single_nan_is_seen_or_takes_no_part(preset):
    """The law: of every parameter, one NaN in it either raises or changes no detection."""
    model, pictures = built(preset), images()[:1]
    expected = model.detect(pictures)[0]
    seen = 0
    for weight in model.parameters():
        first, kept = weight.data.view(-1)[:1], weight.data.view(-1)[0].item()
        first.fill_(NAN)
        try:
            found = model.detect(pictures)[0]
        except ValueError as error:
            assert "image 0 of this batch" in str(error)
            seen += 1
        else:
            assert torch.equal(found.boxes, expected.boxes)
            assert torch.equal(found.scores, expected.scores)
        first.fill_(kept)
    assert seen > 0


@pytest.mark.parametrize("preset", TINY)
def test_an_image_that_holds_nan_is_named(preset):
    pictures = images()
    pictures[1][:] = NAN
    with pytest.raises(ValueError, match=r"image 1"):
        built(preset).detect(pictures)
