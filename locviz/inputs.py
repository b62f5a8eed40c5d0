"""What a model is asked, in one type that can hold pixels, clips and text; and what a network is
given of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from jaxtyping import Float
from torch import Tensor

from locviz.types import Movable


@dataclass(frozen=True, eq=False)
class Inputs(Movable):
    """What a model is given to look at: one entry per example in every field that is not empty.

    A detector of objects needs ``images``, and takes a plain list of them, too. Moment retrieval
    needs ``clips`` and ``texts``, grounding ``images`` and ``texts``.

    Shapes: ``images`` (3, h, w) each, in 0..1; ``clips`` (t, c) features each, or (t, 3, h, w)
    frames; ``texts`` one string each. Sizes may differ from example to example.

    Raises:
        TypeError: ``texts`` is one string.
        ValueError: the fields that are not empty differ in length.
    """

    images: tuple[Tensor, ...] = ()
    clips: tuple[Tensor, ...] = ()
    texts: tuple[str, ...] = ()

    def __post_init__(self):
        if isinstance(self.texts, str):
            raise TypeError("Inputs.texts holds one string per example: write texts=(text,)")
        for name in ("images", "clips", "texts"):
            # ``to(device)`` moves tuples; a list that stays one would be left behind.
            object.__setattr__(self, name, tuple(getattr(self, name)))
        lengths = {f.name: len(getattr(self, f.name)) for f in fields(self)}
        if len(set(lengths.values()) - {0}) > 1:
            raise ValueError(
                f"Inputs needs one entry per example in each field, got {lengths}: "
                "leave out a field that no example has"
            )

    def __len__(self) -> int:
        return max(len(self.images), len(self.clips), len(self.texts))


def as_inputs(inputs: "Inputs | Sequence[Tensor]") -> Inputs:
    """The same as ``Inputs``: a bare list holds images (3, h, w), or clips of features (t, c)."""
    if isinstance(inputs, Inputs):
        return inputs
    # Features of a clip have two axes, an image has three; anything else counts as an image, and
    # the detector's own check then explains what is wrong with it.
    if len(inputs) and all(isinstance(x, Tensor) and x.ndim == 2 for x in inputs):
        return Inputs(clips=tuple(inputs))
    return Inputs(images=tuple(inputs))


def batch_inputs(examples: "Sequence[Tensor | Inputs]") -> "list[Tensor] | Inputs":
    """Join the inputs of single examples into those of a batch.

    Each is an image (3, h, w), a clip (t, c) or an ``Inputs``. Tensors alone become a list.
    """
    if not any(isinstance(example, Inputs) for example in examples):
        return list(examples)  # type: ignore[arg-type]
    # A tensor beside an ``Inputs`` becomes an ``Inputs`` of one example.
    joined = [as_inputs(e if isinstance(e, Inputs) else [e]) for e in examples]
    return Inputs(
        **{f.name: tuple(x for one in joined for x in getattr(one, f.name)) for f in fields(Inputs)}
    )


def move_inputs(
    inputs: "Inputs | Sequence[Tensor]", device: torch.device | str
) -> "list[Tensor] | Inputs":
    """The inputs of a batch on ``device``; a list of images (3, h, w) or clips (t, c) stays a list."""
    if isinstance(inputs, Inputs):
        return inputs.to(device)
    return [image.to(device) for image in inputs]


@dataclass(frozen=True, eq=False)
class PreparedBatch(Movable):
    """Inputs of one size, as a network takes them, and the numbers that map its regions back.

    Shapes: ``values`` (b, 3, h, w) normalised pixels, or (b, c, t) features of clips, padded;
    ``sizes`` (h, w) of each image as it was given, or (length,) of a clip; ``scales`` (b, dim)
    input pixels per given pixel, x first. ``texts`` are the inputs' own.
    """

    values: Float[Tensor, "b c *space"]
    sizes: tuple[tuple[int | float, ...], ...]
    scales: Float[Tensor, "b dim"]
    texts: tuple[str, ...] = ()

    @property
    def extents(self) -> Float[Tensor, "b dim"]:
        """How many input pixels of each axis belong to the input itself, (b, dim), x first; what
        lies beyond is padding.
        """
        # Sizes are (h, w), as in a tensor.
        given = self.scales.new_tensor([size[::-1] for size in self.sizes])
        return (given * self.scales).round()
