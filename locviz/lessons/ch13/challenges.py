"""The challenge of lesson 13."""

from types import SimpleNamespace
from typing import Any

from locviz.course import Challenge, Goal


def _owners(state: SimpleNamespace, step: int, layer: int = -1) -> list[list[int]]:
    return state.looks[step].owners(layer, len(state.targets))


def _moved(state: SimpleNamespace, step: int) -> bool:
    """Whether an object of the last layer has another query than at the look before."""
    return step > 0 and _owners(state, step) != _owners(state, step - 1)


def _last_layer(state: SimpleNamespace) -> int:
    return int(state.layer == state.looks[0].num_layers - 1)


def _flips_now(state: SimpleNamespace) -> int:
    return int(_moved(state, state.step))


def _flips_later(state: SimpleNamespace) -> int:
    return sum(_moved(state, step) for step in range(state.step + 1, len(state.looks)))


def _lost(state: SimpleNamespace) -> int:
    """Objects that the chosen query was responsible for at the look before, and is no longer."""
    if state.step == 0:
        return 0
    pairs = zip(_owners(state, state.step - 1), _owners(state, state.step), strict=True)
    return sum(state.query in before and state.query not in now for before, now in pairs)


class _Film(SimpleNamespace):
    """A look of an example: its owners in each layer are written down."""

    def owners(self, layer: int, num_objects: int) -> list[list[int]]:
        """The queries of ``num_objects`` objects in a layer."""
        return self.rows[layer][:num_objects]


def _example() -> dict[str, Any]:
    rows = ([[3], [5]], [[3], [7]], [[4], [7]], [[4], [7]])
    looks = tuple(_Film(rows=[one, one], num_layers=2) for one in rows)
    return {"looks": looks, "step": 2, "layer": 1, "query": 3, "targets": range(2), "result": {}}


settled = Challenge(
    name="13.settled",
    title="The last flip",
    task=(
        "In the *last* layer, find the last step at which an object changes its query. There, choose "
        "a query that has just lost an object."
    ),
    reads=("looks", "step", "layer", "query", "targets", "result"),
    goals=(
        Goal(says="the last layer is shown", number=_last_layer, low=1),
        Goal(says="a match has flipped since the step before", number=_flips_now, low=1),
        Goal(
            says="no match of the last layer flips at any later step", number=_flips_later, high=0
        ),
        Goal(says="the chosen query lost an object at this step", number=_lost, low=1),
    ),
    hint="Go back from the last step until a match is framed; look who was there one step earlier.",
    example=_example(),
    settings={"step": 8, "layer": 2, "query": 7},
)
