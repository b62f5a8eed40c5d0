"""A card in a running notebook: the kernel changes its text, and it may have radio buttons."""

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from locviz.course.display import Card


class LiveCard(anywidget.AnyWidget):
    """A card whose text can change, with choices where it asks.

    ipywidgets' own radio buttons have no common name, so that arrow keys do not move among them,
    and its HTML is not announced by screen readers.

    Attributes:
        card: the HTML of a ``Card``.
        says: what a screen reader says as soon as it changes; below choices it can be seen, too.
        question: what the choices belong to, for screen readers.
        choices: texts beside the radio buttons; empty where the card asks nothing.
        chosen: number of the chosen one; -1 before.
    """

    _esm = Path(__file__).with_suffix(".js")

    card = traitlets.Unicode("").tag(sync=True)
    says = traitlets.Unicode("").tag(sync=True)
    question = traitlets.Unicode("").tag(sync=True)
    choices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)

    def show(self, card: Card, *, says: str = "") -> None:
        """Show ``card`` in place of the last one, and say ``says`` unless it is empty."""
        self.card = card.html()
        if says:
            self.says = says

    def bundle(self) -> dict[str, Any]:
        """What a front end needs to show it; empty where none is able to."""
        found = self._repr_mimebundle_()
        return found[0] if found else {}
