"""BoxLab: drag a box and see every regression loss pull. Chapters 00, 01 and 02."""

import math
from collections.abc import Sequence
from typing import Any

import torch
import traitlets

from locviz import boxes
from locviz.losses import FOCAL_LOSSES, LIVE_LOSSES
from locviz.widgets import box_truth
from locviz.widgets.base import Widget, bundle, kernel_owned, user_owned
from locviz.widgets.box_truth import Parametrisation, Race, Setting
from locviz.widgets.boxlab_picture import draw
from locviz.widgets.picture import Number, Picture
from locviz.widgets.region import PARTS, Box, moved

_BOXES = ("target", "prediction")
_PLAIN = {"focal_l1": "l1", "focal_eiou": "eiou"}


class BoxLab(Widget):
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

    Args:
        target: ``x1 y1 x2 y2`` in pixels.
        prediction: the same.
        loss: whose pull is drawn and descended: a name in ``locviz.losses.LIVE_LOSSES`` or
            ``FOCAL_LOSSES``.
        focal: whether the focal variants show. Choosing one as ``loss`` shows them; hiding them
            while one is chosen chooses its plain loss, L1 or EIoU.
        parametrisation: ``"corners"``, ``"center_size"`` or ``"offsets"`` from ``anchor``.
        units: ``"pixels"`` or ``"normalised"`` by the picture's size.
        anchor: what offsets are relative to; positive size.
        landscape: what lies under the boxes: ``"off"``, the loss over the ``"center"`` or over the
            ``"size"``.
        size: (h, w) of the picture in pixels.
        learning_rate: of a step, in units of the target's size.
        race_steps: how many steps a race takes.
        scale: 1.5 reads well on a projector.

    Raises:
        TypeError: an unknown keyword.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("boxlab")

    target = user_owned(Box())
    prediction = user_owned(Box())
    anchor = user_owned(Box())
    loss = user_owned(traitlets.Unicode("giou"))
    focal = user_owned(traitlets.Bool(False))
    parametrisation = user_owned(traitlets.Unicode("corners"))
    units = user_owned(traitlets.Unicode("pixels"))
    landscape = user_owned(traitlets.Unicode("off"))
    size = user_owned(
        traitlets.List(traitlets.Float(), default_value=[300.0, 400.0], minlen=2, maxlen=2)
    )
    learning_rate = user_owned(traitlets.Float(0.05))
    race_steps = user_owned(traitlets.Int(200))

    initial = kernel_owned(traitlets.Dict())
    result = kernel_owned(traitlets.Dict())
    raced = kernel_owned(traitlets.Int(0))

    def __init__(self, **traits: Any):
        if "size" in traits:
            traits["size"] = list(traits["size"])
        if traits.get("loss") in tuple(FOCAL_LOSSES) and traits.get("focal") is False:
            raise traitlets.TraitError(
                f"BoxLab.loss {traits['loss']!r} is a focal variant, but focal=False hides those: leave focal out"
            )
        super().__init__(**traits)
        self._race: Race | None = None
        self.initial = {name: getattr(self, name) for name in _BOXES}
        self._update()
        self.observe(
            self._update, [*_BOXES, "anchor", "loss", "focal", "parametrisation", "units", "seq"]
        )

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

    @traitlets.validate("loss", "parametrisation", "units", "landscape")
    def _check_choice(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        valid = {
            "loss": list(box_truth.LOSSES),
            "parametrisation": list(box_truth.SYMBOLS),
            "units": ["pixels", "normalised"],
            "landscape": ["off", "center", "size"],
        }[name]
        if value not in valid:
            raise traitlets.TraitError(
                f"BoxLab.{name} must be one of {', '.join(map(repr, valid))}, got {value!r}"
            )
        return value

    @traitlets.validate("anchor")
    def _check_anchor(self, proposal):
        x1, y1, x2, y2 = proposal["value"]
        if x2 <= x1 or y2 <= y1:
            raise traitlets.TraitError(
                f"BoxLab.anchor must have positive width and height, got {proposal['value']}: offsets divide by them"
            )
        return proposal["value"]

    @traitlets.validate("size", "learning_rate", "race_steps")
    def _check_positive(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        numbers = value if isinstance(value, list) else [value]
        if not all(0 < number < math.inf for number in numbers):
            raise traitlets.TraitError(f"BoxLab.{name} must be positive and finite, got {value}")
        if name == "race_steps" and max(numbers) > 2000:
            raise traitlets.TraitError(f"BoxLab.race_steps must be at most 2000, got {value}")
        return value

    @traitlets.observe("loss", "focal")
    def _show_what_is_chosen(self, change):
        """Keep ``loss`` among the losses that show; the trait that was just set wins."""
        if self.loss not in _PLAIN or self.focal:
            return
        if change["name"] == "loss":
            self.focal = True
        else:
            self.loss = _PLAIN[self.loss]

    # What torch says

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
        return Setting(
            parametrisation=kind, unit=box_truth.row(unit), anchor=box_truth.row(self.anchor)
        )

    @property
    def iou(self) -> float:
        """IoU of target and prediction."""
        return boxes.iou(box_truth.row(self.prediction), box_truth.row(self.target)).item()

    @property
    def losses(self) -> dict[str, float]:
        """Value of every loss that shows, as the models' own functions give it."""
        return dict(zip(self.result["losses"], self.result["values"], strict=True))

    @property
    def gradients(self) -> dict[str, list[float]]:
        """Gradient of every loss that shows by the predicted numbers (``box_truth.SYMBOLS`` names
        them).
        """
        return dict(zip(self.result["losses"], self.result["gradients"], strict=True))

    def _update(self, _=None) -> None:
        """Compute what torch says of the present boxes, once per state."""
        with self._lock:
            state = {
                "seq": self.seq,
                "boxes": [*self.target, *self.prediction, *self.anchor],
                "setting": [self.parametrisation, self.units],
                "losses": list(self.loss_names),
            }
            if not all(self.result.get(key) == value for key, value in state.items()):
                self.result = {**state, **self._read()}
            self._remember()

    def _read(self) -> dict[str, Any]:
        names = self.loss_names
        regions = box_truth.row(self.prediction).expand(len(names), 4)
        values, gradients = box_truth.read(names, regions, box_truth.row(self.target), self.setting)
        return {"iou": self.iou, "values": values.tolist(), "gradients": gradients.tolist()}

    def _remember(self) -> None:
        state = {
            "target": tuple(self.target),
            "prediction": tuple(self.prediction),
            "loss": self.loss,
            "focal": self.focal,
            "parametrisation": self.parametrisation,
            "units": self.units,
            "iou": self.result["iou"],
            "value": self.losses[self.loss],
        }
        last = self._history[-1] if self._history else {}
        if any(last.get(key) != value for key, value in state.items()):
            if any(
                last.get(key) != state[key]
                for key in (*_BOXES, "focal", "parametrisation", "units")
            ):
                self._race, self.raced = None, 0
            self._record(**state)

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
        if part not in PARTS:
            raise ValueError(f"part must be one of {', '.join(map(repr, PARTS))}, got {part!r}")
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
            target, setting = box_truth.row(self.target), self.setting
            for _ in range(n):
                region = box_truth.row(self.prediction)[None]
                moved = box_truth.descend(
                    [self.loss], region, target, setting, rate=self.learning_rate
                )
                self._change("step", prediction=moved[0].tolist())

    def race(self) -> Race:
        """Let every loss that shows descend from the present prediction for ``race_steps`` steps,
        and show it.
        """
        with self._lock:
            self._race = self._run_race(self.prediction, self.target, self.focal)
            self.raced += 1
            return self._race

    def reset(self) -> None:
        """Put both boxes back where the constructor put them."""
        with self._lock:
            self._change("reset", **self.initial)

    def _change(self, gesture: str, **traits: Sequence[Number]) -> None:
        """Change traits as the browser does: together, with the gesture's name."""
        with self.hold_sync(), self.hold_trait_notifications():
            self.gesture = gesture
            for name, value in traits.items():
                setattr(self, name, value)

    def _run_race(self, start: Sequence[Number], target: Sequence[Number], focal: bool) -> Race:
        ends = box_truth.row(start), box_truth.row(target)
        how = {"steps": self.race_steps, "rate": self.learning_rate, "losses": _names(focal)}
        return box_truth.race(*ends, self.setting, **how)

    def _answer(self, question: dict[str, Any], buffers) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Run the race that the browser shows, from the very boxes it started with."""
        if question.get("name") != "race":
            return super()._answer(question, buffers)
        self._race = self._run_race(
            question["prediction"], question["target"], bool(question["focal"])
        )
        ious = self._race.ious.to(torch.float32)
        self._record(**{**self.history[-1], "gesture": "race"})
        return {"shape": list(ious.shape)}, [ious.numpy().tobytes()]

    def _summary(self) -> dict[str, Any]:
        return {"loss": self.loss, "iou": self.iou}

    def _picture(self) -> Picture:
        return draw(self, self._race)


def _names(focal: bool) -> tuple[str, ...]:
    """The losses that show, in order."""
    return (*LIVE_LOSSES, *FOCAL_LOSSES) if focal else tuple(LIVE_LOSSES)
