"""QueryLab: what each query of a detector looks at, and which object it is responsible for.

Chapters 13 and 14.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import traitlets
from torch import Tensor, nn

from locviz.types import Targets, check_tensors
from locviz.widgets.core.base import bundle, kernel_owned
from locviz.widgets.core.knobs import KnobWidget, knob
from locviz.widgets.core.numbers import Ranged
from locviz.widgets.core.picture import Number, StaticPicture
from locviz.widgets.querylab.checks import names_of
from locviz.widgets.querylab.looking import Look, look_at
from locviz.widgets.querylab.messages import photo_message, result_message, scene_message
from locviz.widgets.querylab.picture import draw
from locviz.widgets.querylab.reading import Watched
from locviz.widgets.querylab.replay import SHIPPED, QueryReplay
from locviz.widgets.querylab.wire import UserTraits


class QueryLab(KnobWidget):
    """One image through the eyes of a detector's queries.

    Choose a query and a decoder layer: the picture shows what the query reads by cross-attention,
    and its box after each layer; the matrix shows what queries take from each other by
    self-attention; the table shows which query the matching makes responsible for which object, in
    every layer. With looks from several steps of a training it says how many matches flipped.

    ``QueryLab.of(detector, image, targets)`` looks through a detector as it is now. A
    ``QueryRecorder`` looks at it while it is trained; ``QueryLab.replay(recorder.replay())`` plays
    what it saw. Without data: a training of ``detr_tiny`` that ships.

    Args:
        looks: at one image, in the order of training.
        image: (3, h, w) in 0..1; features (t, c) for a detector of spans.
        targets: its ground truth.
        class_names: in label order; their numbers if not given.
        source: which detector looks, in words.
        scale: 1.5 reads well on a projector.

    Attributes:
        look: the ``Look`` at the chosen step, with all weights, boxes and matches.
        owners: by layer and object, the queries that are responsible for it.
        flipped: numbers of the objects whose queries differ from those of the layer before.
        since: the same since the step before.
        heat: (h, w) weights of the chosen query's cross-attention, None where it is deformable.
        dots: (n, 3) x, y and weight where it is deformable, else None. Drag ``reference``, and they
            move along.
        between: (q, q) self-attention of the layer, a row per query that takes.
        history: every state, with ``flipped`` and ``since``.

    Headless: ``lab.pick(3)``, ``lab.drag("layer", -1)``, ``lab.step_on(n)``, ``lab.reset()``,
    ``lab.snapshot()``.

    Raises:
        TypeError: an unknown keyword, or only some of ``looks``, ``image`` and ``targets``.
        ValueError: they do not fit together, or are not valid.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("querylab")
    declared = UserTraits

    step = knob(Ranged(0), "which look, counted from 0; at first the last one.")
    query = knob(Ranged(0), "which query, counted from 0; at first the first object's.")
    layer = knob(Ranged(0), "which decoder layer, counted from 0; at first the last one.")
    head = knob(Ranged(None), "which head of both attentions; None takes the mean of all.")

    reference = knob(
        traitlets.List(traitlets.Float()),
        "where the reference point of deformable attention was dragged to; at first [], the "
        "detector's own.",
    )

    scene = kernel_owned(traitlets.Dict())
    photo = kernel_owned(traitlets.Dict())
    result = kernel_owned(traitlets.Dict())

    def __init__(
        self,
        *,
        looks: Look | Sequence[Look] | None = None,
        image: Tensor | None = None,
        targets: Targets | None = None,
        class_names: Sequence[str] | None = None,
        source: str | None = None,
        **traits: Any,
    ):
        self._check_keywords(traits)
        given = (looks, image, targets)
        if all(value is None for value in given):
            watched = _shipped()
        elif looks is None or image is None or targets is None:
            raise TypeError(
                "looks, image and targets belong together: give all three, or use "
                "QueryLab.of(detector, image, targets)"
            )
        else:
            watched = _given(looks, image, targets, class_names, source)
        self._start(watched, traits)

    @classmethod
    def of(
        cls,
        detector: nn.Module,
        image: Tensor,
        targets: Targets,
        *,
        class_names: Sequence[str] | None = None,
        source: str | None = None,
        **traits: Any,
    ) -> "QueryLab":
        """Look through a query detector as it is now; its mode is left as it is.

        Args:
            detector: a ``QueryDetector``.
            image: (3, h, w) in 0..1.
            targets: its ground truth.
            class_names: in label order.
            source: which detector looks, in words.
            traits: the knobs.

        Raises:
            TypeError: it is no query detector, or has an attention that is not known here.
            ValueError: image and targets do not fit.
        """
        look = look_at(detector, image, targets)
        parts = {"class_names": class_names, "source": source or "your detector as it is now"}
        return cls(looks=look, image=image, targets=targets, **parts, **traits)

    @classmethod
    def replay(
        cls, replay: QueryReplay | str | Path = SHIPPED, *, source: str | None = None, **traits: Any
    ) -> "QueryLab":
        """Show a training that was recorded.

        Args:
            replay: of a ``QueryRecorder``, the name of one that ships, or a file's path.
            source: which detector looks, in words; the recording says it if not given.
            traits: the knobs.

        Raises:
            ValueError: nothing of that name ships, or the file is damaged.
            FileNotFoundError: there is no such file.
        """
        film = replay if isinstance(replay, QueryReplay) else QueryReplay.load(replay)
        parts = {"looks": film.looks, "image": film.image, "targets": film.targets}
        source = source or film.about.get("source")
        return cls(**parts, class_names=film.class_names, source=source, **traits)

    def _start(self, watched: Watched, traits: dict[str, Any]) -> None:
        self._watched = watched
        last = watched.looks[-1]
        traits.setdefault("step", len(watched.looks) - 1)
        traits.setdefault("layer", last.num_layers - 1)
        traits.setdefault("query", _first_owner(watched))
        super().__init__(**traits)
        self.scene, self.photo = scene_message(watched), photo_message(watched)
        self._begin()

    @traitlets.validate("step", "query", "layer", "head")
    def _check_number(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        most = self._counts()[name] - 1
        if value is not None and value > most:
            raise traitlets.TraitError(
                f"QueryLab.{name} must be a whole number from 0 to {most}, got {value}"
            )
        return value

    @traitlets.validate("reference")
    def _check_reference(self, proposal):
        value, dim = proposal["value"], self._watched.targets.dim
        if not value:
            return value
        if self._watched.looks[0].references is None:
            raise traitlets.TraitError(
                "QueryLab.reference needs deformable attention: this detector reads whole maps, "
                "so set it to []"
            )
        if len(value) != dim or not all(map(math.isfinite, value)):
            names = "x, y" if dim == 2 else "a time"
            raise traitlets.TraitError(f"QueryLab.reference must be [{names}] or [], got {value}")
        return value

    def _counts(self) -> dict[str, int]:
        first = self._watched.looks[0]
        return {
            "step": len(self._watched.looks),
            "query": first.num_queries,
            "layer": first.num_layers,
            "head": first.num_heads,
        }

    # What was looked at

    @property
    def look(self) -> Look:
        """What was caught at the chosen step."""
        return self._watched.looks[self.step]

    @property
    def looks(self) -> tuple[Look, ...]:
        """All of them, in the order of training."""
        return self._watched.looks

    @property
    def targets(self) -> Targets:
        """What is really there."""
        return self._watched.targets

    @property
    def owners(self) -> list[list[list[int]]]:
        """By layer and object: the queries that are responsible for it at the chosen step."""
        return self._watched.owners[self.step]

    @property
    def flipped(self) -> list[int]:
        """The objects whose queries differ from those of the layer before the chosen one."""
        return self._watched.flipped(self.step, self.layer)

    @property
    def since(self) -> list[int]:
        """The objects whose queries, in the chosen layer, differ from those at the step before."""
        return self._watched.since(self.step, self.layer)

    @property
    def heat(self) -> Tensor | None:
        """Weights (h, w) of the chosen query's cross-attention; None where it is deformable."""
        return self.look.heat(self.layer, self.query, self.head)

    @property
    def dots(self) -> Tensor | None:
        """Places and weights (n, 3) of deformable cross-attention, else None."""
        at = {"reference": self.reference}
        return self.look.dots(self.layer, self.query, self.head, **at)

    @property
    def between(self) -> Tensor:
        """Self-attention (q, q) of the chosen layer."""
        return self.look.between(self.layer, self.head)

    def _update(self, _=None) -> None:
        """Bring what the view shows in line with the knobs, in one message."""
        with self._lock, self.hold_sync():
            settings = self._settings()
            state = {"seq": self.seq, **settings}
            if self.result and {"seq": self.result["seq"], **self.result["of"]} == state:
                return
            self.result = result_message(self._watched, seq=self.seq, settings=settings)
            self._remember(flipped=self.flipped, since=self.since)

    # Headless use: the browser's gestures by name

    def pick(self, query: int) -> None:
        """Choose a query, as a click on its place does.

        Args:
            query: its number, from 0.

        Raises:
            traitlets.TraitError: there is no such query.
        """
        with self._lock:
            self._change("pick", query=query, reference=[])

    def drag(self, name: str, by: Number, dy: Number = 0) -> None:
        """Move a slider, as far as it goes, or the reference point of deformable attention.

        Args:
            name: ``"step"``, ``"query"``, ``"layer"`` or ``"reference"``.
            by: how far, in whole steps; for the reference point pixels to the right, or time.
            dy: pixels down, for the reference point in an image.

        Raises:
            ValueError: an unknown ``name``.
            traitlets.TraitError: there is no reference point.
        """
        if name == "reference":
            self._drag_reference(by, dy)
            return
        if name not in ("step", "query", "layer"):
            raise ValueError(f"name must be 'step', 'query', 'layer' or 'reference', got {name!r}")
        with self._lock:
            there = min(max(getattr(self, name) + round(by), 0), self._counts()[name] - 1)
            self._change("drag", **{name: there}, reference=[])

    def _drag_reference(self, dx: Number, dy: Number) -> None:
        with self._lock:
            references, sides = self.look.references, self.targets.size[::-1]
            own = [] if references is None else references[self.layer, self.query].tolist()
            start = self.reference or own or [0.0] * len(sides)
            moved = [
                min(max(at + by, 0.0), float(side))
                for at, by, side in zip(start, (dx, dy), sides, strict=False)
            ]
            self._change("drag", reference=moved)

    def step_on(self, n: int = 1) -> None:
        """Go ``n`` looks on in the training (back for negative ``n``), as far as there are any."""
        self.drag("step", n)

    def _summary(self) -> dict[str, Any]:
        trained = {"step": self.look.step} if len(self.looks) > 1 else {}
        owner = int(self.look.matches[self.layer, self.query])
        name = self._watched.objects[owner] if owner >= 0 else None
        return {**trained, "query": self.query, "layer": self.layer, "responsible_for": name}

    def _picture(self) -> StaticPicture:
        return draw(self._sent())


def _first_owner(watched: Watched) -> int:
    """The query of the first object at the end of the training, or the surest one."""
    last = watched.looks[-1]
    owned = [queries[0] for queries in watched.owners[-1][-1] if queries]
    return owned[0] if owned else int(last.scores[-1].amax(-1).argmax())


def _given(
    looks: Look | Sequence[Look],
    image: Tensor,
    targets: Targets,
    class_names: Sequence[str] | None,
    source: str | None,
) -> Watched:
    several = (looks,) if isinstance(looks, Look) else tuple(looks)
    if not several:
        raise ValueError("looks is empty: give at least one look_at(detector, image, targets)")
    check_tensors(image=image)
    num = several[0].scores.shape[-1]
    return Watched(
        looks=several,
        image=image.detach().cpu().float(),
        targets=targets.to("cpu"),
        class_names=names_of(class_names, num),
        source=source or "your detector",
    )


def _shipped() -> Watched:
    """The training that ships."""
    film = QueryReplay.load()
    return _given(film.looks, film.image, film.targets, film.class_names, film.about.get("source"))
