"""Who is measured beside whom by ``benchmarks/gpu_throughput.py``: our official presets and the
implementations that they are compared with, on the same images and boxes.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from gpu_report import Setting
from torch import Tensor, nn

from locviz.boxes import corners_to_center_size
from locviz.layers import Prepare
from locviz.models import (
    SYSTEMS,
    DenseDetector,
    QueryDetector,
    TwoStageDetector,
    detr_r50,
    faster_rcnn_r50_fpn,
    fcos_r50,
    letterbox,
    retinanet_r50_fpn,
    yolox_s,
)
from locviz.models.faster_rcnn.rpn import ProposalNetwork
from locviz.models.system import Preset
from locviz.types import Targets

# The mean of COCO's training images is 7.3 objects.
NUM_OBJECTS, NUM_CLASSES = 7, 80
# Height and width of the images; at a tiny size a tenth.
SIZE, TINY_SIZE = (480, 640), (48, 64)


class NotMeasured(Exception):
    """A peer is not there to be measured; the message says why."""


@dataclass(frozen=True)
class Scene:
    """The batch that all train on: images (3, h, w) in 0..1, boxes and labels, on one device."""

    images: list[Tensor]
    targets: list[Targets]
    tiny: bool

    @property
    def side(self) -> int:
        """The shorter side that detectors with a ResNet resize to: the papers' 800."""
        return 64 if self.tiny else 800

    @property
    def square(self) -> int:
        """The side of YOLOX's input."""
        return 64 if self.tiny else 640


def random_scene(num_images: int, setting: Setting) -> Scene:
    """Noise and random boxes, the same in every run: the time of a step hardly hangs on them."""
    generator = torch.Generator().manual_seed(0)
    h, w = TINY_SIZE if setting.tiny else SIZE
    images, targets = [], []
    for _ in range(num_images):
        size = torch.tensor([w, h]) * (torch.rand(NUM_OBJECTS, 2, generator=generator) * 0.4 + 0.1)
        low = (torch.tensor([w, h]) - size) * torch.rand(NUM_OBJECTS, 2, generator=generator)
        labels = torch.randint(NUM_CLASSES, (NUM_OBJECTS,), generator=generator)
        found = Targets(torch.cat([low, low + size], -1), labels, (h, w))
        images.append(torch.rand(3, h, w, generator=generator).to(setting.device))
        targets.append(found.to(setting.device))
    return Scene(images, targets, setting.tiny)


@dataclass(frozen=True)
class Contender:
    """One side of a comparison: a model, its loss of one batch, and what of it is compiled."""

    model: nn.Module
    loss: Callable[[], Tensor]
    networks: Sequence[nn.Module]


def ours(preset: Preset, scene: Scene) -> Contender:
    """A preset at its official size; at a tiny one where the scene is tiny."""
    stages = {"prepare": SMALL[preset](scene)} if scene.tiny else {}
    model = preset(NUM_CLASSES, **stages)
    return Contender(
        model,
        lambda: model.loss(scene.images, scene.targets).total,  # type: ignore[operator]
        networks_of(model),
    )


def networks_of(model: nn.Module) -> list[nn.Module]:
    """What runs the same on every batch: all but proposals, assignment, losses and selection."""
    if isinstance(model, DenseDetector):
        return [model.backbone, model.neck, model.head]
    if isinstance(model, QueryDetector):
        return [model.backbone, model.neck, model.encoder]  # type: ignore[list-item]
    assert isinstance(model, TwoStageDetector)
    assert isinstance(model.proposer, ProposalNetwork)
    return [model.backbone, model.neck, model.proposer.head]


def torchvisions(name: str, heads: Callable[[nn.Module], list[nn.Module]]):
    """How to build one of torchvision's detectors, from random weights."""

    def build(scene: Scene, setting: Setting) -> Contender:
        from torchvision.models import detection

        # Their label 0 is the background, or never occurs.
        model = getattr(detection, name)(
            weights=None, weights_backbone=None, num_classes=NUM_CLASSES + 1,
            min_size=scene.side, max_size=max(scene.side, 1333),
        )  # fmt: skip
        targets = [{"boxes": t.boxes, "labels": t.labels + 1} for t in scene.targets]
        return Contender(
            model,
            lambda: sum(model(scene.images, targets).values()),
            [model.backbone, *heads(model)],
        )

    return build


def transformers_of(name: str):
    """How to build one of transformers' models with queries, from random weights and with a loss
    after each decoder layer. Their processors prepare images outside the model, so it is given
    prepared ones; all images of a scene have one size, so nothing is padded.
    """

    def build(scene: Scene, setting: Setting) -> Contender:
        import transformers

        config = getattr(transformers, f"{name}Config")(num_labels=NUM_CLASSES, auxiliary_loss=True)
        model = getattr(transformers, f"{name}ForObjectDetection")(config)
        pixels = without_steps(scene).to(scene.images[0].device)(scene.images).values
        mask = pixels.new_ones(len(pixels), *pixels.shape[2:], dtype=torch.int64)
        labels = []
        for target in scene.targets:
            h, w = target.size
            boxes = corners_to_center_size(target.boxes) / target.boxes.new_tensor([w, h, w, h])
            labels.append({"class_labels": target.labels, "boxes": boxes})
        return Contender(
            model,
            lambda: model(pixels, pixel_mask=mask, labels=labels).loss,
            [model.model.backbone, model.model.encoder],
        )

    return build


def megvii(scene: Scene, setting: Setting) -> Contender:
    """YOLOX-s of the release; its loader prepares images on the CPU, so it is given prepared ones.

    Raises:
        NotMeasured: no folder with the package was given.
    """
    if setting.yolox is None:
        raise NotMeasured("give --yolox FOLDER")
    models = import_yolox(setting.yolox)
    channels = [256, 512, 1024]
    model = models.YOLOX(
        models.YOLOPAFPN(0.33, 0.5, in_channels=channels),
        models.YOLOXHead(NUM_CLASSES, 0.5, in_channels=channels),
    )
    model.head.initialize_biases(1e-2)
    for layer in model.modules():
        if isinstance(layer, nn.BatchNorm2d):  # as their experiment sets it
            layer.eps, layer.momentum = 1e-3, 0.03
    prepared = letterbox(scene.square).to(scene.images[0].device)(scene.images)
    factor = prepared.scales[0].repeat(2)
    rows = [torch.cat([t.labels[:, None], corners_to_center_size(t.boxes * factor)], -1)
            for t in scene.targets]  # fmt: skip
    pixels, labels = prepared.values, torch.stack(rows)
    return Contender(model, lambda: model(pixels, labels)["total_loss"], [model.backbone])


def import_yolox(folder: Path):
    """The release's models; what the package imports beside them is replaced by empty stand-ins."""
    from assigners_dynamic import yolox_head

    warnings.filterwarnings("ignore", message=".*meshgrid.*")
    yolox_head(str(folder))
    from yolox import models

    return models


Build = Callable[[Scene, Setting], Contender]

# By our preset: what its peer is called and how it is built.
PEERS: Mapping[Preset, tuple[str, Build]] = {
    fcos_r50: (
        "torchvision's FCOS",
        torchvisions("fcos_resnet50_fpn", lambda model: [model.head]),
    ),
    retinanet_r50_fpn: (
        "torchvision's RetinaNet",
        torchvisions("retinanet_resnet50_fpn", lambda model: [model.head]),
    ),
    faster_rcnn_r50_fpn: (
        "torchvision's Faster R-CNN",
        torchvisions("fasterrcnn_resnet50_fpn", lambda model: [model.rpn.head]),
    ),
    yolox_s: ("Megvii's YOLOX-s", megvii),
    detr_r50: ("transformers' DETR", transformers_of("Detr")),
}


def shorter(scene: Scene) -> Prepare:
    return Prepare(shorter=scene.side)


def without_steps(scene: Scene) -> Prepare:
    """As DETR prepares: no padding to a multiple of the stride."""
    return Prepare(shorter=scene.side, divisor=1)


# How a preset's input is made small for a scene that is.
SMALL: Mapping[Preset, Callable[[Scene], nn.Module]] = {
    fcos_r50: shorter,
    retinanet_r50_fpn: shorter,
    faster_rcnn_r50_fpn: shorter,
    yolox_s: lambda scene: letterbox(scene.square),
    detr_r50: without_steps,
}


def official() -> dict[str, Preset]:
    """Of each system the first preset that has a peer, by its name."""
    found = [[preset for preset in system.presets if preset in PEERS] for system in SYSTEMS]
    return {presets[0].__name__: presets[0] for presets in found if presets}


def without_peer() -> list[str]:
    """The systems none of whose presets has one."""
    return [s.title for s in SYSTEMS if not any(preset in PEERS for preset in s.presets)]
