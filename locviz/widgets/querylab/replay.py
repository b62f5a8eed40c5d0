"""A training of a query detector on film: what it looked at, and who was matched, at chosen steps.

A ``QueryReplay`` comes from a live training (``QueryRecorder``) or from a file
(``QueryReplay.load``): one that ships, or one's own.
"""

import itertools
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from locviz.boxes import check_batch
from locviz.types import Targets, check_tensors
from locviz.widgets.querylab.checks import (
    check_look,
    check_looks,
    check_order,
    check_shown,
    names_of,
    whole,
    whole_steps,
)
from locviz.widgets.querylab.looking import Look, checked_detector, flips, look_at

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
_FLAGS = ("crowd", "ignore")
_CARD = ("class_names", "steps", "size", "extent", "level_sizes")


@dataclass(frozen=True, eq=False, kw_only=True)
class QueryReplay:
    """Looks of one detector at one image, in the order of its training.

    ``about`` is what the card of a file says beyond that; its ``source`` says in words which
    detector looks.

    Raises:
        TypeError: the image is no tensor, or a step no number.
        ValueError: there is no look, something does not fit, or ``about`` has a name that the card
            needs itself.
    """

    looks: tuple[Look, ...]
    image: Tensor
    targets: Targets
    class_names: tuple[str, ...]
    about: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        if not self.looks:
            raise ValueError("the replay is empty: it needs at least one look")
        taken = sorted(set(_CARD) & set(self.about))
        if taken:
            raise ValueError(f"about must not have {', '.join(taken)}: the card says them itself")
        check_looks(self.looks, self.image, self.targets, self.class_names)

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
        num, layers = len(self.targets), self.looks[0].num_layers
        if layer not in range(-layers, layers):
            raise IndexError(f"layer must be from {-layers} to {layers - 1}, got {layer}")
        owners = [look.owners(layer, num) for look in self.looks]
        counts = [len(flips(*pair)) for pair in itertools.pairwise(owners)]
        return list(zip(self.steps[1:], counts, strict=True))

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of the replays that ship."""
        return sorted(path.stem for path in FOLDER.glob("*.json"))

    @classmethod
    def load(cls, name: str | Path = SHIPPED) -> "QueryReplay":
        """Read a replay: the name of one that ships, or what ``save`` was given.

        Raises:
            TypeError: it is neither a name nor a path.
            ValueError: nothing of that name ships, or the file or its card is damaged.
            FileNotFoundError: there is no such file.
        """
        if not isinstance(name, str | os.PathLike):
            raise TypeError(
                f"a replay is opened by its name or path, got {type(name).__name__}: of a "
                "QueryRecorder, give recorder.replay()"
            )
        known = cls.names()
        if name in known:
            return _read(FOLDER / f"{name}.safetensors")
        path = _file(name)
        bare = isinstance(name, str) and "/" not in name and not name.endswith(".safetensors")
        if bare and not path.is_file():
            raise ValueError(
                f"no replay called {name!r} ships, and there is no file {path}: choose one of "
                f"{', '.join(known)}, or give the path"
            )
        return _read(path)

    def save(self, path: str | Path) -> Path:
        """Write ``path`` (safetensors) and its card (JSON) beside it; both, or neither.

        Small: attention as the mean of its heads, in half precision.

        Raises:
            TypeError: JSON cannot hold what ``about`` says.
            ValueError: ``path`` names no file.
            OSError: the files cannot be written there.
        """
        from safetensors.torch import save

        path = _file(path)
        looks = [look.mean_of_heads() for look in self.looks]
        tensors = {
            name: torch.stack([getattr(look, name) for look in looks]).to(kind)
            for name, kind in _TENSORS.items()
            if getattr(looks[0], name) is not None
        }
        of_pixels = self.image.ndim == 3
        tensors["image"] = (self.image * 255).round().byte() if of_pixels else self.image.float()
        targets = self.targets
        tensors |= {"boxes": targets.boxes.float(), "labels": targets.labels}
        tensors |= {name: getattr(targets, name) for name in _FLAGS}
        card = {
            "class_names": self.class_names,
            "steps": self.steps,
            "size": tuple(map(float, targets.size)),
            "extent": looks[0].extent,
            "level_sizes": looks[0].level_sizes,
            **self.about,
        }
        try:
            text = json.dumps(card, indent=2) + "\n"
        except (TypeError, ValueError) as error:
            raise TypeError(f"about must hold what JSON can: {error}") from error
        content = save({name: value.cpu().contiguous() for name, value in tensors.items()})
        _put({path: content, path.with_suffix(".json"): text.encode()})
        return path


class QueryRecorder:
    """Looks at an image now and then while a detector is trained.

    >>> recorder = QueryRecorder(detector, image, targets, every=10)  # doctest: +SKIP
    >>> for step in recorder.watch(train(detector, batches, recipe)):  # doctest: +SKIP
    ...     pass
    >>> QueryLab.replay(recorder.replay())  # doctest: +SKIP

    For several images, let one recorder watch what another one yields. Another training needs
    another recorder.

    Args:
        detector: a ``QueryDetector``.
        image: (3, h, w) in 0..1, or what a detector of spans is given.
        targets: its ground truth.
        class_names: in label order; their numbers if not given.
        at: look after so many steps, in any order; 0 is before the first, and those beyond the last
            do not come.
        every: look after every so many steps, before the first, and after the last.
        source: which detector looks, in words.

    Raises:
        TypeError: it is no detector with queries, or an argument has the wrong type.
        ValueError: not one of ``at`` and ``every``, or steps below 0; or image, targets and class
            names do not fit each other or the detector.
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
        self._at = None if at is None else whole_steps(at)
        self._every = None if every is None else whole(every, "every", least=1)
        # All that a look could refuse is refused here: not after an hour of training.
        num = checked_detector(detector).head.num_classes
        check_tensors(image=image)
        check_batch([image], [targets], num_classes=num)
        check_shown(image, targets)
        self._class_names = names_of(class_names, num)
        # A copy: the film shows what the detector saw, whatever becomes of the caller's tensor.
        self._image = image.detach().clone()
        self._detector, self._targets, self._source = detector, targets, source
        self._looks: list[Look] = []

    def watch(self, steps: "Iterable[Step]") -> "Iterator[Step]":
        """Yield the steps of ``locviz.train.train`` on, unchanged, and look where it is time.

        A training that is resumed has no look before its first step: ``train`` reads the weights
        only when that step is asked for.

        Raises:
            ValueError: this recorder has looked at that step, or a later one, already.
        """
        before = look_at(self._detector, self._image, self._targets) if self._wanted(0) else None
        for step in steps:
            if before is not None and step.index == 0:
                self._keep(before)
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

        Raises:
            TypeError: ``step`` is no whole number, or ``detector`` none with queries.
            ValueError: ``step`` does not rise, or this detector has other layers or queries.
        """
        number = whole(step, "step")
        seen = self._detector if detector is None else detector
        return self._keep(look_at(seen, self._image, self._targets, step=number))

    def _keep(self, look: Look) -> Look:
        if self._looks and look.step <= self._looks[-1].step:
            raise ValueError(
                f"this recorder has looked at step {self._looks[-1].step} already, and steps must "
                f"rise, got step={look.step}: make a new QueryRecorder for another training"
            )
        # Now: a film with a look that cannot be shown would be lost as a whole.
        check_look(look, len(self._targets))
        check_order([*self._looks[-1:], look])
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
            ValueError: nothing was recorded, or ``about`` has a name that the card needs itself.
        """
        if not self._looks:
            wanted = f"every={self._every}" if self._at is None else f"at={sorted(self._at)}"
            raise ValueError(
                f"nothing was recorded, and a replay needs at least one look ({wanted}): run through "
                "recorder.watch(train(...)) first, with steps that the training has"
            )
        return QueryReplay(
            looks=tuple(self._looks),
            image=self._image.detach().cpu().float(),
            targets=self._targets.to("cpu"),
            class_names=self._class_names,
            about={"source": self._source, **about},
        )


def _file(path: str | os.PathLike[str]) -> Path:
    """The file of the tensors, whichever of the two a path means."""
    path = Path(path)
    if not path.name:
        raise ValueError(f"path must name a file, such as 'mine.safetensors', got {str(path)!r}")
    if path.suffix in (".safetensors", ".json"):
        return path.with_suffix(".safetensors")
    # Not with_suffix: "run.1" and "run.2" are two films.
    return path.with_name(f"{path.name}.safetensors")


def _put(files: Mapping[Path, bytes]) -> None:
    """Write all files, or none: each beside its place first."""
    asides = {path: path.with_name(f"{path.name}.partial") for path in files}
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError(f"{path} is a folder: give another name")
    try:
        for path, content in files.items():
            asides[path].write_bytes(content)
        for path, aside in asides.items():
            os.replace(aside, path)
    finally:
        for aside in asides.values():
            aside.unlink(missing_ok=True)


def _read(path: Path) -> QueryReplay:
    from safetensors import SafetensorError
    from safetensors.torch import load

    for file in (path, path.with_suffix(".json")):
        if not file.is_file():
            raise FileNotFoundError(
                f"no replay at {file}: QueryReplay.save writes the file and its card together"
            )
    try:
        card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if not isinstance(card, dict):
            raise TypeError("its card is no JSON object")
        # Not its load_file, which takes a file that may not be read for one that is not there.
        tensors = load(path.read_bytes())
        if not isinstance(card.get("source", ""), str):
            raise TypeError("source is no text")
        flags: dict[str, Any] = {name: tensors[name].bool() for name in _FLAGS if name in tensors}
        names, steps, size, extent, level_sizes = (card.pop(name) for name in _CARD)
        if len(tensors["scores"]) != len(steps):
            raise ValueError(
                f"{len(tensors['scores'])} looks, but its card names the steps {steps}"
            )
        image = tensors["image"]
        if image.dtype == torch.uint8:
            image = image.float() / 255
        fixed = {"extent": tuple(extent), "level_sizes": tuple(map(tuple, level_sizes))}
        return QueryReplay(
            looks=tuple(
                Look(step=step, **fixed, **_fields(tensors, row)) for row, step in enumerate(steps)
            ),
            image=image,
            targets=Targets(tensors["boxes"], tensors["labels"], tuple(size), **flags),
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
