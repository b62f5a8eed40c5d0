"""YOLOX by hand values and published counts; equality with the released code is in tests/parity."""

import math

import pytest
import torch
from torch import nn

from locviz.assign import SimOTA
from locviz.checkpoints import WeightsCard
from locviz.models import (
    YOLOXHead,
    letterbox,
    yolox_l,
    yolox_m,
    yolox_nano,
    yolox_s,
    yolox_tiny,
    yolox_tiny_course,
    yolox_x,
)
from locviz.models.yolox.csp import DepthwiseConvNorm
from locviz.types import Targets


@pytest.mark.parametrize(
    ("build", "published"),
    [
        (yolox_nano, 912_159),
        (yolox_tiny, 5_055_855),
        (yolox_s, 8_968_255),
        (yolox_m, 25_326_495),
        (yolox_l, 54_208_895),
        (yolox_x, 99_071_455),
    ],
)
def test_published_sizes(build, published):
    with torch.device("meta"):
        detector = build(80)
    assert sum(parameter.numel() for parameter in detector.parameters()) == published


@pytest.mark.parametrize(("build", "priors"), [(yolox_s, 8400), (yolox_nano, 3549)])
def test_published_prior_counts(build, priors):
    """8,400 at 640 pixels and 3,549 at 416, whatever the image's shape: it is letterboxed into a
    square.
    """
    detector = build(2).eval()
    with torch.no_grad():
        predictions = detector([torch.rand(3, 60, 100)])
    assert len(predictions.priors) == priors
    side = detector.prepare.shorter
    torch.testing.assert_close(
        predictions.scales, torch.full((1, 2), side / 100), rtol=0, atol=0.01
    )


def test_letterbox_is_the_released_one():
    """Red 1.0 becomes 255 in the last channel, and the rest of the square is 114."""
    image = torch.tensor([1.0, 0.0, 0.0])[:, None, None].expand(3, 20, 40)
    pixels = letterbox(64)([image]).values
    assert pixels.shape == (1, 3, 64, 64)
    torch.testing.assert_close(pixels[0, :, 0, 0], torch.tensor([0.0, 0.0, 255.0]))
    assert (pixels[..., 32:, :] == 114).all()


def head(**settings) -> YOLOXHead:
    torch.manual_seed(0)
    return YOLOXHead(in_channels=(4, 6), channels=8, num_classes=3, **settings).eval()


LEVELS = [
    torch.randn(2, 4, 4, 6, generator=torch.Generator().manual_seed(1)),
    torch.zeros(2, 6, 2, 3),
]


def test_every_prior_starts_at_probability_one_percent():
    module = head()
    for layer in [*module.logits, *module.objectness]:
        torch.testing.assert_close(layer.bias.sigmoid(), torch.full_like(layer.bias, 0.01))
    logits, deltas, objectness = module(LEVELS)
    assert logits.shape == (2, 30, 3)
    assert deltas.shape == (2, 30, 4)
    assert objectness.shape == (2, 30)


@pytest.mark.parametrize(("level", "prior"), [(0, 1 * 6 + 2), (1, 24 + 1 * 3 + 2)])
def test_rows_are_in_the_order_of_the_priors(level, prior):
    """Without the towers' 3x3 convolutions a change at row 1, column 2 of a level reaches one prior
    only.
    """
    module = head()
    module.class_towers = nn.ModuleList([nn.Identity(), nn.Identity()])
    bumped = [x[:1].clone() for x in LEVELS]
    bumped[level][..., 1, 2] += 5
    before, after = (module([x[:1] for x in levels])[0] for levels in (LEVELS, bumped))
    assert (after != before).any(-1)[0].nonzero().tolist() == [[prior]]


def test_what_and_where_are_decoupled():
    """The class tower moves only the logits, the box tower the deltas and the objectness."""
    names = ("logits", "deltas", "objectness")
    for tower, moved in [("class_towers", {"logits"}), ("box_towers", {"deltas", "objectness"})]:
        module = head()
        before = module(LEVELS)
        with torch.no_grad():
            for parameter in getattr(module, tower).parameters():
                parameter.mul_(2)
        after = module(LEVELS)
        assert {
            n for n, a, b in zip(names, before, after, strict=True) if not torch.equal(a, b)
        } == moved


def test_levels_share_nothing():
    module = head()
    before = module(LEVELS)
    with torch.no_grad():
        for parameter in module.class_towers[0].parameters():
            parameter.mul_(2)
    after = module(LEVELS)
    assert torch.equal(before[0][:, 24:], after[0][:, 24:])
    assert not torch.equal(before[0][:, :24], after[0][:, :24])


def decoded(detector, deltas: tuple[float, ...], prior: int) -> list[float]:
    with torch.no_grad():
        for layer in detector.head.deltas:
            layer.weight.zero_()
            layer.bias.copy_(torch.tensor(deltas))
        predictions = detector.eval()([torch.rand(3, 64, 64)])
    return detector.regions(predictions)[0, prior].tolist()


def test_decoding_by_hand():
    """(x + column) * stride and exp(w) * stride. At 64 pixels stride 8 has 64 cells: prior 10 is
    row 1, column 2.
    """
    detector = yolox_nano(2, prepare=letterbox(64))
    expected = [20 - 8, 14 - 4, 20 + 8, 14 + 4]  # centre (2.5, 1.75) * 8, size (2, 1) * 8
    assert decoded(detector, (0.5, 0.75, math.log(2), 0.0), 10) == pytest.approx(expected, rel=1e-5)
    # Stride 32, cell (1, 1), the last of 64 + 16 + 4.
    expected = [32 - 16, 32 - 16, 32 + 16, 32 + 16]
    assert decoded(detector, (0.0, 0.0, 0.0, 0.0), 83) == pytest.approx(expected, rel=1e-5)


def test_the_courses_priors_are_centres_of_cells():
    """256 + 64 + 16 of them; the first is the cell itself at deltas of 0."""
    detector = yolox_tiny_course(2)
    assert decoded(detector, (0.0, 0.0, 0.0, 0.0), 0) == pytest.approx([0, 0, 4, 4])
    assert decoded(detector, (0.0, 0.0, 0.0, 0.0), 335) == pytest.approx([48, 48, 64, 64])


def test_sim_ota_measures_from_the_cells_centre_in_both():
    official, course = yolox_nano(2), yolox_tiny_course(2)
    for detector in (official, course):
        assert isinstance(detector.assigner, SimOTA)
        assert detector.priors.offset + detector.assigner.center_offset == 0.5


def test_sizes_are_unbounded_as_released_and_bounded_in_the_course():
    assert yolox_nano(2).coder.clamp == math.inf
    assert yolox_tiny_course(2).coder.clamp < 5


def test_only_nano_is_depthwise():
    with torch.device("meta"):
        kinds = {build: any(isinstance(m, DepthwiseConvNorm) for m in build(2).modules()) for build in
                 (yolox_nano, yolox_tiny, yolox_tiny_course)}  # fmt: skip
    assert kinds == {yolox_nano: True, yolox_tiny: False, yolox_tiny_course: False}


def test_the_courses_preset_is_small_and_its_card_builds_it():
    detector = WeightsCard(
        preset="yolox_tiny_course", class_names=("a", "b", "c"), image_size=96
    ).build()
    assert sum(p.numel() for p in detector.parameters()) < 1_500_000
    assert detector.eval()([torch.rand(3, 48, 48)]).priors.levels == (24 * 24, 12 * 12, 6 * 6)


def test_a_resized_official_preset_keeps_its_colours():
    prepare = WeightsCard(preset="yolox_nano", class_names=("a",), image_size=96).build().prepare
    assert (prepare.channels, prepare.padding, prepare.shorter) == ((2, 1, 0), 114.0, 96)


def test_an_untrained_detector_learns_from_an_image_without_boxes():
    detector = yolox_tiny_course(2)
    nothing = Targets(
        boxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.int64), size=(64, 64)
    )
    losses = detector.loss([torch.rand(3, 64, 64)], [nothing])
    assert {name: term.item() > 0 for name, term in losses.terms.items()} == {
        "regression": False,
        "objectness": True,
        "classification": False,
    }
    losses.total.backward()
    assert detector.head.objectness[0].bias.grad.abs() > 0


def test_the_score_is_objectness_times_class():
    detector = yolox_tiny_course(1)
    with torch.no_grad():
        for layer, value in [(detector.head.logits, 0.8), (detector.head.objectness, 0.5)]:
            for level in layer:
                level.weight.zero_()
                level.bias.fill_(math.log(value / (1 - value)))
    found = detector.eval().detect([torch.rand(3, 64, 64)])[0]
    torch.testing.assert_close(found.scores, torch.full_like(found.scores, 0.4))
