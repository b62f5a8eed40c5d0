"""What a detector predicts for a few scenes at chosen steps of its training.

Assigners that look at predictions need some.

A ``Replay`` comes from a file that ships (``Replay.load``), from a live detector
(``Replay.watch``), or is made up (``Replay.synthetic``). All lengths are pixels of the images as
they were given.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from locviz.priors import PointPriors
from locviz.types import ImagePredictions, Priors, Targets
from locviz.widgets.assignlab.made_up import made_up

FOLDER = Path(__file__).parents[2] / "checkpoints" / "replays"
_CARD = ("class_names", "levels", "steps", "data", "recipe", "measured", "licence")
_HALF = ("logits", "regions", "quality")


@dataclass(frozen=True, eq=False, kw_only=True)
class Replay:
    """Raw predictions of ``n`` images at ``s`` training steps.

    Shapes: ``logits`` (s, n, p, k) class scores before the sigmoid; ``regions`` (s, n, p, 2*dim)
    decoded, in pixels; ``quality`` (s, n, p) logits or None. ``priors`` are the same for all
    images: these have one size. ``about`` is what the card says beyond that.

    Raises:
        ValueError: the shapes do not fit, or names or labels go beyond the k classes.
    """

    steps: tuple[int, ...]
    targets: tuple[Targets, ...]
    class_names: tuple[str, ...]
    priors: Priors
    logits: Float[Tensor, "s n p k"]
    regions: Float[Tensor, "s n p coords"]
    quality: Float[Tensor, "s n p"] | None = None
    images: tuple[Tensor, ...] | None = None
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        where = (len(self.steps), len(self.targets), len(self.priors))
        for name in _HALF:
            value = getattr(self, name)
            if value is not None and tuple(value.shape[:3]) != where:
                raise ValueError(
                    f"Replay.{name} is {tuple(value.shape)}: it must begin with (steps, images, "
                    f"priors) = {where}"
                )
        if self.images is not None and len(self.images) != len(self.targets):
            raise ValueError(
                f"Replay has {len(self.images)} images and {len(self.targets)} targets: "
                "give one each"
            )
        if not self.steps or not self.targets:
            raise ValueError("Replay is empty: it needs at least one step and one image")
        classes = self.logits.shape[-1]
        if len(self.class_names) != classes:
            raise ValueError(
                f"class_names has {len(self.class_names)} names, but the logits have {classes} columns: give one "
                "name per class that the detector tells apart by a sigmoid (AssignLab knows no background column)"
            )
        for target in self.targets:
            target.check(classes)

    def predicted(self, step: int, image: int) -> ImagePredictions:
        """The predictions for one image at ``steps[step]``, as an assigner is given them."""
        return ImagePredictions(
            logits=self.logits[step, image],
            regions=self.regions[step, image],
            quality=None if self.quality is None else self.quality[step, image],
        )

    # From and to disk

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of the replays that ship."""
        return sorted(path.stem for path in FOLDER.glob("*.json"))

    @classmethod
    def load(cls, name: str | Path) -> "Replay":
        """Read a replay: the name of one that ships, or a path.

        Raises:
            ValueError: nothing of that name ships, or the file or its card is damaged.
            FileNotFoundError: there is no such file.
        """
        if isinstance(name, str) and "/" not in name and not name.endswith(".safetensors"):
            if name not in cls.names():
                raise ValueError(
                    f"no replay called {name!r} ships: choose one of {', '.join(cls.names())}"
                )
            return _read(FOLDER / f"{name}.safetensors")
        return _read(Path(name))

    def save(self, path: str | Path) -> Path:
        """Write ``path`` (safetensors) and its card (JSON) beside it.

        Predictions are written in half precision.
        """
        from safetensors.torch import save

        path = Path(path).with_suffix(".safetensors")
        path.parent.mkdir(parents=True, exist_ok=True)
        tensors = {name: getattr(self, name) for name in _HALF if getattr(self, name) is not None}
        tensors = {
            name: value.clamp(-6e4, 6e4).to(torch.float16).contiguous()
            for name, value in tensors.items()
        }
        if self.images is not None:
            tensors["images"] = (torch.stack(self.images) * 255).round().to(torch.uint8)
        tensors["boxes"] = torch.cat([target.boxes for target in self.targets])
        tensors["labels"] = torch.cat([target.labels for target in self.targets])
        tensors["counts"] = torch.tensor([len(target) for target in self.targets])
        tensors["prior_regions"], tensors["strides"] = self.priors.regions, self.priors.strides
        card = {
            "class_names": self.class_names,
            "levels": self.priors.levels,
            "steps": self.steps,
            **self.about,
        }
        card["size"] = self.targets[0].size
        _put(path, save(tensors))
        _put(path.with_suffix(".json"), (json.dumps(card, indent=2) + "\n").encode())
        return path

    # From a detector, or made up

    @classmethod
    def watch(
        cls,
        detector: nn.Module,
        images: Sequence[Tensor],
        targets: Sequence[Targets],
        *,
        class_names: Sequence[str] | None = None,
        step: int = 0,
    ) -> "Replay":
        """Return what ``detector`` predicts now.

        Args:
            detector: a dense detector of ``locviz.models``; its mode is left as it is.
            images: (3, h, w) in 0..1, all of one size.
            targets: one per image, of the same dimension.
            class_names: in label order; numbers if not given.
            step: how long it was trained.

        Raises:
            ValueError: the images differ in size, or there is not one target each.
        """
        from locviz.train.device import home_of
        from locviz.train.inference import evaluating

        if len(images) != len(targets) or not len(images):
            raise ValueError(
                f"got {len(images)} images and {len(targets)} targets: give one Targets per image"
            )
        if len({tuple(image.shape) for image in images}) > 1:
            raise ValueError(
                "images differ in size: show them one widget each, or resize them first"
            )
        home = home_of(detector)
        with evaluating(detector):
            predicted = detector([image.to(home) for image in images])
            regions = detector.regions(predicted)  # type: ignore[operator]
        scale = predicted.scales[0].repeat(2)
        quality = predicted.quality
        names = class_names or [str(k) for k in range(predicted.logits.shape[-1])]
        return cls(
            steps=(step,),
            images=tuple(image.detach().cpu() for image in images),
            targets=tuple(target.to("cpu") for target in targets),
            class_names=tuple(map(str, names)),
            priors=_rescaled(predicted.priors, scale).to("cpu"),
            logits=predicted.logits[None].float().cpu(),
            regions=(regions / scale)[None].float().cpu(),
            quality=None if quality is None else quality[None].float().cpu(),
        )

    @classmethod
    def join(cls, parts: Sequence["Replay"], *, about: Mapping[str, Any] | None = None) -> "Replay":
        """Return replays of the same images at different steps as one."""
        stacked = {
            name: None
            if getattr(parts[0], name) is None
            else torch.cat([getattr(part, name) for part in parts])
            for name in _HALF
        }
        return replace(
            parts[0],
            steps=tuple(s for part in parts for s in part.steps),
            about=dict(about or {}),
            **stacked,
        )

    @classmethod
    def synthetic(
        cls,
        targets: Sequence[Targets],
        *,
        images: Sequence[Tensor] | None = None,
        class_names: Sequence[str] | None = None,
        priors: Priors | None = None,
        strides: Sequence[int] = (4, 8, 16),
        seed: int = 0,
    ) -> "Replay":
        """Return made-up predictions: the truth, jittered less and less at four "steps".

        Step 0 is pure noise. Every prior predicts the nearest object whose region holds its centre,
        as a network that looks at its surroundings would, or a region of about its own size where
        there is none.
        """
        if not targets:
            raise ValueError("targets is empty: AssignLab needs at least one image")
        if len({target.size for target in targets}) > 1:
            raise ValueError(
                "targets differ in size: show them one widget each, or resize them first"
            )
        if priors is None:
            priors = _grid_points([int(extent) for extent in targets[0].size], strides)
        names = class_names or _numbers(targets)
        logits, regions, quality = _jittered(priors, targets, len(names), seed)
        return cls(
            steps=(0, 1, 2, 3),
            targets=tuple(targets),
            class_names=tuple(map(str, names)),
            priors=priors,
            logits=logits,
            regions=regions,
            quality=quality,
            images=None if images is None else tuple(images),
            about={"data": "made-up predictions: the truth, jittered"},
        )


def _rescaled(priors: Priors, scale: Tensor) -> Priors:
    """Return priors of the detector's input in pixels of the image; ``scale`` (2*dim,)."""
    strides = priors.strides / scale.mean()
    return replace(priors, regions=priors.regions / scale, strides=strides)


def _grid_points(size: Sequence[int], strides: Sequence[int]) -> Priors:
    """Return a point per cell of each stride, over an image of ``size``."""
    cells = [[-(-side // stride) for side in size] for stride in strides]
    return PointPriors(strides=list(strides))(cells, input_size=list(size))


def _jittered(
    priors: Priors, targets: Sequence[Targets], num_classes: int, seed: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return logits, regions and quality, (4, n, p, ..), of four steps with less and less noise."""
    generator = torch.Generator().manual_seed(seed)
    made = [
        [made_up(priors, truth, num_classes, jitter, generator) for truth in targets]
        for jitter in (1.0, 0.6, 0.3, 0.1)
    ]
    logits, regions, quality = (
        torch.stack([torch.stack([one[i] for one in row]) for row in made]) for i in range(3)
    )
    return logits, regions, quality


def _numbers(targets: Sequence[Targets]) -> list[str]:
    most = max((int(truth.labels.max()) for truth in targets if len(truth)), default=0)
    return [str(k) for k in range(most + 1)]


def _read(path: Path) -> Replay:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    for file in (path, path.with_suffix(".json")):
        if not file.is_file():
            raise FileNotFoundError(
                f"no replay at {file}: Replay.save writes the file and its card together"
            )
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        tensors = load_file(path)
        size, counts = tuple(card.pop("size")), tensors["counts"].tolist()
        pairs = zip(tensors["boxes"].split(counts), tensors["labels"].split(counts), strict=True)
        priors = Priors(tensors["prior_regions"], tensors["strides"], tuple(card.pop("levels")))
        images = tensors.get("images")
        return Replay(
            targets=tuple(Targets(boxes=b, labels=k, size=size, image_id=i) for i, (b, k) in enumerate(pairs)),
            class_names=tuple(card.pop("class_names")), steps=tuple(card.pop("steps")), priors=priors,
            images=None if images is None else tuple(images.float() / 255), about=card,
            **{name: tensors[name].float() if name in tensors else None for name in _HALF},  # type: ignore[arg-type]
        )  # fmt: skip
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise ValueError(
            f"{path} is no replay, or a damaged one ({error}): get it again"
        ) from error


def _put(path: Path, content: bytes) -> None:
    aside = path.with_name(path.name + ".partial")
    aside.write_bytes(content)
    os.replace(aside, path)


def gathered(targets, images, class_names, priors, predictions: Replay | None) -> Replay:
    """Return the replay that AssignLab shows: given, made up, or one crowded scene.

    Raises:
        TypeError: ``predictions`` is no ``Replay``.
        ValueError: something came twice, or images without targets.
    """
    if predictions is not None:
        if not isinstance(predictions, Replay):
            raise TypeError(
                f"predictions must be a Replay (see Replay.watch), got {type(predictions).__name__}"
            )
        if any(value is not None for value in (targets, images, class_names, priors)):
            raise ValueError(
                "predictions holds targets, images, class_names and priors already: give it alone"
            )
        return predictions
    if targets is None:
        if images is not None:
            raise ValueError("images came without targets: give one Targets per image")
        from locviz.data import Shapes

        shapes = Shapes(level="crowded", split="test", num_scenes=12)
        images, targets, class_names = (
            [shapes[11][0]],
            [shapes[11][1]],
            class_names or shapes.class_names,
        )
    truths = [targets] if isinstance(targets, Targets) else list(targets)
    pictures = [images] if isinstance(images, Tensor) else images
    return Replay.synthetic(truths, images=pictures, class_names=class_names, priors=priors)
