"""BoxLab: drag a box and see every regression loss pull. Chapters 00, 01 and 02."""

import math
from collections.abc import Sequence
from typing import Any, get_args

import traitlets

from locviz import boxes
from locviz.losses import FOCAL_LOSSES, LIVE_LOSSES
from locviz.widgets.boxlab.messages import (
    asked_message,
    losses_message,
    race_answer,
    race_message,
)
from locviz.widgets.boxlab.picture import draw
from locviz.widgets.boxlab.reading import (
    LOSSES,
    MEASURES,
    SYMBOLS,
    Parametrisation,
    Race,
    Setting,
    areas,
    descend,
    measures,
    race,
    row,
    values_and_gradients,
)
from locviz.widgets.boxlab.wire import Landscape, Units, UserTraits
from locviz.widgets.core.base import bundle, kernel_owned, user_owned
from locviz.widgets.core.knobs import KnobWidget, knob
from locviz.widgets.core.numbers import Choice, Ranged
from locviz.widgets.core.picture import Number, StaticPicture
from locviz.widgets.core.region import Box, moved

_BOXES = ("target", "prediction")
_RACED = (*_BOXES, "focal", "parametrisation", "units")  # a race of other boxes is none of these
_HIDDEN_BY_SIMPLE = ("loss", "focal", "parametrisation", "units", "landscape")
_PLAIN = {"focal_l1": "l1", "focal_eiou": "eiou"}


class BoxLab(KnobWidget):
    """A target and a prediction to drag; every regression loss, its gradient, and where it pulls.

    Coordinate losses (L1, Smooth L1, L2, Focal-L1) compare the numbers that a model predicts
    (``parametrisation``, in ``units``); overlap losses compare the boxes. Gradients are by those
    numbers. The browser computes at pointer rate; torch's values (``result``) arrive behind it and
    confirm them.

    Eight losses always show. The focal variants, Focal-L1 and Focal-EIoU (arXiv:2101.08158, as
    ``focal_l1_loss`` and ``focal_eiou_loss`` with their defaults), show by choice, and then take
    part in everything: readout, race, landscape, ``losses`` and ``gradients``. Focal-L1 is made for
    errors of the order of 1, so normalise its boxes; Focal-EIoU's weight carries no gradient and is
    0 where the boxes are apart, so it does not pull there.

    A simple lab (``simple=True``) is for a first meeting: the boxes, their intersection, their
    union and their IoU, without losses, gradients and settings. Everything else can still be read
    from Python.

    Args:
        size: (h, w) of the picture in pixels.
        simple: whether only IoU shows.
        scale: 1.5 reads well on a projector.

    Raises:
        TypeError: an unknown keyword.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("boxlab")
    declared = UserTraits

    target = knob(Box(), "``x1 y1 x2 y2`` of the ground truth, in pixels.")
    prediction = knob(Box(), "``x1 y1 x2 y2`` of the prediction, in pixels.")
    anchor = knob(Box(), "what offsets are relative to, in pixels; its size is positive.")
    loss = knob(Choice(list(LOSSES), default="giou"), "whose pull is drawn and descended.")
    focal = knob(
        traitlets.Bool(False),
        "whether the focal variants show. Choosing one as ``loss`` shows them; hiding them while "
        "one is chosen chooses its plain loss, L1 or EIoU.",
    )
    parametrisation = knob(
        Choice(list(SYMBOLS)), "corners, centre and size, or offsets from ``anchor``."
    )
    units = knob(Choice(get_args(Units)), "pixels, or shares of the picture's size.")
    landscape = knob(
        Choice(get_args(Landscape)),
        "what lies under the boxes: nothing, or the loss over the centre or over the size.",
    )
    learning_rate = knob(Ranged(0.05), "of a step, in units of the target's size.")
    race_steps = knob(Ranged(200), "how many steps a race takes.")
    size = user_owned(
        traitlets.List(traitlets.Float(), default_value=[300.0, 400.0], minlen=2, maxlen=2)
    )
    simple = user_owned(traitlets.Bool(False))

    result = kernel_owned(traitlets.Dict())
    raced = kernel_owned(traitlets.Int(0))

    def __init__(self, **traits: Any):
        if "size" in traits:
            traits["size"] = list(traits["size"])
        if traits.get("loss") in tuple(FOCAL_LOSSES) and traits.get("focal") is False:
            raise traitlets.TraitError(
                f"BoxLab.loss {traits['loss']!r} is a focal variant, but focal=False hides those: "
                "leave focal out"
            )
        needless = [name for name in _HIDDEN_BY_SIMPLE if name in traits]
        if traits.get("simple") is True and needless:
            raise traitlets.TraitError(
                f"BoxLab(simple=True) shows IoU alone and no {needless[0]}: leave {needless[0]} "
                "out, or leave simple out"
            )
        self._race: Race | None = None
        self._raced_from: dict[str, Any] = {}
        super().__init__(**traits)
        self._begin()
        self.initial = {name: getattr(self, name) for name in _BOXES}  # reset() is for the boxes

    @traitlets.default("target")
    def _default_target(self):
        return self._share(0.225, 0.267, 0.525, 0.667)

    @traitlets.default("prediction")
    def _default_prediction(self):
        return self._share(0.425, 0.45, 0.775, 0.783)

    @traitlets.default("anchor")
    def _default_anchor(self):
        return self._share(0.35, 0.3, 0.65, 0.7)

    def _share(self, *shares: float) -> list[float]:
        height, width = self.size
        return [
            float(round(share * side))
            for share, side in zip(shares, [width, height] * 2, strict=True)
        ]

    # Values that are refused

    @traitlets.validate("anchor")
    def _check_anchor(self, proposal):
        x1, y1, x2, y2 = proposal["value"]
        if x2 <= x1 or y2 <= y1:
            raise traitlets.TraitError(
                f"BoxLab.anchor must have positive width and height, got {proposal['value']}: "
                "offsets divide by them"
            )
        return proposal["value"]

    @traitlets.validate("size")
    def _check_size(self, proposal):
        if not all(0 < side < math.inf for side in proposal["value"]):
            raise traitlets.TraitError(
                f"BoxLab.size must be positive and finite, got {proposal['value']}"
            )
        return proposal["value"]

    @traitlets.observe("loss", "focal")
    def _show_what_is_chosen(self, change):
        """Keep ``loss`` among the losses that show; the trait that was just set wins."""
        if self.loss not in _PLAIN or self.focal:
            return
        if change["name"] == "loss":
            self.focal = True
        else:
            self.loss = _PLAIN[self.loss]

    # What torch computes

    @property
    def loss_names(self) -> tuple[str, ...]:
        """The losses that show, in order."""
        return _names(self.focal)

    @property
    def setting(self) -> Setting:
        """What the predicted numbers mean now."""
        height, width = self.size
        unit = [1.0] * 4 if self.units == "pixels" else [width, height] * 2
        kind: Parametrisation = self.parametrisation  # type: ignore[assignment]  # validated
        return Setting(parametrisation=kind, unit=row(unit), anchor=row(self.anchor))

    @property
    def iou(self) -> float:
        """IoU of target and prediction."""
        return boxes.iou(row(self.prediction), row(self.target)).item()

    @property
    def measures(self) -> dict[str, float]:
        """IoU, GIoU, DIoU, CIoU and EIoU of prediction and target, by name.

        An overlap loss of the same name is 1 minus its measure.
        """
        return dict(zip(MEASURES, self.result["measures"], strict=True))

    @property
    def losses(self) -> dict[str, float]:
        """Value of every loss that shows, as the models' own functions give it."""
        return dict(zip(self.result["losses"], self.result["values"], strict=True))

    @property
    def gradients(self) -> dict[str, list[float]]:
        """Gradient of every loss that shows by the predicted numbers.

        ``boxlab.reading.SYMBOLS`` names those.
        """
        return dict(zip(self.result["losses"], self.result["gradients"], strict=True))

    def _update(self, _=None) -> None:
        """Compute torch's values of the present boxes, once per state."""
        with self._lock:
            asked = asked_message(
                self.seq,
                boxes=(*self.target, *self.prediction, *self.anchor),
                setting=(self.parametrisation, self.units),
                losses=self.loss_names,
            )
            if not all(self.result.get(key) == value for key, value in asked.items()):
                self.result = {**asked, **self._read()}
            if self._raced_from != self._race_start():
                self._race, self.raced = None, 0
            self._remember(iou=self.result["iou"], value=self.losses[self.loss])

    def _read(self) -> dict[str, Any]:
        names, prediction, target = self.loss_names, row(self.prediction), row(self.target)
        regions = prediction.expand(len(names), 4)
        return losses_message(
            measures(prediction, target, self.setting),
            areas(prediction, target),
            *values_and_gradients(names, regions, target, self.setting),
        )

    # Headless use: the browser's gestures by name

    def drag(self, name: str, dx: Number, dy: Number, *, part: str = "body") -> None:
        """Move a box, or one edge or corner of it, by ``(dx, dy)`` pixels; it stays in the picture.

        Args:
            name: ``"target"`` or ``"prediction"``.
            dx: pixels to the right.
            dy: pixels down.
            part: ``"body"``, ``"left edge"``, ``"top right corner"`` and so on.

        Raises:
            ValueError: an unknown ``name`` or ``part``.
        """
        if name not in _BOXES:
            raise ValueError(f"name must be 'target' or 'prediction', got {name!r}")
        with self._lock:
            self._change("drag", **{name: moved(getattr(self, name), part, dx, dy, self.size)})

    def step(self, n: int = 1) -> None:
        """Let the prediction take ``n`` steps of gradient descent on ``loss``.

        Raises:
            ValueError: ``n`` is negative.
        """
        if n < 0:
            raise ValueError(f"n must be 0 or more, got {n}: there are no steps back; use reset()")
        with self._lock, self.hold_sync():
            how = {"setting": self.setting, "rate": self.learning_rate}
            for _ in range(n):
                region = row(self.prediction)[None]
                after = descend([self.loss], region, row(self.target), **how)
                self._change("step", prediction=after[0].tolist())

    # The race

    def race(self) -> Race:
        """Show every chosen loss descend from the present prediction for ``race_steps`` steps."""
        with self._lock:
            found = self._run_race(self.prediction, self.target, self.focal)
            self.raced += 1
            return found

    def _run_race(self, start: Sequence[Number], target: Sequence[Number], focal: bool) -> Race:
        how = {"steps": self.race_steps, "rate": self.learning_rate, "losses": _names(focal)}
        self._race = race(row(start), row(target), self.setting, **how)
        self._raced_from = self._race_start()
        return self._race

    def _race_start(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _RACED}

    def _answer(self, question: dict[str, Any], buffers) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Run the race that the browser shows, from the very boxes it started with."""
        if question.get("name") != "race":
            return super()._answer(question, buffers)
        ends = question["prediction"], question["target"]
        found = self._run_race(*ends, bool(question["focal"]))
        self._record(**{**self.history[-1], "gesture": "race"})
        return race_answer(found)

    def _summary(self) -> dict[str, Any]:
        shown = {"simple": True} if self.simple else {"loss": self.loss}
        return {**shown, "iou": self.iou}

    def _picture(self) -> StaticPicture:
        return draw(self._sent(), None if self._race is None else race_message(self._race))


def _names(focal: bool) -> tuple[str, ...]:
    """Return the losses that show, in order."""
    return (*LIVE_LOSSES, *FOCAL_LOSSES) if focal else tuple(LIVE_LOSSES)
