"""What QueryLab's view gets beside the knobs: ``scene`` once, and ``result`` for every change.

``src/querylab/view.ts`` reads them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from locviz.widgets.core.buffers import float32_bytes
from locviz.widgets.core.image import png
from locviz.widgets.querylab.reading import Watched
from locviz.widgets.querylab.words import (
    looks_in_words,
    match_in_words,
    query_in_words,
    takes_in_words,
)


def scene_message(watched: Watched) -> dict[str, Any]:
    """Return what is fixed."""
    first = watched.looks[0]
    return {
        "source": watched.source,
        "objects": watched.objects,
        "gt": watched.targets.boxes.double().tolist(),
        "queries": first.num_queries,
        "layers": first.num_layers,
        "heads": first.num_heads,
        "steps": [look.step for look in watched.looks],
    }


def photo_message(watched: Watched) -> dict[str, Any]:
    """Return the picture."""
    size = watched.image.shape[-2:]
    return {"size": [float(side) for side in size], "png": png(watched.image)}


def result_message(watched: Watched, *, seq: int, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the view draws and says for one state of the knobs."""
    step, query, layer, head = (settings[name] for name in ("step", "query", "layer", "head"))
    look = watched.looks[step]
    heat, dots = look.heat(layer, query, head), look.dots(layer, query, head)
    between = look.between(layer, head)
    return {
        "seq": seq,
        "of": dict(settings),
        "heat": float32_bytes(np.zeros(0) if heat is None else heat.numpy()),
        "heat_size": [0, 0] if heat is None else list(heat.shape),
        "extent": list(map(float, look.extent)),
        "dots": float32_bytes(np.zeros(0) if dots is None else dots.numpy()),
        "between": float32_bytes(between.numpy()),
        "queries": _queries(watched, step, layer),
        "chain": look.regions[:, query].double().tolist(),
        "matches": _matches(watched, step),
        "words": query_in_words(watched, step, layer, query),
        "looks": looks_in_words(look, layer, query, head),
        "takes": takes_in_words(between, query),
        "match": match_in_words(watched, step, layer),
    }


def _queries(watched: Watched, step: int, layer: int) -> list[dict[str, Any]]:
    look = watched.looks[step]
    best = look.scores[layer].max(-1)
    rows = zip(
        look.regions[layer].double().tolist(),
        look.matches[layer].tolist(),
        best.values.tolist(),
        best.indices.tolist(),
        strict=True,
    )
    return [
        {
            "box": box,
            "object": owner,
            "brief": f"{watched.class_names[label]} {score:.2f}",
            "words": query_in_words(watched, step, layer, row),
        }
        for row, (box, owner, score, label) in enumerate(rows)
    ]


def _matches(watched: Watched, step: int) -> list[list[dict[str, Any]]]:
    layers = range(watched.looks[step].num_layers)
    flipped = [watched.flipped(step, layer) for layer in layers]
    since = [watched.since(step, layer) for layer in layers]
    return [
        [
            {
                "queries": watched.owners[step][layer][index],
                "flipped": index in flipped[layer],
                "since": index in since[layer],
            }
            for layer in layers
        ]
        for index in range(len(watched.targets))
    ]
