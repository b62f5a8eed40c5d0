"""No model trains on what is no box, whatever its family; and numpy's float64 is no obstacle."""

import pytest
import torch

from locviz.models import SYSTEMS
from locviz.priors import RegionGrouping, Remembered
from locviz.types import Targets

TINY = [pytest.param(system.tiny, id=system.tiny.__name__) for system in SYSTEMS]
GOOD = [8.0, 8.0, 40.0, 32.0]
BAD = {
    "inverted": ([40.0, 8.0, 8.0, 32.0], r"targets\[1\].*x, y, w, h"),
    "x, y, w, h": ([30.0, 30.0, 20.0, 10.0], r"targets\[1\].*x, y, w, h"),
    "no width": ([8.0, 8.0, 8.0, 32.0], r"targets\[1\].*boxes\[1\]"),
    "NaN": ([8.0, float("nan"), 40.0, 32.0], r"targets\[1\].*boxes\[1\]"),
    "infinite": ([8.0, 8.0, float("inf"), 32.0], r"targets\[1\].*boxes\[1\]"),
    "far outside": ([100.0, 100.0, 200.0, 180.0], r"targets\[1\].*boxes\[1\]"),
}


def images() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    return [torch.rand(3, 64, 64, generator=generator) for _ in range(2)]


def targets(box: list[float], label: int = 0, **more) -> list[Targets]:
    nothing = Targets(torch.zeros(0, 4), torch.zeros(0, dtype=torch.int64), (64, 64))
    some = Targets(torch.tensor([GOOD, box]), torch.tensor([1, label]), (64, 64), **more)
    return [nothing, some]


def built(preset):
    torch.manual_seed(0)
    if preset.__name__ in ("rcnn_tiny", "fast_rcnn_tiny"):
        return preset(3, find=Remembered(RegionGrouping(scales=(0.2,))))
    return preset(3)


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("preset", TINY)
def test_what_is_no_box_is_refused_with_its_image_and_its_number(preset, kind):
    box, message = BAD[kind]
    with pytest.raises(ValueError, match=message):
        built(preset).loss(images(), targets(box))


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("preset", TINY)
def test_labels_pictures_and_dictionaries_are_checked(preset):
    model = built(preset)
    for label in (-1, 3):
        with pytest.raises(ValueError, match=rf"labels\[1\] is {label}, but the model has classes"):
            model.loss(images(), targets(GOOD, label))
    with pytest.raises(ValueError, match="255"):
        model.loss([255 * image for image in images()], targets(GOOD))
    with pytest.raises(TypeError, match="must be Targets, got dict"):
        model.loss(images(), [{"boxes": torch.tensor([GOOD]), "labels": torch.tensor([0])}] * 2)


@pytest.mark.parametrize("preset", TINY)
def test_boxes_in_float64_are_boxes(preset):
    """A reader's and numpy's: the losses are those of the same boxes in float32."""
    one, two = targets(GOOD), targets(GOOD)
    two = [Targets(t.boxes.double(), t.labels, t.size) for t in two]
    totals = []
    for given in (one, two):
        model = built(preset)
        torch.manual_seed(1)  # a sampler draws
        losses = model.loss(images(), given)
        losses.total.backward()
        totals.append(losses.total.item())
    assert totals[0] == pytest.approx(totals[1], rel=1e-6)


@pytest.mark.parametrize("preset", TINY)
def test_what_is_set_aside_may_be_large_or_thin(preset):
    """Crowds and ignored boxes are not learned from; they only must be finite."""
    ignore = torch.tensor([False, True])
    losses = built(preset).loss(images(), targets([8.0, 8.0, 8.0, 80.0], ignore=ignore))
    assert torch.isfinite(losses.total)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("preset", TINY)
def test_spans_clips_and_a_single_picture_are_named(preset):
    model = built(preset)
    spans = [Targets(torch.tensor([[1.0, 5.0]]), torch.tensor([0]), (64,))] * 2
    with pytest.raises(ValueError, match=r"targets\[0\] holds spans .* is a picture"):
        model.loss(images(), spans)
    for wrong in (images()[0], [torch.rand(40, 6)]):
        with pytest.raises(ValueError, match=r"looks at images: give a list of \(3, h, w\)"):
            model.detect(wrong)


@pytest.mark.parametrize("preset", TINY)
def test_what_is_set_aside_may_have_any_label(preset):
    for aside in ("crowd", "ignore"):
        rows = {aside: torch.tensor([False, True])}
        assert built(preset).loss(images(), targets(GOOD, 90, **rows)).total.isfinite()
