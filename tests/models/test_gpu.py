"""What the tiny presets must do on a GPU: learn in bfloat16, predict what a CPU predicts, and take
channels-last. A run that is resumed goes on bit for bit on a CPU only; here it goes on.
"""

import copy
from dataclasses import replace

import pytest
import torch

from locviz.data import Batches, Shapes
from locviz.inputs import as_inputs, move_inputs
from locviz.models import SYSTEMS, TwoStageDetector
from locviz.models.skeletons.region_stage import Proposed
from locviz.train import Recipe, evaluating, train

HOME = "cuda"
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="needs CUDA"),
]
TINY = [system.tiny for system in SYSTEMS]
# Those without a sampler, which draws other random numbers on another device.
ONE_STAGE = [preset for preset in TINY if not isinstance(preset(2), TwoStageDetector)]
SHORT = Recipe(steps=3, batch_size=4, warmup_steps=2)


@pytest.fixture(autouse=True)
def on_cuda(monkeypatch):
    monkeypatch.setenv("LOCVIZ_DEVICE", HOME)


@pytest.fixture(scope="module")
def scenes():
    return Shapes(num_scenes=8).cached()


@pytest.fixture
def in_float32():
    """Products in full float32: TF32 keeps 10 bits of 23."""
    before = torch.backends.cudnn.conv.fp32_precision
    torch.backends.cudnn.conv.fp32_precision = "ieee"
    yield
    torch.backends.cudnn.conv.fp32_precision = before


def built(preset, scenes):
    """A tiny preset whose last layers are random enough to detect something."""
    torch.manual_seed(0)
    detector = preset(len(scenes.class_names))
    with torch.no_grad():
        for parameter in detector.parameters():
            if parameter.requires_grad:
                parameter.add_(torch.randn_like(parameter) * 0.02)
    return detector


@pytest.mark.parametrize("preset", TINY)
def test_it_trains_in_bfloat16(preset, scenes):
    """Losses are finite (the loop raises otherwise), in float32, and every weight stays so."""
    detector = built(preset, scenes)
    before = copy.deepcopy(detector.state_dict())
    batches = Batches(scenes, batch_size=SHORT.batch_size, seed=0)
    steps = list(train(detector, batches, SHORT))
    assert len(steps) == SHORT.steps
    moved = 0
    for name, parameter in detector.named_parameters():
        assert parameter.device.type == HOME, name
        assert parameter.dtype == torch.float32, name
        assert torch.isfinite(parameter).all(), name
        moved += not torch.equal(parameter.cpu(), before[name])
    assert moved > len(before) / 4


@pytest.mark.parametrize("preset", ONE_STAGE)
def test_the_losses_are_a_cpus(preset, scenes, in_float32):
    images, targets = next(Batches(scenes, batch_size=4, seed=0).starting_at(0))
    here = built(preset, scenes)
    there = copy.deepcopy(here).to(HOME)
    one = here.loss(images, targets)
    other = there.loss(move_inputs(images, HOME), [target.to(HOME) for target in targets])
    for name, term in one.terms.items():
        torch.testing.assert_close(other.terms[name].cpu(), term, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("channels_last", [False, True], ids=["contiguous", "channels_last"])
@pytest.mark.parametrize("preset", TINY)
def test_it_predicts_what_a_cpu_predicts(preset, channels_last, scenes, in_float32):
    """Before selection: afterwards one nearly equal score may change places with another."""
    images = [scenes[index][0] for index in range(4)]
    here = built(preset, scenes)
    layout = torch.channels_last if channels_last else torch.preserve_format
    there = copy.deepcopy(here).to(device=HOME, memory_format=layout)
    with evaluating(here), evaluating(there):
        if not isinstance(here, TwoStageDetector):
            one, other = here(images), there(move_inputs(images, HOME))
        else:  # the second stage on the same proposals
            batch, levels = here.features(images)
            priors = here.proposer(as_inputs(images), batch, levels).priors
            one = here.roi(levels, Proposed(priors), batch)
            batch, levels = there.features(move_inputs(images, HOME))
            other = there.roi(levels, Proposed(priors.to(HOME)), batch)
    other = other.to("cpu")
    torch.testing.assert_close(other.logits, one.logits, rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(other.deltas, one.deltas, rtol=1e-3, atol=1e-3)
    if one.quality is not None:
        torch.testing.assert_close(other.quality, one.quality, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("preset", TINY)
def test_it_detects(preset, scenes):
    """Detections lie on the GPU and inside the images, which may differ in size."""
    images = [scenes[0][0].to(HOME), scenes[1][0][:, :48].to(HOME)]
    detector = built(preset, scenes).to(HOME)
    with evaluating(detector):
        found = detector.detect(images)
    for image, detections in zip(images, found, strict=True):
        assert detections.boxes.device.type == HOME
        assert (detections.boxes >= 0).all()
        h, w = image.shape[-2:]
        assert (detections.boxes.cpu() <= torch.tensor([w, h, w, h])).all()


def test_a_resumed_run_goes_on(scenes, tmp_path):
    preset = SYSTEMS[-1].tiny
    recipe = replace(SHORT, steps=6, checkpoint_every=3)
    batches = Batches(scenes, batch_size=recipe.batch_size, seed=0)
    for step in train(built(preset, scenes), batches, recipe, checkpoint=tmp_path / "run.pt"):
        if step.index == 3:
            break
    rest = list(
        train(built(preset, scenes), batches, recipe, checkpoint=tmp_path / "run.pt", resume=True)
    )
    assert [step.index for step in rest] == [3, 4, 5]
    assert rest[0].total == pytest.approx(step.total, rel=0.05)
