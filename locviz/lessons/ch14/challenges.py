"""The challenges of lesson 14, in the order of the chapter."""

from types import SimpleNamespace

import torch

from locviz.course import Challenge, Goal
from locviz.widgets.querylab.reading import inside

_LAST = 300  # steps of training of the film that the chapter shows
_C, _B = 2, 1  # objects by number
_ENOUGH = 0.35


def _responsible(state: SimpleNamespace) -> int:
    """1 if the chosen query is responsible for C in the chosen layer."""
    return int(state.query in state.owners[state.layer][_C])


def _inside_b(state: SimpleNamespace) -> float:
    """The share of what is read that lies inside B."""
    if state.dots is None:
        return 0.0
    return inside(state.dots, state.targets.boxes[_B].tolist())


borrowed = Challenge(
    name="14.borrowed",
    title="With another one's eyes",
    task=(
        "After the last step of training, in layer 1, choose the query that is responsible for C. "
        "Drag its reference point (the cross) onto the large circle B, and round it, until 35 % of "
        "what it reads lies inside B. Nobody taught it to read B. Why does it work all the same?"
    ),
    reads=("step", "layer", "query", "look", "owners", "dots", "targets", "reference"),
    goals=(
        Goal(
            says="the training is over",
            number=lambda state: state.look.step,
            low=_LAST,
        ),
        Goal(says="layer 1 is chosen", number=lambda state: state.layer + 1, low=1, high=1),
        Goal(says="the chosen query is responsible for C there", number=_responsible, low=1),
        Goal(
            says="its reference point was dragged",
            number=lambda state: int(bool(state.reference)),
            low=1,
        ),
        Goal(
            says="35 % of what it reads or more lies inside B",
            number=_inside_b,
            low=_ENOUGH,
        ),
    ),
    hint=(
        "The table of matches says which query C has. The middle of B is a good start; a little to "
        "the right is better, because this query looks further to the left."
    ),
    example={
        "step": 9,
        "layer": 0,
        "query": 11,
        "look": SimpleNamespace(step=_LAST),
        "owners": [[[14], [18], [11], [13]]] * 3,
        "dots": torch.tensor([[30.0, 20.0, 0.5], [2.0, 2.0, 0.5]]),
        "targets": SimpleNamespace(
            boxes=torch.tensor(
                [
                    [21.4, 38.5, 45.9, 60.4],
                    [20.3, 11.7, 46.6, 38.0],
                    [45.9, 45.1, 62.9, 62.1],
                    [1.8, 41.3, 14.3, 53.8],
                ]
            )
        ),
        "reference": [40.0, 24.0],
    },
    settings={"layer": 0, "query": 11, "reference": [40.0, 24.0]},
)
