"""Monitor: watch a run's losses, precision and mistakes; pause, resume, stop. Chapter 03."""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import ipywidgets
import traitlets
from torch import Tensor, nn

from locviz.train import Step, measure, predict
from locviz.types import Targets
from locviz.widgets.core.base import Widget, bundle, kernel_owned, user_owned
from locviz.widgets.core.matched_image import MatchedImage, match_image
from locviz.widgets.core.numbers import Ranged
from locviz.widgets.core.picture import StaticPicture
from locviz.widgets.monitor.messages import (
    figures_message,
    found_message,
    losses_message,
    progress_message,
    scene_message,
)
from locviz.widgets.monitor.picture import draw
from locviz.widgets.monitor.reading import EvaluationPoint, LossRecord, figures_of
from locviz.widgets.monitor.wire import UserTraits

_INTERVAL = 0.2  # seconds between two messages: training is not slowed, and eyes do not need more
_COMMANDS = ("pause", "resume", "stop")


class Remote(ipywidgets.Widget):
    """Carries the buttons' messages, and nothing else: the kernel never publishes on it.

    ipykernel hands a message to the thread that last published on its comm. The training cell
    publishes on Monitor's all the time, so a click sent there would wait for the end of the run; on
    a comm of its own a click is taken by a subshell's thread while the cell runs.
    """

    def free(self) -> None:
        """Forget that the cell that made this comm published its opening (since ipykernel 7.2)."""
        vars(self.comm).pop("_reply_subshell_id", None) if self.comm is not None else None


class Monitor(Widget):
    """Watches ``locviz.train.train``: losses, average precision, predictions on fixed scenes.

    ``for step in monitor.watch(train(...), evaluate=test_set, every=100): ...`` passes every step
    on. ``monitor.run(...)`` does the same without a body. The buttons work while the cell runs.

    Args:
        scenes: (image, Targets) pairs to show predictions on; none, or up to a dozen.
        class_names: the classes in label order; their numbers if not given.
        score_threshold: predictions that score less are not drawn.
        scale: 1.5 reads well on a projector.

    Attributes:
        status: ``"idle"``, ``"running"``, ``"paused"``, ``"finished"``, ``"stopped"`` or
            ``"failed"``.
        record: every step's losses.
        rounds: every evaluation, as ``EvaluationPoint``.

    Raises:
        TypeError: an unknown keyword.
        traitlets.TraitError: a bad value; the message says what to give.
    """

    _esm = bundle("monitor")
    declared = UserTraits

    score_threshold = user_owned(Ranged(0.3))

    status = kernel_owned(traitlets.Unicode("idle"))
    progress = kernel_owned(traitlets.Dict())
    losses = kernel_owned(traitlets.Dict())
    figures = kernel_owned(traitlets.List())
    scenes = kernel_owned(traitlets.List())
    found = kernel_owned(traitlets.Dict())
    past = kernel_owned(traitlets.List())
    classes = kernel_owned(traitlets.List())
    remote = kernel_owned(traitlets.Instance(Remote, ())).tag(**ipywidgets.widget_serialization)

    def __init__(
        self,
        *,
        scenes: Iterable[tuple[Tensor, Targets]] = (),
        class_names: Sequence[str] | None = None,
        **traits: Any,
    ):
        self._check_keywords(traits)
        self._scenes = [(image, targets) for image, targets in scenes]
        self._wanted = "run"
        self._signal = threading.Condition()
        self._published = -math.inf
        self._handle: Any = None
        super().__init__(**traits)
        self.remote.on_msg(self._clicked)
        self.classes = list(map(str, class_names)) if class_names is not None else self._numbered()
        self.scenes = [scene_message(image, truth) for image, truth in self._scenes]
        self._clear()

    # Watching

    def watch(
        self,
        steps: Iterable[Step],
        *,
        evaluate: Callable[[nn.Module], Any] | Any | None = None,
        every: int = 100,
        seconds: float | int | None = None,
    ) -> Iterator[Step]:
        """Pass on the steps of ``locviz.train.train`` and show them.

        Args:
            steps: a run; it is closed where the run is stopped.
            evaluate: a dataset to measure on, or a function of the detector that returns an
                ``Evaluation``, a number or a dict of numbers; None shows predictions only.
            every: evaluate after so many steps, and after the last one.
            seconds: stop after so many seconds on the clock, not counting pauses; None is no limit.

        Raises:
            ValueError: ``every`` is less than 1, ``seconds`` is not positive, or this monitor is
                watching another run.
        """
        if every < 1:
            raise ValueError(f"every must be at least 1 step, got {every}")
        if seconds is not None and not seconds > 0:
            raise ValueError(f"seconds must be positive, got {seconds}; None is no limit")
        if self.status in ("running", "paused"):
            raise ValueError(
                "this Monitor is watching another run: stop that one, or make a second Monitor"
            )
        return self._watch(steps, evaluate, every, math.inf if seconds is None else seconds)

    def run(self, steps: Iterable[Step], **options: Any) -> "Monitor":
        """Watch a run to its end; the options are those of ``watch``."""
        for _ in self.watch(steps, **options):
            pass
        return self

    def _watch(self, steps, evaluate, every, limit) -> Iterator[Step]:
        self._clear()
        self.remote.free()
        ending = "stopped"
        try:
            for step in steps:
                self._note(step)
                if (step.index + 1) % every == 0 or step.index + 1 == step.num_steps:
                    self._evaluate(step, evaluate)
                yield step
                if not self._goes_on() or self._seconds() >= limit:
                    self._look(step)
                    break
            else:
                ending = "finished"
        except (GeneratorExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            ending = "failed"
            self.last_error = f"{type(error).__name__}: {error}"
            raise
        finally:
            self._end(steps, ending)

    def _end(self, steps, ending: str) -> None:
        if hasattr(steps, "close"):
            steps.close()
        self._publish()
        with self.hold_sync():
            # A view made later (a reloaded page) looks back too; during the run each view keeps
            # what it has seen.
            self.past = [found_message(point) for point in self.rounds if point.scenes]
            self.status = ending
        if self._handle is not None:
            # The notebook keeps the picture of the end, not of the empty beginning.
            self._handle.update(self._bundle(), raw=True)

    def _clear(self) -> None:
        self._wanted = "run"
        self.record = LossRecord()
        self.rounds: list[EvaluationPoint] = []
        self._last: Step | None = None
        self._waited = 0.0
        with self.hold_sync():
            self.last_error, self.status = "", "idle"
            self.progress, self.losses, self.figures, self.found, self.past = {}, {}, [], {}, []

    def _note(self, step: Step) -> None:
        if self._last is None:
            self._began = time.perf_counter() - step.seconds
            self._first = step.index
            self.status = "running"
        self._last = step
        self.record.add(step)
        if time.perf_counter() - self._published > _INTERVAL:
            self._publish()

    def _publish(self) -> None:
        """Send what the charts show; a few kilobytes, however long the run is."""
        if self._last is None:
            return
        seconds = self._seconds()
        done = self._last.index + 1 - self._first
        with self.hold_sync():
            self.progress = progress_message(self._last, seconds=seconds, done=done)
            self.losses = losses_message(self.record)
        self._published = time.perf_counter()

    def _seconds(self) -> float:
        """Seconds on the clock since the first step began, pauses left out.

        Processor time would run ahead on two threads, and stand still where others keep them busy.
        """
        return time.perf_counter() - self._began - self._waited

    def _look(self, step: Step) -> None:
        """Predict on the scenes where a run was stopped; measuring would keep the user waiting."""
        if not self.rounds or self.rounds[-1].step != step.index + 1:
            self._evaluate(step, None)

    def _evaluate(self, step: Step, evaluate) -> None:
        if not self._scenes and evaluate is None:
            return
        figures = {} if evaluate is None else _measured(step.detector, evaluate)
        scenes = self._matched(step.detector)
        point = EvaluationPoint(step=step.index + 1, figures=figures, scenes=scenes)
        self.rounds.append(point)
        self._record(step=point.step, total=step.total, **figures)
        with self.hold_sync():
            if figures:
                self.figures = [*self.figures, figures_message(point.step, figures)]
            if scenes:
                self.found = found_message(point)

    def _matched(self, detector: nn.Module) -> tuple[MatchedImage, ...]:
        """Return what the detector finds on the fixed scenes."""
        if not self._scenes:
            return ()
        found = predict(detector, self._scenes)
        return tuple(
            match_image(detections, truth, score_threshold=self.score_threshold)
            for detections, (_, truth) in zip(found, self._scenes, strict=True)
        )

    # Pause, resume, stop: from any thread

    def pause(self) -> None:
        """Hold the run after its present step, until ``resume`` or ``stop``."""
        self._want("pause")

    def resume(self) -> None:
        """Let a paused run go on."""
        self._want("run")

    def stop(self) -> None:
        """End the run after its present step; the detector keeps what it has learned."""
        self._want("stop")

    def _want(self, what: str) -> None:
        with self._signal:
            self._wanted = what
            self._signal.notify_all()

    def _clicked(self, _, content, buffers) -> None:
        """Take a click on a subshell's thread; nothing is published here (see ``Remote``)."""
        name = content.get("name") if isinstance(content, dict) else None
        if name in _COMMANDS:
            getattr(self, name)()

    def _goes_on(self) -> bool:
        """Wait while the run is paused; False where it is to stop."""
        if self._wanted == "pause":
            self._publish()
            self.status = "paused"
            began = time.perf_counter()
            with self._signal:
                while self._wanted == "pause":
                    self._signal.wait(0.1)  # a timeout lets Jupyter's interrupt through
            self._waited += time.perf_counter() - began
            self.status = "running"
        return self._wanted != "stop"

    # Showing

    def _ipython_display_(self) -> None:
        from IPython.display import display

        self._handle = display(self._bundle(), raw=True, display_id=True)

    def _bundle(self) -> dict[str, Any]:
        bundle = self._repr_mimebundle_()
        return {"text/plain": repr(self), **(bundle[0] if bundle else {})}

    def _numbered(self) -> list[str]:
        labels = [int(truth.labels.max()) for _, truth in self._scenes if len(truth)]
        return list(map(str, range(1 + max(labels, default=-1))))

    def _summary(self) -> dict[str, Any]:
        summary: dict[str, Any] = {"status": self.status, "steps": len(self.record)}
        if self._last is not None:
            summary["loss"] = self._last.total
        return summary | (self.rounds[-1].figures if self.rounds else {})

    def _picture(self) -> StaticPicture:
        return draw(self._sent())


def _measured(detector: nn.Module, evaluate: Callable[[nn.Module], Any] | Any) -> dict[str, float]:
    """Return the figures of a dataset, or of what a function of the detector returns."""
    found = evaluate(detector) if callable(evaluate) else measure(detector, evaluate)
    return figures_of(found)
