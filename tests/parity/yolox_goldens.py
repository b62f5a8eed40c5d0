"""What Megvii's YOLOX-s answers for weights and images that a seed makes again anywhere; kept in
goldens/.

    python tests/parity/yolox_goldens.py --yolox PATH    # a checkout of Megvii-BaseDetection/YOLOX

Their package cannot be installed in CI (its source distribution does not build, its utilities want
OpenCV and more), so their outputs are kept instead. The recipe, for each of three seeds:

1. Build their model of depth 0.33 and width 0.5 for 7 classes, with batch norm's eps 1e-3 and
   momentum 0.03, as their experiment file does. Fill every entry of its state dict from ``filled``:
   numpy's frozen ``RandomState``, seeded by the entry's name and the seed.
2. Take the three images of ``scene``, bytes blue first, each in the top left corner of 96 x 128
pixels of 114.
3. In evaluation mode: keep the decoded outputs and what their ``postprocess`` makes of them.
4. In training mode, with the L1 term on and labels as (class, centre, size): keep the loss terms,
   the assignment, and the Euclidean norms of three gradients.

Their code is imported, never copied. ``tests/parity/test_yolox.py`` compares with it.
"""

import argparse
import importlib.util
import sys
import types
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

GOLDENS = Path(__file__).with_name("goldens") / "yolox_s.safetensors"
NUM_CLASSES = 7
SEEDS = (0, 1, 2)
SIZES = ((70, 120), (96, 90), (64, 64))
NUM_BOXES = (0, 1, 12)
CANVAS = (96, 128)
TERMS = ("regression", "objectness", "classification", "l1")
GRADIENTS = (
    "backbone.backbone.stem.conv.conv.weight",
    "backbone.C3_p3.conv3.conv.weight",
    "head.reg_preds.1.weight",
)
THRESHOLDS = {"conf_thre": 0.3, "nms_thre": 0.3}


def filled(name: str, shape: tuple[int, ...], seed: int) -> Tensor:
    """The value of one entry of a state dict: logits around 0.5, boxes of a few strides, some
    hundred detections.
    """
    if name.endswith("num_batches_tracked"):
        return torch.zeros((), dtype=torch.int64)
    low, high = _bounds(name, shape)
    random = np.random.RandomState(zlib.crc32(f"{seed}:{name}".encode()))
    return torch.from_numpy(random.uniform(low, high, shape).astype(np.float32))


def _bounds(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    if len(shape) == 4:
        # 1.35: enough to keep the signal alive through SiLU (1.2 loses it, 1.5 explodes), as are
        # the biases below.
        gain = 0.6 if "reg_preds" in name else 2.5 if "_preds" in name else 1.35
        reach = gain * (3 / np.prod(shape[1:])) ** 0.5
        return -reach, reach
    if name.endswith(("bn.weight", "running_var")):
        # The stem sees bytes, not normalised pixels.
        scale = 2e4 if "stem" in name and "backbone" in name and name.endswith("var") else 1.0
        return 0.8 * scale, 1.2 * scale
    biases = {
        "head.cls_preds": (-0.5, 1.5),
        "head.obj_preds": (0.0, 1.0),
        "head.reg_preds": (-0.3, 0.7),
    }
    return biases.get(name[:14], (-0.5, 0.5))


def scene(seed: int) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """Images (h, w, 3) of bytes, red first; boxes (g, 4) in corners; labels (g,)."""
    random = np.random.RandomState(seed + 100)
    images = [random.randint(0, 256, (*size, 3), dtype=np.uint8) for size in SIZES]
    boxes, labels = [], []
    for num, (h, w) in zip(NUM_BOXES, SIZES, strict=True):
        # In quarters of a pixel, so that corners and centre-size mean the same float32 numbers.
        halves = random.randint(16, 100, (num, 2)) / 4
        centers = random.randint(0, 4 * np.array([w, h]), (num, 2)) / 4
        boxes.append(np.concatenate([centers - halves, centers + halves], 1).astype(np.float32))
        labels.append(random.randint(0, NUM_CLASSES, num))
    return images, boxes, labels


def official(path: Path) -> types.SimpleNamespace:
    """Their model classes and ``postprocess``, with what they import for other purposes left out."""
    package = types.ModuleType("yolox")
    package.__path__ = [str(path / "yolox")]
    logging = types.ModuleType("loguru")
    logging.logger = None
    utils = types.ModuleType("yolox.utils")
    sys.modules |= {"yolox": package, "loguru": logging, "yolox.utils": utils}
    for name in ("boxes", "compat"):
        spec = importlib.util.spec_from_file_location(
            f"yolox.utils.{name}", path / "yolox" / "utils" / f"{name}.py"
        )
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        vars(utils).update(
            {key: value for key, value in vars(module).items() if not key.startswith("_")}
        )
    utils.visualize_assign = None
    import yolox.models as models  # type: ignore[import-not-found]

    return types.SimpleNamespace(models=models, postprocess=utils.postprocess)


def build(theirs, seed: int) -> torch.nn.Module:
    model = theirs.models.YOLOX(
        theirs.models.YOLOPAFPN(depth=0.33, width=0.5),
        theirs.models.YOLOXHead(NUM_CLASSES, width=0.5),
    )
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eps, module.momentum = 1e-3, 0.03
    model.load_state_dict(
        {name: filled(name, tuple(x.shape), seed) for name, x in model.state_dict().items()}
    )
    return model


def canvas(images: list[np.ndarray]) -> Tensor:
    pixels = torch.full((len(images), 3, *CANVAS), 114.0)
    for row, image in enumerate(images):
        h, w = image.shape[:2]
        pixels[row, :, :h, :w] = torch.from_numpy(image[..., ::-1].copy()).permute(2, 0, 1)
    return pixels


def labelled(boxes: list[np.ndarray], labels: list[np.ndarray]) -> Tensor:
    rows = torch.zeros(len(boxes), max(NUM_BOXES), 5)
    for row, (corners, classes) in enumerate(zip(boxes, labels, strict=True)):
        corners = torch.from_numpy(corners)
        centers, sizes = (corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]
        rows[row, : len(classes)] = torch.cat(
            [torch.from_numpy(classes)[:, None].float(), centers, sizes], 1
        )
    return rows


def evaluated(theirs, model, pixels: Tensor) -> dict[str, Tensor]:
    """Outputs (b, p, 12): centre, size, objectness, classes; detections (d, 7): corners, the two
    scores, the class.
    """
    with torch.no_grad():
        outputs = model.eval()(pixels)
    kept = {"outputs": outputs}
    for row, found in enumerate(theirs.postprocess(outputs.clone(), NUM_CLASSES, **THRESHOLDS)):
        kept[f"detections.{row}"] = torch.zeros(0, 7) if found is None else found
    return kept


def trained(model, pixels: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """Their loss terms (the first without its weight of 5), assignments as ground truth + 1, and
    gradient norms.
    """
    head, answers = model.train().head, {}
    head.use_l1 = True
    ask = head.get_assignments

    def watched(row, *rest):
        answer = ask(row, *rest)
        answers[row] = answer[1].clone().long()
        answers[row][answer[1]] = answer[3] + 1
        return answer

    head.get_assignments = watched
    losses = model(pixels, labels)
    losses["total_loss"].backward()
    terms = [losses["iou_loss"] / 5, losses["conf_loss"], losses["cls_loss"], losses["l1_loss"]]
    none = torch.zeros_like(next(iter(answers.values())))
    parameters = dict(model.named_parameters())
    return {
        "terms": torch.stack([term.detach() for term in terms]),
        "total": losses["total_loss"].detach(),
        "matched": torch.stack([answers.get(row, none) for row in range(len(pixels))]).to(
            torch.int8
        ),
        "gradients": torch.stack([parameters[name].grad.norm() for name in GRADIENTS]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--yolox", type=Path, required=True, help="their source, with the folder yolox in it"
    )
    parser.add_argument("--commit", required=True, help="which commit that is")
    args = parser.parse_args()
    import json

    from safetensors.torch import save_file

    theirs, kept = official(args.yolox), {}
    for seed in SEEDS:
        model = build(theirs, seed)
        shapes = {name: list(x.shape) for name, x in model.state_dict().items()}
        images, boxes, labels = scene(seed)
        pixels = canvas(images)
        answers = evaluated(theirs, model, pixels) | trained(model, pixels, labelled(boxes, labels))
        kept |= {f"{seed}.{name}": x.contiguous() for name, x in answers.items()}
        print(seed, answers["terms"].tolist(), [len(answers[f"detections.{row}"]) for row in range(3)],
              (answers["matched"] > 0).sum(1).tolist(), answers["outputs"].abs().amax((0, 1)))  # fmt: skip
    metadata = {"origin": f"Megvii-BaseDetection/YOLOX {args.commit}", "torch": torch.__version__,
                "state_dict": json.dumps(shapes)}  # fmt: skip
    save_file(kept, GOLDENS, metadata=metadata)
    print(f"{GOLDENS.name}: {GOLDENS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
