"""FocalLab: set gamma and alpha, and see what easy negatives weigh in a real batch. Chapter 08."""

from collections.abc import Sequence
from typing import Any

import torch
import traitlets
from torch import Tensor, nn

from locviz.types import Targets
from locviz.widgets.core.base import bundle, kernel_owned
from locviz.widgets.core.knobs import KnobWidget, knob
from locviz.widgets.core.numbers import Choice, Ranged
from locviz.widgets.core.picture import Number, StaticPicture
from locviz.widgets.core.region import between
from locviz.widgets.focallab.batch import Batch, given, watch
from locviz.widgets.focallab.messages import batch_message, result_message
from locviz.widgets.focallab.picture import draw
from locviz.widgets.focallab.reading import BatchReader, Curves, Share, curves
from locviz.widgets.focallab.wire import UserTraits

KEYS = ("cross_entropy", "balanced", "focal")
"""The three losses by name, in the order in which they are shown."""


class FocalLab(KnobWidget):
    """Cross entropy, its version balanced by alpha, and focal loss, beside each other.

    Above: loss and size of the gradient of one prediction over ``p_t``, the probability that it
    gives to the true answer, with a point to drag. Below: a batch of a detector, one prediction per
    prior and class. Nearly all are easy negatives; the bars say which share of the whole gradient
    they hold. Every number is ``locviz.losses.sigmoid_focal_loss`` and its gradient by autograd.

    Without data: what ``retinanet_tiny`` predicts for 16 held-out scenes at five steps of its
    training. ``FocalLab.of(detector, images, targets)`` looks at a detector of your own. A million
    predictions answer a change of gamma in about a tenth of a second.

    Args:
        logits: scores before the sigmoid, any shape; or ``{training step: scores}``.
        targets: 0 or 1 for each, the same at all steps.
        source: where they come from, in words.
        seed: of the order in which negatives are left out.
        scale: 1.5 reads well on a projector.

    Attributes:
        loss, gradient, times: of the point, ``{"cross_entropy": .., "balanced": .., "focal": ..}``;
            ``times`` is how many times less than cross entropy the loss is.
        shares: who holds the batch's gradient, by loss: ``Share(easy, hard, positive)``.
        easy_share: the first of them, by loss.
        steps: the training steps that ``training_step`` may be.
        history: every state, with ``easy_share``.

    Headless: ``lab.drag("gamma", 0.5)``, ``step(n)`` to the n-th next training step, ``reset()``,
    ``snapshot()``.

    Raises:
        TypeError: an unknown keyword, or only one of ``logits`` and ``targets``.
        ValueError: they do not fit together, or are not valid.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("focallab")
    declared = UserTraits

    gamma = knob(Ranged(2.0), "a larger one gives less weight to easy predictions; 0 gives none.")
    alpha = knob(
        Ranged(0.25), "weight of positives; negatives have 1 - alpha. None weights neither."
    )
    side = knob(
        Choice(["positive", "negative"]),
        "whose curves and point are shown: alpha tells them apart.",
    )
    p_t = knob(Ranged(0.9), "the point: the probability given to the true answer.")
    threshold = knob(Ranged(0.6), "a negative with a ``p_t`` above it is easy.")
    training_step = knob(traitlets.Int(0), "one of ``steps``; at first the last.")
    imbalance = knob(
        Ranged(None), "negatives kept per positive, drawn at random; None keeps all of them."
    )

    batch = kernel_owned(traitlets.Dict())
    result = kernel_owned(traitlets.Dict())

    def __init__(
        self,
        *,
        logits: Any = None,
        targets: Any = None,
        source: str | None = None,
        seed: int = 0,
        **traits: Any,
    ):
        self._check_keywords(traits)
        own = logits is not None or targets is not None
        batch = given(logits, targets, source=source) if own else Batch.shipped()
        self._reader = BatchReader(batch, seed=seed)
        traits.setdefault("training_step", self.steps[-1])
        super().__init__(**traits)
        self.batch = batch_message(self._reader)
        self._begin()

    @classmethod
    def of(
        cls,
        detector: nn.Module,
        images: Tensor | Sequence[Tensor],
        targets: Targets | Sequence[Targets],
        **traits: Any,
    ) -> "FocalLab":
        """Look at what a dense detector predicts now, with the targets of its own assigner.

        Args:
            detector: a ``DenseDetector`` with a yes or no per class, such as RetinaNet or FCOS.
            images: (3, h, w) in 0..1.
            targets: one per image.
            traits: the knobs, ``source`` and ``seed``.

        Raises:
            TypeError: it is no dense detector.
            ValueError: it decides by a softmax, or images and targets do not fit.
        """
        pictures = [images] if isinstance(images, Tensor) and images.ndim == 3 else list(images)
        truths = [targets] if isinstance(targets, Targets) else list(targets)
        logits, labels = watch(detector, pictures, truths)
        found = Batch.of_priors(logits[None], labels, steps=(0,), source="")
        num = len(pictures)
        traits.setdefault("source", f"your detector, {num} image{'s' if num > 1 else ''}")
        return cls(logits=found.logits[0], targets=found.targets, **traits)

    @traitlets.validate("training_step")
    def _check_step(self, proposal):
        if proposal["value"] not in self.steps:
            raise traitlets.TraitError(
                f"FocalLab.training_step must be one of {', '.join(map(str, self.steps))}, got "
                f"{proposal['value']!r}"
            )
        return proposal["value"]

    # What locviz.losses gives

    @property
    def steps(self) -> tuple[int, ...]:
        """The training steps at which the batch was looked at."""
        return self._reader.batch.steps

    @property
    def point(self) -> Curves:
        """The point under the three losses."""
        p_t = torch.tensor([self.p_t], dtype=torch.float64)
        return curves(p_t, positive=self.side == "positive", **self._loss)

    @property
    def loss(self) -> dict[str, float]:
        """The point's losses."""
        return _by_name(self.point.loss[:, 0].tolist())

    @property
    def gradient(self) -> dict[str, float]:
        """The sizes of the losses' gradients by the point's logit."""
        return _by_name(self.point.gradient[:, 0].tolist())

    @property
    def times(self) -> dict[str, float]:
        """How many times less than cross entropy the point's losses are; infinite where one is 0."""
        return _by_name(self.point.times[:, 0].tolist())

    @property
    def shares(self) -> dict[str, Share]:
        """Who holds the gradient of the batch; NaN where there is none."""
        return _by_name(
            self._reader.shares(
                self.training_step, self.threshold, imbalance=self.imbalance, **self._loss
            )
        )

    @property
    def easy_share(self) -> dict[str, float]:
        """The share of the gradient that easy negatives hold."""
        return {name: share.easy for name, share in self.shares.items()}

    @property
    def _loss(self) -> dict[str, Any]:
        return {"alpha": self.alpha, "gamma": self.gamma}

    def _update(self, _=None) -> None:
        """Bring what the view shows in line with the knobs, in one message."""
        with self._lock, self.hold_sync():
            self.result = result_message(self._reader, seq=self.seq, **self._settings())
            self._remember(easy_share=self.easy_share)

    # Headless use: the browser's gestures by name

    def drag(self, name: str, dx: Number) -> None:
        """Drag a knob; it stays in its range.

        Args:
            name: ``"gamma"``, ``"alpha"``, ``"p_t"``, ``"threshold"``, ``"training_step"`` or
                ``"imbalance"``.
            dx: in units of the knob; for the last two, stops of their sliders.

        Raises:
            ValueError: an unknown ``name``, or alpha is off.
        """
        with self._lock:
            if name in ("training_step", "imbalance"):
                self._change("drag", **{name: self._stop(name, int(dx))})
            elif name not in ("gamma", "alpha", "p_t", "threshold"):
                raise ValueError(
                    "name must be 'gamma', 'alpha', 'p_t', 'threshold', 'training_step' or "
                    f"'imbalance', got {name!r}"
                )
            elif getattr(self, name) is None:
                raise ValueError(f"{name} is off: set lab.{name} = 0.25 first")
            else:
                moved = getattr(type(self), name).held(getattr(self, name) + dx)
                self._change("drag", **{name: float(moved)})

    def step(self, n: int = 1) -> None:
        """Go ``n`` training steps on (back for negative ``n``), as far as there are any."""
        with self._lock:
            self._change("step", training_step=self._stop("training_step", n))

    def _stop(self, name: str, by: int) -> int | None:
        """Return where a slider with stops stands after ``by`` of them."""
        stops = self.batch["steps" if name == "training_step" else "imbalances"]
        at = nearest_stop(stops, getattr(self, name)) + by
        return stops[int(between(at, 0, len(stops) - 1))]

    def _summary(self) -> dict[str, Any]:
        easy = {
            f"easy_{name}": share for name, share in self.easy_share.items() if name != "balanced"
        }
        return {"gamma": self.gamma, "alpha": self.alpha, **easy}

    def _picture(self) -> StaticPicture:
        return draw(self._sent())


def nearest_stop(stops: Sequence[int | None], value: int | None) -> int:
    """Return the last stop that is not above a value; None, no limit, is above all.

    Its twin is ``nearestStop`` of ``src/focallab/stops.ts``.
    """
    if value in stops:
        return list(stops).index(value)
    below = [
        i
        for i, stop in enumerate(stops)
        if stop is not None and value is not None and stop <= value
    ]
    return max(below, default=0 if value is not None else len(stops) - 1)


def _by_name(values: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(KEYS, values, strict=True))
