"""A training of a query detector on film: what it looked at, and who was matched, at chosen steps.

A ``QueryReplay`` comes from a live training (``QueryRecorder``) or from a file
(``QueryReplay.load``): one that ships, or one's own.
"""

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from locviz.types import Targets
from locviz.widgets.querylab.looking import Look, flips, look_at

if TYPE_CHECKING:
    from locviz.train import Step

FOLDER = Path(__file__).parents[2] / "checkpoints" / "query_replays"
SHIPPED = "detr_tiny"
"""The film that ``QueryLab()`` opens."""
# What a look holds, and how it is written.
_TENSORS = {
    "scores": torch.float16,
    "regions": torch.float32,
    "matches": torch.int16,
    "self_attention": torch.float16,
    "cells": torch.float16,
    "places": torch.float16,
    "shares": torch.float16,
    "references": torch.float32,
}
_SUMS = ("self_attention", "cells", "shares")
_CARD = ("class_names", "steps", "size", "extent", "level_sizes")


@dataclass(frozen=True, eq=False, kw_only=True)
class QueryReplay:
    """Looks of one detector at one image, in the order of its training.

    ``about`` is what the card of a file says beyond that; its ``source`` says in words which
    detector looks.
    """

    looks: tuple[Look, ...]
    image: Tensor
    targets: Targets
    class_names: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        if not self.looks:
            raise ValueError("the replay is empty: it needs at least one look")

    @property
    def steps(self) -> tuple[int, ...]:
        """The training steps that were looked at."""
        return tuple(look.step for look in self.looks)

    def flips(self, layer: int = -1) -> list[tuple[int, int]]:
        """How many objects have another query than at the look before: (step, number) pairs.

        Args:
            layer: of the decoder; the last one.

        Raises:
            IndexError: there is no such layer.
        """
        num = len(self.targets)
        owners = [look.owners(layer, num) for look in self.looks]
        counts = [len(flips(*pair)) for pair in itertools.pairwise(owners)]
        return list(zip(self.steps[1:], counts, strict=True))

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of the replays that ship."""
        return sorted(path.stem for path in FOLDER.glob("*.json"))

    @classmethod
    def load(cls, name: str | Path = SHIPPED) -> "QueryReplay":
        """Read a replay: the name of one that ships, or a path.

        Raises:
            ValueError: nothing of that name ships, or the file or its card is damaged.
            FileNotFoundError: there is no such file.
        """
        if isinstance(name, str) and "/" not in name and not name.endswith(".safetensors"):
            if name not in cls.names():
                known = ", ".join(cls.names())
                raise ValueError(f"no replay called {name!r} ships: choose one of {known}")
            return _read(FOLDER / f"{name}.safetensors")
        return _read(Path(name))

    def save(self, path: str | Path) -> Path:
        """Write ``path`` (safetensors) and its card (JSON) beside it.

        Small: attention as the mean of its heads, in half precision.
        """
        from safetensors.torch import save

        path = Path(path).with_suffix(".safetensors")
        path.parent.mkdir(parents=True, exist_ok=True)
        looks = [look.mean_of_heads() for look in self.looks]
        tensors = {
            name: torch.stack([getattr(look, name) for look in looks]).to(kind).contiguous()
            for name, kind in _TENSORS.items()
            if getattr(looks[0], name) is not None
        }
        of_pixels = self.image.ndim == 3
        tensors["image"] = (self.image * 255).round().byte() if of_pixels else self.image.float()
        tensors["boxes"], tensors["labels"] = self.targets.boxes.float(), self.targets.labels
        path.write_bytes(save({name: value.contiguous() for name, value in tensors.items()}))
        card = {
            "class_names": self.class_names,
            "steps": self.steps,
            "size": tuple(map(float, self.targets.size)),
            "extent": looks[0].extent,
            "level_sizes": looks[0].level_sizes,
            **self.about,
        }
        path.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
        return path


class QueryRecorder:
    """Looks at an image now and then while a detector is trained.

    >>> recorder = QueryRecorder(detector, image, targets, every=10)  # doctest: +SKIP
    >>> for step in recorder.watch(train(detector, batches, recipe)):  # doctest: +SKIP
    ...     pass
    >>> QueryLab.replay(recorder.replay())  # doctest: +SKIP

    For several images, let one recorder watch what another one yields.

    Args:
        detector: a ``QueryDetector``.
        image: (3, h, w) in 0..1, or what a detector of spans is given.
        targets: its ground truth.
        class_names: in label order; their numbers if not given.
        at: look after so many steps; 0 is before the first.
        every: look after every so many steps, before the first, and after the last.
        source: which detector looks, in words.

    Raises:
        ValueError: not one of ``at`` and ``every``, or they are not whole numbers of steps.
    """

    def __init__(
        self,
        detector: nn.Module,
        image: Tensor,
        targets: Targets,
        *,
        class_names: Sequence[str] | None = None,
        at: Iterable[int] | None = None,
        every: int | None = None,
        source: str = "your detector, while it was trained",
    ):
        if (at is None) == (every is None):
            raise ValueError("give one of at=(0, 10, 100) and every=10")
        self._at = None if at is None else frozenset(at)
        if min(self._at or (0,)) < 0 or (every is not None and every < 1):
            raise ValueError(f"steps are counted from 0, got at={at}, every={every}")
        self._every = every
        self._detector, self._image, self._targets = detector, image, targets
        self._class_names, self._source = class_names, source
        self._looks: list[Look] = []

    def watch(self, steps: "Iterable[Step]") -> "Iterator[Step]":
        """Yield the steps of ``locviz.train.train`` on, unchanged, and look where it is time."""
        first = self._wanted(0)
        before = look_at(self._detector, self._image, self._targets) if first else None
        for step in steps:
            if before is not None:  # a training that goes on does not begin at 0
                self._looks.append(replace(before, step=step.index))
                before = None
            done = step.index + 1
            last = self._every is not None and done == step.num_steps
            if last or self._wanted(done):
                self.look(done, detector=step.detector)
            yield step

    def _wanted(self, done: int) -> bool:
        return done in self._at if self._at is not None else done % (self._every or 1) == 0

    def look(self, step: int, *, detector: nn.Module | None = None) -> Look:
        """Look now, by hand, and call it ``step``.

        Args:
            step: greater than that of the look before.
            detector: another one than the constructor's, such as a moving average of it.
        """
        look = look_at(detector or self._detector, self._image, self._targets, step=step)
        self._looks.append(look)
        return look

    def flips(self, layer: int = -1) -> list[tuple[int, int]]:
        """How many objects changed their query since the look before: ``QueryReplay.flips``."""
        return self.replay().flips(layer)

    def replay(self, **about: Any) -> QueryReplay:
        """What was recorded so far.

        Args:
            about: what else the card says.

        Raises:
            ValueError: nothing was recorded.
        """
        num = self._looks[0].scores.shape[-1] if self._looks else 0
        names = self._class_names or range(num)
        return QueryReplay(
            looks=tuple(self._looks),
            image=self._image.detach().cpu().float(),
            targets=self._targets.to("cpu"),
            class_names=tuple(map(str, names)),
            about={"source": self._source, **about},
        )


def _read(path: Path) -> QueryReplay:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    for file in (path, path.with_suffix(".json")):
        if not file.is_file():
            raise FileNotFoundError(
                f"no replay at {file}: QueryReplay.save writes the file and its card together"
            )
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        tensors = load_file(path)
        names, steps, size, extent, level_sizes = (card.pop(name) for name in _CARD)
        image = tensors["image"]
        if image.dtype == torch.uint8:
            image = image.float() / 255
        fixed = {"extent": tuple(extent), "level_sizes": tuple(map(tuple, level_sizes))}
        return QueryReplay(
            looks=tuple(
                Look(step=step, **fixed, **_fields(tensors, row)) for row, step in enumerate(steps)
            ),
            image=image,
            targets=Targets(tensors["boxes"], tensors["labels"], tuple(size)),
            class_names=tuple(names),
            about=card,
        )
    except (SafetensorError, KeyError, IndexError, ValueError, TypeError) as error:
        raise ValueError(
            f"{path} is no replay, or a damaged one ({error}): record it again"
        ) from error


def _fields(tensors: Mapping[str, Tensor], row: int) -> dict[str, Any]:
    """The tensors of one look; after rounding, weights of a whole sum to 1 again."""
    fields = {name: tensors[name][row] for name in _TENSORS if name in tensors}
    fields = {
        name: value.long() if name == "matches" else value.float() for name, value in fields.items()
    }
    for name in _SUMS:
        if name in fields:
            fields[name] = fields[name] / fields[name].sum(-1, keepdim=True)
    return fields
