"""What the authors' Deformable DETR answers for weights and images that a seed makes again anywhere;
kept in goldens/.

    python tests/parity/deformable_detr_goldens.py --code FOLDER

FOLDER holds https://github.com/fundamentalvision/Deformable-DETR at commit
11169a60c33333af00a4849f1808023eba96a931. Its attention is a compiled CUDA operator, so the attention
in plain torch that the authors wrote to test the operator takes its place. It parses torchvision's
version as if it had two digits, so it is told 0.9.0. The recipe, for each of four variants (single
scale, base, with refinement, two-stage with refinement):

1. Build their model and criterion by their ``build`` with the defaults of their ``main.py``, but for
   7 classes, 20 queries and no dropout. Note what the initialisation gave: of every parameter
   beside the backbone's, mean, deviation, smallest and largest value.
2. Fill every entry of the state dict from ``filled``: numpy's frozen ``RandomState``, seeded by the
   entry's name. Entries that are one tensor in their model have one name here.
3. Take the three images of ``scene``, subtract the mean, divide by the deviation, each in the top
   left corner of 96 x 128 zeros, and a mask of this padding.
4. Keep logits and boxes of all six layers, every loss term, their weighted total, which query was
   matched to which object, and the Euclidean norms of a few gradients. Of the two-stage encoder's
   predictions, every fourth cell.

Their code is imported, never copied. ``tests/parity/test_deformable_detr.py`` compares with it.
"""

import argparse
import base64
import importlib
import json
import re
import sys
import types
import zlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

GOLDENS = Path(__file__).with_name("goldens") / "deformable_detr_r50.safetensors"
NUM_CLASSES, NUM_QUERIES = 7, 20
SIZES = ((70, 120), (96, 90), (64, 64))
NUM_BOXES = (0, 1, 12)
CANVAS = (96, 128)
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
TERMS = ("loss_ce", "loss_bbox", "loss_giou")
# What differs from the defaults of their main.py.
VARIANTS = {
    "single_scale": {"num_feature_levels": 1},
    "base": {},
    "refined": {"with_box_refine": True},
    "two_stage": {"with_box_refine": True, "two_stage": True},
}
SEEDS = {"single_scale": 0, "base": 1, "refined": 2, "two_stage": 3}
# The norms of the gradients of these are kept.
GRADIENTS = (
    "input_proj.0.0.weight",
    "transformer.level_embed",
    "transformer.encoder.layers.0.self_attn.sampling_offsets.weight",
    "transformer.encoder.layers.5.self_attn.attention_weights.weight",
    "transformer.decoder.layers.0.self_attn.in_proj_weight",
    "transformer.decoder.layers.3.cross_attn.sampling_offsets.weight",
    "transformer.decoder.layers.5.linear1.weight",
    "bbox_embed.0.layers.1.weight",
    "class_embed.0.weight",
)


def one_name(name: str, *, tied: bool) -> str:
    """The decoder of their refined models holds the heads of the model, too, and models without
    refinement hold one pair of heads six times.
    """
    name = re.sub(r"^transformer\.decoder\.(class|bbox)_embed", r"\1_embed", name)
    return re.sub(r"^(class|bbox)_embed\.\d", r"\1_embed.0", name) if tied else name


def filled(name: str, shape: tuple[int, ...], seed: int) -> Tensor:
    """The value of one entry of a state dict: queries that look at different places, sharply."""
    low, high = _bounds(name, shape)
    random = np.random.RandomState(zlib.crc32(f"{seed}:{name}".encode()))
    return torch.from_numpy(random.uniform(low, high, shape).astype(np.float32))


def _bounds(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    if name.endswith("query_embed.weight"):
        return -1.7, 1.7
    if name.endswith("level_embed"):
        return -0.5, 0.5
    if len(shape) > 1:
        # 3 / inputs is the variance of a layer that keeps the variance.
        gains = {"backbone": 1.4, "sampling_offsets": 2.0, "attention_weights": 2.0,
                 "in_proj": 2.0, "reference_points": 1.5, "class_embed": 0.7}  # fmt: skip
        gain = next((g for part, g in gains.items() if part in name), 1.0)
        reach = gain * float(3 / np.prod(shape[1:])) ** 0.5
        return -reach, reach
    if "bn3" in name and name.endswith("weight"):
        return 0.2, 0.4  # a block adds a little to what passes by it
    if name.endswith(("running_var", ".weight")):
        return 0.8, 1.2
    if "class_embed" in name:
        return -2.0, 0.0
    return (-3.0, 3.0) if "sampling_offsets" in name else (-0.3, 0.3)


def scene(seed: int) -> tuple[list[np.ndarray], list[np.ndarray], list[np.ndarray]]:
    """Images (h, w, 3) of bytes; boxes (g, 4) in corners, inside their image; labels (g,)."""
    random = np.random.RandomState(seed + 300)
    images = [random.randint(0, 256, (*size, 3), dtype=np.uint8) for size in SIZES]
    boxes, labels = [], []
    for num, (h, w) in zip(NUM_BOXES, SIZES, strict=True):
        ends = np.sort(random.uniform(0, 1, (num, 2, 2)), 1) * [w, h]
        low, high = ends[:, 0] * 0.8, ends[:, 0] * 0.8 + (ends[:, 1] - ends[:, 0]) * 0.8 + 6
        boxes.append(np.concatenate([low, high.clip(max=[w, h])], 1).astype(np.float32))
        labels.append(random.randint(0, NUM_CLASSES, num))
    return images, boxes, labels


def packed(table: object) -> str:
    """JSON in a short text: names repeat themselves."""
    return base64.b64encode(zlib.compress(json.dumps(table).encode(), 9)).decode()


def unpacked(text: str):
    """What was ``packed``."""
    return json.loads(zlib.decompress(base64.b64decode(text)))


class _Anything(types.ModuleType):
    """A module that has every name."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return


def prepare_imports(folder: Path) -> None:
    """Their code, and what stands for the compiled operator."""
    import torchvision

    torchvision.__version__ = "0.9.0"
    sys.path.insert(0, str(folder))
    sys.modules["MultiScaleDeformableAttention"] = types.ModuleType("operator")
    functions = importlib.import_module("models.ops.functions.ms_deform_attn_func")

    class InTorch:
        @staticmethod
        def apply(values, sizes, starts, places, weights, step):
            sizes = [tuple(size) for size in sizes.tolist()]
            return functions.ms_deform_attn_core_pytorch(values, sizes, places, weights)

    importlib.import_module("models.ops.modules.ms_deform_attn").MSDeformAttnFunction = InTorch
    # What main.py imports to train, and not to parse its arguments.
    for name in ("engine", "datasets", "datasets.samplers"):
        sys.modules[name] = _Anything(name)
    # No weights of ImageNet: their code would download them.
    importlib.import_module("models.backbone").is_main_process = lambda: False


def build(variant: str, num_classes: int, **changes) -> tuple[nn.Module, nn.Module]:
    """Their model and criterion. They know 91 classes or 20, so the number is put in between."""
    module = importlib.import_module("models.deformable_detr")
    parser = importlib.import_module("main").get_args_parser()
    args = parser.parse_args(["--device", "cpu"])
    vars(args).update(VARIANTS[variant] | changes)
    model, criterion = module.DeformableDETR, module.SetCriterion

    def with_number(kind):
        def made(*given, **named):
            if "num_classes" in named:
                named["num_classes"] = num_classes
            else:
                given = (num_classes, *given[1:])
            return kind(*given, **named)

        return made

    module.DeformableDETR, module.SetCriterion = with_number(model), with_number(criterion)
    try:
        built, its_criterion, _ = module.build(args)
    finally:
        module.DeformableDETR, module.SetCriterion = model, criterion
    return built, its_criterion


def initial(model: nn.Module) -> dict[str, list[float]]:
    """Mean, deviation, smallest and largest value of every parameter beside the backbone's."""
    return {
        name: [float(f"{x:.4g}") for x in (p.mean(), p.std(unbiased=False), p.min(), p.max())]
        for name, p in model.named_parameters(remove_duplicate=False)
        if not name.startswith(
            ("backbone", "transformer.decoder.bbox", "transformer.decoder.class")
        )
        and not re.search(r"coder.layers\.[1-5]\.[a-z]", name)
    }


def nested(images: list[np.ndarray]):
    pixels = torch.zeros(len(images), 3, *CANVAS)
    mask = torch.ones(len(images), *CANVAS, dtype=torch.bool)
    for row, image in enumerate(images):
        h, w = image.shape[:2]
        normal = (torch.from_numpy(image).float() / 255 - torch.tensor(MEAN)) / torch.tensor(STD)
        pixels[row, :, :h, :w] = normal.permute(2, 0, 1)
        mask[row, :h, :w] = False
    return importlib.import_module("util.misc").NestedTensor(pixels, mask)


def answers(model: nn.Module, criterion: nn.Module, seed: int) -> dict[str, Tensor]:
    images, boxes, labels = scene(seed)
    targets = []
    for (h, w), box, label in zip(SIZES, boxes, labels, strict=True):
        low, high = torch.from_numpy(box).chunk(2, -1)
        shares = torch.cat([(low + high) / 2, high - low], -1) / torch.tensor([w, h, w, h])
        targets.append({"boxes": shares, "labels": torch.from_numpy(label)})
    matched, ask = [], criterion.matcher.forward

    def watched(outputs, targets):
        indices = ask(outputs, targets)
        rows = torch.full(outputs["pred_logits"].shape[:2], -1)
        for row, (query, column) in zip(rows, indices, strict=True):
            row[query] = column
        matched.append(rows)
        return indices

    criterion.matcher.forward = watched
    outputs = model(nested(images))
    losses = criterion(outputs, targets)
    names = [name for name in losses if name.startswith(TERMS)]
    total = sum(losses[name] * criterion.weight_dict[name] for name in names)
    total.backward()
    # The heads of a refined model are in its decoder, too.
    parameters = dict(model.named_parameters(remove_duplicate=False))
    layers = [*outputs["aux_outputs"], outputs]
    # Their last layer is matched first.
    order = [*range(1, 6), 0]
    kept = {
        "logits": torch.stack([layer["pred_logits"] for layer in layers]),
        "boxes": torch.stack([layer["pred_boxes"] for layer in layers]),
        "terms": torch.stack([losses[name] for name in names]),
        "total": total,
        "matched": torch.stack([matched[i] for i in order]).to(torch.int8),
        "gradients": torch.stack([parameters[name].grad.norm() for name in GRADIENTS]),
    }
    if "enc_outputs" in outputs:
        cells = outputs["enc_outputs"]
        kept["encoder_logits"] = cells["pred_logits"][:, ::4]
        kept["encoder_boxes"] = cells["pred_boxes"][:, ::4]
        kept["encoder_matched"] = matched[6].to(torch.int8)
        _report_selection(cells["pred_logits"][..., 0])
    return kept | {"names": names}  # type: ignore[return-value]


def _report_selection(scores: Tensor) -> None:
    """How far the choice of the cells is from a tie."""
    best = scores.sort(-1, descending=True).values
    gaps = best[:, :NUM_QUERIES] - best[:, 1 : NUM_QUERIES + 1]
    print("smallest gap between the chosen cells", gaps.min(1).values.tolist())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--code", type=Path, required=True, help="folder with their models/")
    folder = parser.parse_args().code
    sys.argv = sys.argv[:1]
    prepare_imports(folder)
    from safetensors.torch import save_file

    kept, shapes, starts, names, counts = {}, {}, {}, {}, {}
    for variant, seed in SEEDS.items():
        torch.manual_seed(0)
        whole = build(variant, 91)[0]
        counts[variant] = sum(p.numel() for p in whole.parameters())
        starts[variant] = initial(whole)
        model, criterion = build(variant, NUM_CLASSES, num_queries=NUM_QUERIES, dropout=0.0)
        tied = "with_box_refine" not in VARIANTS[variant]
        shapes[variant] = {name: list(x.shape) for name, x in model.state_dict().items()}
        state = {
            name: filled(one_name(name, tied=tied), tuple(shape), seed)
            for name, shape in shapes[variant].items()
        }
        model.load_state_dict(state)
        found = answers(model, criterion, seed)
        names[variant] = found.pop("names")
        kept |= {f"{variant}.{name}": x.detach().contiguous() for name, x in found.items()}
        print(variant, counts[variant], found["total"].item(), found["terms"][:3].tolist(),
              "deviation over queries: logits", found["logits"].std(2).mean().item(),
              "boxes", found["boxes"].std(2).mean((0, 1)).tolist(), found["gradients"].tolist())  # fmt: skip
    metadata = {
        "origin": "fundamentalvision/Deformable-DETR 11169a60c33333af00a4849f1808023eba96a931",
        "torch": torch.__version__,
        "state_dict": json.dumps({name: packed(table) for name, table in shapes.items()}),
        "initial": packed(starts),
        "terms": json.dumps(names),
        "parameters": json.dumps(counts),
    }
    save_file(kept, GOLDENS, metadata=metadata)
    print(f"{GOLDENS.name}: {GOLDENS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
