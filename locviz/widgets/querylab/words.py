"""What QueryLab says of a query, of what it looks at, and of the match."""

from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor

from locviz.widgets.core.words import letter
from locviz.widgets.querylab.reading import Watched, effective, inside, share_inside, strongest


def query_in_words(watched: Watched, step: int, layer: int, query: int) -> str:
    """What a query predicts after a layer, and what it is responsible for."""
    look = watched.looks[step]
    score, label = look.scores[layer, query].max(-1)
    start = f"Query {query} after layer {layer + 1}: {watched.class_names[int(label)]} {score:.2f}"
    owner = int(look.matches[layer, query])
    if owner >= 0:
        iou = float(watched.overlap(step, layer)[query, owner])
        return f"{start}; responsible for {watched.objects[owner]} (IoU {iou:.2f} with it)."
    return f"{start}; responsible for no object."


def looks_in_words(
    watched: Watched,
    step: int,
    layer: int,
    query: int,
    head: int | None,
    reference: Sequence[float] = (),
) -> str:
    """Where a query's cross-attention lies, or would lie around another reference point."""
    look = watched.looks[step]
    heat = look.heat(layer, query, head)
    dots = look.dots(layer, query, head, reference=reference)
    who = "On the mean of all heads" if head is None else f"In head {head + 1}"
    if heat is not None:
        x, y = strongest(heat, look.extent)
        kind = "box" if look.dim == 2 else "span"
        own = share_inside(heat, look.extent, look.regions[layer, query].tolist())
        return (
            f"Cross-attention. {who}, it reads as if from {effective(heat):.1f} of {heat.numel()} "
            f"cells; {_percent(own)} of the weight lies in its own {kind}, the most at {_at([x, y][: look.dim])}."
        )
    assert dots is not None
    *place, most = dots[dots[:, -1].argmax()].tolist()
    said = (
        f"Deformable cross-attention. {who}, it reads at {len(dots)} places; the heaviest, at "
        f"{_at(place)}, has {_percent(most)} of the weight."
    )
    if look.references is None:
        return said
    own = look.references[layer, query].tolist()
    return f"{said} {_read_in_words(watched, dots, own, reference)}"


def _read_in_words(
    watched: Watched, dots: Tensor, own: Sequence[float], moved: Sequence[float]
) -> str:
    """In which objects the weight of the places lies, and how much of it outside the picture."""
    start = f"Around its reference point, {_at(own)}, it reads"
    if moved:
        start = f"Around {_at(moved)} instead of {_at(own)} it would read"
    shares = [
        (inside(dots, box), index) for index, box in enumerate(watched.targets.boxes.tolist())
    ]
    best = sorted((one for one in shares if one[0] >= 0.005), key=lambda one: (-one[0], one[1]))
    parts = [f"{_percent(share)} inside {letter(index)}" for share, index in best[:3]]
    sides = [float(side) for side in watched.targets.size][::-1]
    outside = 1 - inside(dots, [0.0] * len(sides) + sides)
    if outside >= 0.005:
        parts.append(f"{_percent(outside)} outside, where there is nothing to read")
    return f"{start} {', '.join(parts) or 'inside no object'}."


def _at(place: Sequence[float]) -> str:
    return f"time {place[0]:.1f}" if len(place) == 1 else f"x {place[0]:.0f}, y {place[1]:.0f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def takes_in_words(between: Float[Tensor, "q q"], query: int) -> str:
    """From which queries a query takes most by self-attention, (q, q)."""
    row = between[query]
    best = row.argsort(descending=True, stable=True)[:3].tolist()
    named = ", ".join(f"{one} ({100 * float(row[one]):.0f}\N{NO-BREAK SPACE}%)" for one in best)
    return (
        f"Self-attention: query {query} takes most from queries {named}; equal shares would be "
        f"{100 / len(row):.0f}\N{NO-BREAK SPACE}%."
    )


def match_in_words(watched: Watched, step: int, layer: int) -> str:
    """Who is responsible for whom in a layer, and how many matches flipped."""
    owners, num = watched.owners[step][layer], len(watched.targets)
    if not num:
        return "There is no object, so every query learns to predict none."
    pairs = ", ".join(f"{letter(i)} to {_several(queries)}" for i, queries in enumerate(owners))
    parts = [f"Match of layer {layer + 1}: {pairs}."]
    if layer:
        count = len(watched.flipped(step, layer))
        parts.append(f"{_of(count, num)} flipped since layer {layer}.")
    if step:
        count, before = len(watched.since(step, layer)), watched.looks[step - 1].step
        parts.append(f"{_of(count, num)} flipped since step {before} of the training.")
    return " ".join(parts)


def _several(queries: list[int]) -> str:
    if not queries:
        return "no query"
    return f"{'query' if len(queries) == 1 else 'queries'} {', '.join(map(str, queries))}"


def _of(count: int, num: int) -> str:
    return f"{count or 'None'} of {num} {'match' if num == 1 else 'matches'}"
