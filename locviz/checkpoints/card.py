"""A detector on disk: its weights (safetensors) beside a card (JSON) that describes them and how
they were trained.

The card names the preset that builds the detector, its classes and its input size, so
``load_detector`` needs nothing but the path. Reading runs no code from the files.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from torch import nn

from locviz.layers import Prepare
from locviz.models import PRESETS, Detector
from locviz.train.checkpoint import put_weights


@dataclass(frozen=True, kw_only=True)
class WeightsCard:
    """What a file of weights is.

    Attributes:
        preset: the name of the function that builds the detector.
        class_names: in the order of the labels. They come from data: show them as text, never as
            HTML.
        image_size: pixels of the shorter side that images are resized to; None leaves them as they
            are.
        data: what it was trained on.
        recipe: the numbers of the training run, batch size and seed included.
        measured: figures such as ``{"AP50": 0.95}`` and what they were measured on.
        licence: of the weights.
    """

    preset: str
    class_names: tuple[str, ...]
    image_size: int | None = None
    data: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    measured: Mapping[str, Any] = field(default_factory=dict)
    licence: str = ""

    def build(self) -> Detector:
        """The detector, with random weights.

        Raises:
            ValueError: ``preset`` is not one of ours, or it cannot be given an image size.
        """
        if self.preset not in PRESETS:
            raise ValueError(f"unknown preset {self.preset!r}: choose one of {', '.join(PRESETS)}")
        preset, num_classes = PRESETS[self.preset], len(self.class_names)
        detector = preset(num_classes)
        if self.image_size is not None:
            if not isinstance(detector.prepare, Prepare):
                raise ValueError(f"{self.preset} looks at no images: image_size must be null")
            detector.prepare = resized(detector.prepare, self.image_size)
        return detector


def resized(prepare: Prepare, image_size: int) -> Prepare:
    """The same preparation, but the shorter side becomes ``image_size`` and the longer at most
    twice as long. A letterbox (YOLOX's) stays one: a square of ``image_size``.
    """
    letterboxed = prepare.least == prepare.shorter == prepare.longer
    return Prepare(
        mean=prepare.mean.flatten().tolist(),
        std=prepare.std.flatten().tolist(),
        shorter=image_size,
        longer=image_size if letterboxed else 2 * image_size,
        divisor=prepare.divisor,
        least=image_size if letterboxed else prepare.least,
        padding=prepare.padding,
        channels=prepare.channels,
    )


def save_detector(
    detector: nn.Module, card: WeightsCard, path: str | Path, *, dtype: torch.dtype | None = None
) -> None:
    """Write ``path`` (``.safetensors``) and its card (``.json``). Each is written to a temporary file
    and renamed, so that no reader sees half a file.

    Args:
        detector: its weights are written.
        card: describes them.
        path: of the weights; the card gets the same name.
        dtype: store floating-point weights in this type, such as ``torch.float16`` at half the
            size; None keeps theirs.
    """
    from safetensors.torch import save

    path = _weights_path(path)
    state = {
        name: (tensor.to(dtype) if dtype and tensor.is_floating_point() else tensor)
        .cpu()
        .contiguous()
        for name, tensor in detector.state_dict().items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    # The card last: weights without a card cannot be loaded, so a crash between the two leaves no
    # new card with old weights.
    _put(path, save(state))
    _put(path.with_suffix(".json"), (json.dumps(asdict(card), indent=2) + "\n").encode())


def load_detector(path: str | Path) -> tuple[Detector, WeightsCard]:
    """Build the detector that a card describes and load its weights; it is in evaluation mode, on
    the CPU.

    Raises:
        FileNotFoundError: the weights or their card do not exist.
        ValueError: one of the files is damaged, or the weights belong to another detector.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = _weights_path(path)
    card = read_card(path.with_suffix(".json"))
    if not path.is_file():
        raise FileNotFoundError(f"no weights at {path}: only their card is there")
    try:
        state = load_file(path)
    except SafetensorError as error:
        raise ValueError(
            f"{path} is no safetensors file, or a truncated one ({error}): get it again"
        ) from error
    detector = card.build()
    own = detector.state_dict()
    # Half-precision files become float32 again, the type of the detector.
    state = {name: x.to(own[name].dtype) if name in own else x for name, x in state.items()}
    put_weights(detector, state, source=str(path))
    return detector.eval(), card


def read_card(path: str | Path) -> WeightsCard:
    """Read a card.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is not JSON, or a field is missing, unknown or not valid.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"no card at {path}: weights need the JSON file that save_detector wrote beside them"
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return _checked(
            WeightsCard(**{**content, "class_names": tuple(content["class_names"])}),
            content["class_names"],
        )
    except (ValueError, KeyError, TypeError) as error:
        wanted = ", ".join(f.name for f in fields(WeightsCard))
        raise ValueError(
            f"{path} is no card of locviz ({error}): it must be JSON with {wanted}"
        ) from error


def _checked(card: WeightsCard, names: Any) -> WeightsCard:
    """Return the card if its fields are what a detector can be built from."""
    if not isinstance(card.preset, str):
        raise TypeError(f"preset must be a name, got {card.preset!r}")
    if not names or not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"class_names must be a list of names, got {names!r}")
    size = card.image_size
    if size is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        raise TypeError(f"image_size must be a whole number of pixels or null, got {size!r}")
    return card


def _weights_path(path: str | Path) -> Path:
    path = Path(path)
    return path if path.suffix == ".safetensors" else path.with_name(path.name + ".safetensors")


def _put(path: Path, content: bytes) -> None:
    aside = path.with_name(path.name + ".partial")
    with open(aside, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
