"""What mmdetection's GFL with a ResNet-50 answers for weights and images that a seed makes again
anywhere; kept in goldens/.

    python tests/parity/gfl_goldens.py --packages FOLDER

Their package needs mmcv's compiled operators, which no wheel brings for this torch, so their outputs
are kept instead. FOLDER holds mmdet 3.3.0, mmengine 0.10.7, mmcv-lite 2.1.0 and what these import
(``pip install --target``). mmcv-lite has no operators: what is imported from ``mmcv.ops`` becomes an
empty class, but for NMS, which is torchvision's. The recipe, for each of three seeds:

1. Build their ResNet, FPN and GFLHead with the numbers of ``configs/gfl/gfl_r50_fpn_1x_coco.py``
   for 7 classes. Fill every entry of the state dicts from ``filled``: numpy's frozen
   ``RandomState``, seeded by the entry's name and the seed.
2. Take the three images of ``scene``, subtract the mean, divide by the deviation, each in the top
   left corner of 96 x 128 zeros. Each image is said to be padded to that size.
3. Keep the class logits, the decoded boxes before clipping, and what ``predict_by_feat`` makes of
   them at a score of 0.3.
4. Keep the loss terms without their weights, the assignment, and the Euclidean norms of three
   gradients.

Their code is imported, never copied. ``tests/parity/test_gfl.py`` compares with it.
"""

import argparse
import importlib.abc
import importlib.machinery
import json
import sys
import types
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

GOLDENS = Path(__file__).with_name("goldens") / "gfl_r50.safetensors"
NUM_CLASSES = 7
SEEDS = (0, 1, 2)
SIZES = ((70, 120), (96, 90), (64, 64))
NUM_BOXES = (0, 1, 12)
CANVAS = (96, 128)
MEAN, STD = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
TERMS = ("classification", "regression", "distribution")
GRADIENTS = (
    "backbone.layer2.0.conv1.weight",
    "neck.fpn_convs.3.conv.weight",
    "bbox_head.gfl_reg.weight",
)
THRESHOLD = 0.3


def filled(name: str, shape: tuple[int, ...], seed: int) -> Tensor:
    """The value of one entry of a state dict: logits around -1, distributions that differ."""
    low, high = _bounds(name, shape)
    random = np.random.RandomState(zlib.crc32(f"{seed}:{name}".encode()))
    return torch.from_numpy(random.uniform(low, high, shape).astype(np.float32))


def _bounds(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    if len(shape) == 4:
        gain = 2.0 if "gfl_" in name else 1.4 if "backbone" in name else 1.0
        reach = gain * (3 / np.prod(shape[1:])) ** 0.5
        return -reach, reach
    if "bn3" in name and name.endswith("weight"):
        return 0.2, 0.4  # a block adds a little to what passes by it
    if name.endswith(("running_var", "scale")) or (".weight" in name):
        return 0.8, 1.2
    return {"bbox_head.gfl_cls.bias": (-2.0, 0.0)}.get(name, (-0.3, 0.3))


def scene(seed: int) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """Images (h, w, 3) of bytes; boxes (g, 4) in corners, inside their image; labels (g,)."""
    random = np.random.RandomState(seed + 200)
    images = [random.randint(0, 256, (*size, 3), dtype=np.uint8) for size in SIZES]
    boxes, labels = [], []
    for num, (h, w) in zip(NUM_BOXES, SIZES, strict=True):
        ends = np.sort(random.uniform(0, 1, (num, 2, 2)), 1) * [w, h]
        low, high = ends[:, 0] * 0.8, ends[:, 0] * 0.8 + (ends[:, 1] - ends[:, 0]) * 0.8 + 6
        boxes.append(np.concatenate([low, high.clip(max=[w, h])], 1).astype(np.float32))
        labels.append(random.randint(0, NUM_CLASSES, num))
    return images, boxes, labels


class _Empty(types.ModuleType):
    """A module whose every name is an empty class."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {"__init__": lambda self, *_, **__: None})


class _Operators(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``mmcv.ops`` and everything below it."""

    def find_spec(self, fullname, path, target=None):
        if fullname == "mmcv.ops" or fullname.startswith("mmcv.ops."):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec):
        return _Empty(spec.name)

    def exec_module(self, module):
        module.batched_nms = _batched_nms


def _batched_nms(boxes, scores, labels, settings):
    """torchvision's, in the form of mmcv's."""
    from torchvision.ops import batched_nms

    keep = batched_nms(boxes, scores, labels, settings["iou_threshold"])
    return torch.cat([boxes, scores[:, None]], 1)[keep], keep


def build(seed: int) -> torch.nn.ModuleDict:
    from mmdet.models.backbones.resnet import ResNet  # type: ignore[import-not-found]
    from mmdet.models.dense_heads.gfl_head import GFLHead  # type: ignore[import-not-found]
    from mmdet.models.necks.fpn import FPN  # type: ignore[import-not-found]
    from mmengine.config import ConfigDict  # type: ignore[import-not-found]

    anchors = {"type": "AnchorGenerator", "ratios": [1.0], "octave_base_scale": 8,
               "scales_per_octave": 1, "strides": [8, 16, 32, 64, 128]}  # fmt: skip
    test = {"nms_pre": 1000, "min_bbox_size": 0, "score_thr": THRESHOLD, "max_per_img": 100,
            "nms": {"type": "nms", "iou_threshold": 0.6}}  # fmt: skip
    train = {"assigner": {"type": "ATSSAssigner", "topk": 9}, "allowed_border": -1,
             "pos_weight": -1, "debug": False}  # fmt: skip
    model = torch.nn.ModuleDict({
        "backbone": ResNet(depth=50, frozen_stages=-1, norm_eval=True),
        "neck": FPN([256, 512, 1024, 2048], 256, 5, start_level=1, add_extra_convs="on_output"),
        "bbox_head": GFLHead(
            NUM_CLASSES, 256, stacked_convs=4, feat_channels=256, reg_max=16, anchor_generator=anchors,
            loss_cls={"type": "QualityFocalLoss", "use_sigmoid": True, "beta": 2.0, "loss_weight": 1.0},
            loss_dfl={"type": "DistributionFocalLoss", "loss_weight": 0.25},
            loss_bbox={"type": "GIoULoss", "loss_weight": 2.0},
            train_cfg=ConfigDict(train), test_cfg=ConfigDict(test),
        ),
    })  # fmt: skip
    state = {
        name: filled(name, tuple(x.shape), seed)
        for name, x in converted(model.state_dict()).items()
    }
    model.load_state_dict(model.state_dict() | state)
    # norm_eval keeps their batch norms at their running figures, also in training.
    return model.train()


def converted(state):
    """Without what is no weight: counters, and the numbers 0 to 16."""
    return {
        name: x
        for name, x in state.items()
        if not name.endswith(("num_batches_tracked", "integral.project"))
    }


def canvas(images: list[np.ndarray]) -> Tensor:
    pixels = torch.zeros(len(images), 3, *CANVAS)
    for row, image in enumerate(images):
        h, w = image.shape[:2]
        normal = (torch.from_numpy(image).float() - torch.tensor(MEAN)) / torch.tensor(STD)
        pixels[row, :, :h, :w] = normal.permute(2, 0, 1)
    return pixels


def answers(model: torch.nn.ModuleDict, seed: int) -> dict[str, Tensor]:
    from mmengine.structures import InstanceData  # type: ignore[import-not-found]

    images, boxes, labels = scene(seed)
    head = model["bbox_head"]
    classes, sides = head(model["neck"](model["backbone"](canvas(images))))
    metas = [{"img_shape": size, "pad_shape": CANVAS} for size in SIZES]
    kept = {"logits": torch.cat([x.flatten(2) for x in classes], 2).transpose(1, 2)}
    with torch.no_grad():
        kept["boxes"] = torch.cat(decoded(head, sides), 1)
        for row, found in enumerate(head.predict_by_feat(classes, sides, batch_img_metas=metas)):
            kept[f"detections.{row}"] = torch.cat(
                [found.bboxes, found.scores[:, None], found.labels[:, None]], 1
            )

    matched, ask = [], head.assigner.assign

    def watched(**named):
        answer = ask(**named)
        matched.append(answer.gt_inds)
        return answer

    head.assigner.assign = watched
    truths = [
        InstanceData(bboxes=torch.from_numpy(b), labels=torch.from_numpy(k))
        for b, k in zip(boxes, labels, strict=True)
    ]
    losses = head.loss_by_feat(classes, sides, truths, metas)
    terms = [sum(losses[name]) for name in ("loss_cls", "loss_bbox", "loss_dfl")]
    sum(terms).backward()
    parameters = dict(model.named_parameters())
    return kept | {
        "terms": torch.stack([terms[0], terms[1] / 2, terms[2] / 0.25]),
        "total": sum(terms),
        "matched": torch.stack(matched).to(torch.int8),
        "gradients": torch.stack([parameters[name].grad.norm() for name in GRADIENTS]),
    }


def decoded(head, sides: list[Tensor]) -> list[Tensor]:
    """Boxes (b, p, 4) of each level, not clipped."""
    priors = head.prior_generator.grid_priors([x.shape[-2:] for x in sides], device="cpu")
    return [
        head.bbox_coder.decode(
            head.anchor_center(prior).expand(len(x), -1, -1),
            head.integral(x.permute(0, 2, 3, 1).flatten(0, 2)).reshape(len(x), -1, 4) * stride[0],
        )
        for x, prior, stride in zip(sides, priors, head.prior_generator.strides, strict=True)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--packages", type=Path, required=True, help="folder with mmdet in it")
    sys.path.append(str(parser.parse_args().packages))
    sys.meta_path.insert(0, _Operators())
    from safetensors.torch import save_file

    kept = {}
    for seed in SEEDS:
        model = build(seed)
        shapes = {name: list(x.shape) for name, x in converted(model.state_dict()).items()}
        found = {name: x.detach().contiguous() for name, x in answers(model, seed).items()}
        kept |= {f"{seed}.{name}": x for name, x in found.items()}
        print(seed, found["terms"].tolist(), [len(found[f"detections.{row}"]) for row in range(3)],
              (found["matched"] > 0).sum(1).tolist(), found["logits"].mean().item(),
              found["logits"].std().item(), found["boxes"][0, :2].tolist())  # fmt: skip
    metadata = {"origin": "mmdet 3.3.0, mmengine 0.10.7, mmcv-lite 2.1.0", "torch": torch.__version__,
                "state_dict": json.dumps(shapes)}  # fmt: skip
    save_file(kept, GOLDENS, metadata=metadata)
    print(f"{GOLDENS.name}: {GOLDENS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
