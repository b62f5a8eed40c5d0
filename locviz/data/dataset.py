"""What every data set of locviz looks like: a map-style PyTorch ``Dataset`` of (image, targets)
pairs.

There is no base class to inherit from. ``SampleSet`` and ``DetectionSet`` are protocols: your own
class fits them if it has their methods.
"""

from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from locviz.inputs import Inputs
from locviz.types import (
    Targets,
)

Sample = tuple[Float[Tensor, "3 h w"], Targets]
# The same where there may be more to look at than pixels: the ``Inputs`` of one example.
Example = tuple[Tensor | Inputs, Targets]


@runtime_checkable
class SampleSet(Protocol):
    """Anything with a length whose items are samples; a plain list of (image, targets) pairs is
    one.
    """

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Sample: ...


@runtime_checkable
class DetectionSet(SampleSet, Protocol):
    """A data set: ``dataset[i]`` is (image (3, h, w) float32 in 0..1, Targets),
    ``class_names[label]`` a plain text.
    """

    @property
    def class_names(self) -> tuple[str, ...]:
        """The name of each label, in the order of the labels. Text from a file: show it as text,
        never as HTML.
        """
        ...


def checked_index(index: int, length: int) -> int:
    """Return ``index`` in 0..length-1, counting negative ones from the end.

    Raises:
        IndexError: it is outside the data set. A plain ``for sample in dataset`` ends by this error.
    """
    if not -length <= index < length:
        raise IndexError(f"index {index} is outside a data set of {length} samples")
    return int(index) % length


def checked_split(split: str, splits: tuple[str, ...]) -> str:
    """Return ``split`` if it is one of ``splits``; raise a ValueError that lists them otherwise."""
    if split not in splits:
        raise ValueError(f"split must be one of {', '.join(splits)}, got {split!r}")
    return split
