"""What QueryLab's view gets beside the knobs: ``scene`` once, and ``result`` for every change.

``src/querylab/view.ts`` reads them.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from locviz.widgets.core.buffers import float32_bytes
from locviz.widgets.core.image import png
from locviz.widgets.querylab.looking import Look
from locviz.widgets.querylab.reading import Watched
from locviz.widgets.querylab.stage import Stage
from locviz.widgets.querylab.words import (
    looks_in_words,
    match_in_words,
    query_in_words,
    takes_in_words,
)


def scene_message(watched: Watched) -> dict[str, Any]:
    """Return what is fixed."""
    first, steps = watched.looks[0], range(len(watched.looks))
    layers = range(first.num_layers)
    return {
        "source": watched.source,
        "objects": watched.objects,
        "gt": Stage(watched).whole(watched.targets.boxes),
        "dim": watched.targets.dim,
        "colours": watched.colours,
        "owners": watched.owners,
        "since": [[watched.since(step, layer) for layer in layers] for step in steps],
        "queries": first.num_queries,
        "layers": first.num_layers,
        "heads": first.num_heads,
        "steps": [look.step for look in watched.looks],
    }


def photo_message(watched: Watched) -> dict[str, Any]:
    """Return the picture."""
    stage = Stage(watched)
    return {"size": [stage.height, stage.width], "png": png(stage.picture)}


def result_message(watched: Watched, *, seq: int, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the view draws and says for one state of the knobs."""
    step, query, layer, head = (settings[name] for name in ("step", "query", "layer", "head"))
    look, stage, moved = watched.looks[step], Stage(watched), settings["reference"]
    heat = look.heat(layer, query, head)
    dots = look.dots(layer, query, head, reference=moved)
    if dots is not None:
        places = stage.placed(dots[:, :-1], query, look.num_queries)
        dots = torch.cat([places, dots[:, -1:]], -1)
    between = look.between(layer, head)
    return {
        "seq": seq,
        "of": dict(settings),
        "heat": float32_bytes(np.zeros(0) if heat is None else heat.numpy()),
        "heat_size": [0, 0] if heat is None else list(heat.shape),
        "extent": [*map(float, look.extent), stage.height][:2],
        "dots": float32_bytes(np.zeros(0) if dots is None else dots.numpy()),
        "between": float32_bytes(between.numpy()),
        "queries": _queries(watched, step, layer),
        "reference": _reference(stage, look, layer, query),
        "chain": stage.laned(look.regions[:, query]),
        "trail": _trail(watched, stage, layer, query),
        "matches": _matches(watched, step),
        "words": query_in_words(watched, step, layer, query),
        "looks": looks_in_words(watched, step, layer, query, head, moved),
        "takes": takes_in_words(between, query),
        "match": match_in_words(watched, step, layer),
    }


def _reference(stage: Stage, look: Look, layer: int, query: int) -> list[float]:
    """Where the detector has the reference point of deformable attention; nothing without one."""
    if look.references is None:
        return []
    place = look.references[layer, query][None]
    return stage.placed(place, query, look.num_queries)[0].double().tolist()


def _trail(watched: Watched, stage: Stage, layer: int, query: int) -> list[list[float]]:
    """The centres of the query's box after a layer, look by look; nothing without a training."""
    num = len(watched.looks)
    if num == 1:
        return []
    dim = watched.targets.dim
    centres = [look.regions[layer, query].view(2, dim).mean(0)[None] for look in watched.looks]
    return [stage.placed(one, at, num)[0].double().tolist() for at, one in enumerate(centres)]


def _queries(watched: Watched, step: int, layer: int) -> list[dict[str, Any]]:
    look = watched.looks[step]
    best = look.scores[layer].max(-1)
    rows = zip(
        Stage(watched).laned(look.regions[layer]),
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
