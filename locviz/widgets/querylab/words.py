"""What QueryLab says of a query, of what it looks at, and of the match."""

from jaxtyping import Float
from torch import Tensor

from locviz.widgets.core.words import letter
from locviz.widgets.querylab.looking import Look
from locviz.widgets.querylab.reading import Watched, effective, share_inside, strongest


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


def looks_in_words(look: Look, layer: int, query: int, head: int | None) -> str:
    """Where a query's cross-attention lies."""
    heat, dots = look.heat(layer, query, head), look.dots(layer, query, head)
    who = "On the mean of all heads" if head is None else f"In head {head + 1}"
    if heat is not None:
        x, y = strongest(heat, look.extent)
        inside = share_inside(heat, look.extent, look.regions[layer, query].tolist())
        return (
            f"Cross-attention. {who}, it reads as if from {effective(heat):.1f} of {heat.numel()} "
            f"cells; {100 * inside:.0f}\N{NO-BREAK SPACE}% of the weight lies in its own box, the most at x {x:.0f}, "
            f"y {y:.0f}."
        )
    assert dots is not None
    x, y, most = dots[dots[:, 2].argmax()].tolist()
    return (
        f"Deformable cross-attention. {who}, it reads at {len(dots)} places; the heaviest, at x "
        f"{x:.0f}, y {y:.0f}, has {100 * most:.0f}\N{NO-BREAK SPACE}% of the weight."
    )


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
