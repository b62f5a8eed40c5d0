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


def outcome(model, pictures) -> tuple | str:
    """The detections of the first picture as lists, or what is said instead."""
    try:
        found = model.detect(pictures)[0]
    except ValueError as error:
        return str(error)
    return found.boxes.tolist(), found.scores.tolist(), found.labels.tolist()


@pytest.mark.parametrize("preset", TINY)
def test_a_single_nan_is_seen_or_takes_no_part(preset):
    """The law: of every parameter, one NaN in it either is an error or changes no detection. (The
    one-to-many head of YOLOv10 detects nothing.)
    """
    model, pictures = built(preset), images()[:1]
    healthy, seen = outcome(model, pictures), 0
    for name, weight in model.named_parameters():
        first, kept = weight.data.view(-1)[:1], weight.data.view(-1)[0].item()
        first.fill_(NAN)
        if (now := outcome(model, pictures)) != healthy:
            assert "image 0 of this batch" in now, name
            seen += 1
        first.fill_(kept)
    assert seen >= 15


@pytest.mark.parametrize("preset", TINY)
def test_an_image_that_holds_nan_is_named(preset):
    pictures = images()
    pictures[1][:] = NAN
    with pytest.raises(ValueError, match=r"image 1"):
        built(preset).detect(pictures)
