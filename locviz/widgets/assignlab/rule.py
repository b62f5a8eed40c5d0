"""One assigner as AssignLab offers it: what is built, what can be turned, what its matrix shows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor

from locviz.models.knob import Knob, Number, defaults, settings
from locviz.types import ImagePredictions, Priors, Targets

Values = Callable[[Priors, Targets, ImagePredictions, Mapping[str, Any]], Tensor]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One assigner on offer: of an entry of ``locviz.models.ASSIGNERS``, or the caller's own.

    Attributes:
        name, title, says: what it is called in code and on screen, and its rule in a sentence.
        build: knobs by name to the assigner.
        knobs: what can be turned.
        dynamic: whether it looks at predictions.
        measure: what its matrix shows, ``"cost"`` where the assigner says so itself, ``"IoU"``, or
            ``"area"``: of the object, where the prior is a candidate for it.
        caption: the same in words, for the matrix's head.
        values: ``(priors, targets, predicted, knobs) -> (p, g)`` where the assigner gives no cost.
        film: ``"sinkhorn"``, ``"auction"`` or ``""``: what can be played.
    """

    name: str
    title: str
    says: str
    build: Callable[..., Any]
    knobs: tuple[Knob, ...] = ()
    dynamic: bool = False
    measure: str = "cost"
    caption: str = "Cost of the priors that count, by object: the lowest wins"
    values: Values | None = field(default=None, repr=False)
    film: str = ""

    @property
    def low_is_best(self) -> bool:
        """Whether the lowest number of its matrix wins."""
        return self.measure != "IoU"

    @property
    def defaults(self) -> dict[str, Number]:
        """Every knob where it stands at first."""
        return defaults(self.knobs)

    def settings(self, given: Mapping[str, Any]) -> dict[str, Number]:
        """All knobs, those in ``given`` turned.

        Raises:
            ValueError: an unknown knob, or a value out of its range; the message says what there
                is.
        """
        return settings(self.knobs, given, self.name)

    def message(self) -> dict[str, Any]:
        """As the view reads it."""
        words = {
            name: getattr(self, name)
            for name in ("name", "title", "says", "dynamic", "measure", "caption", "film")
        }
        return words | {"knobs": [_knob_message(knob) for knob in self.knobs]}


def _knob_message(knob: Knob) -> dict[str, Any]:
    names = ("name", "label", "low", "high", "step", "default", "whole", "help")
    return {name: getattr(knob, name) for name in names}
