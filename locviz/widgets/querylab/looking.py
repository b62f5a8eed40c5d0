"""What the queries of a detector look at in one image: attention caught while the detector predicts.

The weights are computed by the attention modules themselves, from the very arguments that they were
called with, so what is shown is what was mixed.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.layers import Attention, DeformableAttention
from locviz.types import Movable, Targets, check_tensors

NOTHING = -1
"""A query that is responsible for no object."""
_ATTENTIONS = ("self_attention", "cross_attention")


@dataclass(frozen=True, eq=False, kw_only=True)
class Look(Movable):
    """What a query detector did with one image at one step of its training.

    Shapes, with l decoder layers and q queries: ``scores`` (l, q, k) class probabilities;
    ``regions`` (l, q, 4) in pixels of the image as it was given; ``matches`` (l, q) the object that
    each query is responsible for by the detector's own assigner, or -1; ``self_attention`` (l,
    heads, q, q), rows sum to 1. ``cells`` (l, eyes, q, n) are the weights of cross-attention over
    the n cells of ``level_sizes``, rows sum to 1; each of its heads is an eye. They are None where
    it is deformable: then ``places`` (l, q, eyes, n, 2) are pixels and ``shares`` (l, q, eyes, n)
    their weights, which sum to 1 over the n places of an eye, and ``references`` (l, q, 2) the points
    that the places lie around. ``extent`` is the width and height
    that the maps cover, in pixels of the image; with padding it is larger than the image. ``step``
    says how long the detector was trained.

    A detector of spans looks along time: regions are (l, q, 2), places and references have one
    number, ``extent`` is one length and a level one count.
    """

    step: int
    scores: Float[Tensor, "l q k"]
    regions: Float[Tensor, "l q coords"]
    matches: Int64[Tensor, "l q"]
    self_attention: Float[Tensor, "l heads q q"]
    extent: tuple[float, ...]
    level_sizes: tuple[tuple[int, ...], ...]
    cells: Float[Tensor, "l eyes q n"] | None = None
    places: Float[Tensor, "l q eyes n dim"] | None = None
    shares: Float[Tensor, "l q eyes n"] | None = None
    references: Float[Tensor, "l q dim"] | None = None

    @property
    def dim(self) -> int:
        """2 for boxes, 1 for spans."""
        return len(self.extent)

    @property
    def num_layers(self) -> int:
        """How many decoder layers there are."""
        return self.regions.shape[0]

    @property
    def num_queries(self) -> int:
        """How many queries there are."""
        return self.regions.shape[1]

    @property
    def num_heads(self) -> int:
        """How many heads both attentions have."""
        cross = self.shares.shape[2] if self.cells is None else self.cells.shape[1]  # type: ignore[union-attr]
        return min(cross, self.self_attention.shape[1])

    def mean_of_heads(self) -> "Look":
        """The same with one head: the mean of all; deformable places are one head's, all of them."""
        changed: dict[str, Any] = {"self_attention": self.self_attention.mean(1, keepdim=True)}
        if self.cells is not None:
            changed["cells"] = self.cells.mean(1, keepdim=True)
        if self.places is not None and self.shares is not None:
            changed["places"] = self.places.flatten(2, 3).unsqueeze(2)
            changed["shares"] = self.shares.flatten(2).unsqueeze(2) / self.shares.shape[2]
        return replace(self, **changed)

    def between(self, layer: int, head: int | None = None) -> Float[Tensor, "q q"]:
        """How much each query (a row) takes from each other one in a layer, (q, q); rows sum to 1.

        Args:
            layer: from 0.
            head: None is the mean of all heads.
        """
        weights = self.self_attention[layer]
        return weights.mean(0) if head is None else weights[head]

    def heat(self, layer: int, query: int, head: int | None = None) -> Float[Tensor, "h w"] | None:
        """How much a query takes from each cell of the finest map, (h, w); they sum to 1.

        What it takes from a cell of a coarser map is spread evenly over the finer cells below it.
        None where cross-attention is deformable: see ``dots``.

        Args:
            layer, query: from 0.
            head: None is the mean of all heads.
        """
        if self.cells is None:
            return None
        weights = self.cells[layer, :, query]
        row = weights.mean(0) if head is None else weights[head]
        # A map over time is one of one row.
        sizes = [(1, *size)[-2:] for size in self.level_sizes]
        finest = sizes[0]
        counts = [h * w for h, w in sizes]
        maps = [part.reshape(size) for part, size in zip(row.split(counts), sizes, strict=True)]
        return torch.stack([_spread(one, finest) for one in maps]).sum(0)

    def dots(
        self,
        layer: int,
        query: int,
        head: int | None = None,
        *,
        reference: Sequence[float] | None = None,
    ) -> Float[Tensor, "n k"] | None:
        """Where a query looks by deformable attention: x and y in pixels and the weight, (n, 3), or
        time and weight, (n, 2); the weights sum to 1. None where cross-attention looks at cells.

        Args:
            layer, query: from 0.
            head: None is all heads, each with its part of the whole.
            reference: another reference point than the detector's. Offsets and weights come from
                the query alone, so that all places move along with it.
        """
        if self.places is None or self.shares is None:
            return None
        places, shares = self.places[layer, query], self.shares[layer, query]
        if reference and self.references is not None:
            places = places + (places.new_tensor(list(reference)) - self.references[layer, query])
        if head is not None:
            return torch.cat([places[head], shares[head][:, None]], -1)
        return torch.cat([places, shares[..., None] / len(shares)], -1).flatten(0, 1)

    def owners(self, layer: int, num_objects: int) -> list[list[int]]:
        """The queries that are responsible for each object in a layer, ``num_objects`` lists."""
        rows = self.matches[layer]
        return [(rows == index).nonzero()[:, 0].tolist() for index in range(num_objects)]


def flips(before: Sequence[Sequence[int]], now: Sequence[Sequence[int]]) -> list[int]:
    """The objects whose responsible queries have changed between two ``Look.owners``."""
    pairs = enumerate(zip(before, now, strict=True))
    return [index for index, (old, new) in pairs if set(old) != set(new)]


def _spread(coarse: Float[Tensor, "a b"], size: tuple[int, ...]) -> Float[Tensor, "h w"]:
    fine = F.interpolate(coarse[None, None], size=size, mode="nearest")[0, 0]
    return fine * (coarse.sum() / fine.sum().clamp(min=torch.finfo(fine.dtype).tiny))


def checked_detector(detector: Any) -> Any:
    """The detector itself, if it can be looked through.

    Raises:
        TypeError: it is no ``QueryDetector``, or its decoder has no layers with an attention that
            is known here.
    """
    from locviz.models.skeletons.query import QueryDetector

    if not isinstance(detector, QueryDetector):
        raise TypeError(
            f"detector must be a QueryDetector, such as detr_tiny(3), got {type(detector).__name__}"
        )
    _layers(detector.decoder)
    return detector


def look_at(detector: nn.Module, image: Tensor, targets: Targets, *, step: int = 0) -> Look:
    """Let a detector predict for an image, and catch what its decoder looks at.

    Its mode and its weights are left as they are; the result is on the CPU.

    Args:
        detector: a ``QueryDetector``.
        image: (3, h, w) in 0..1; features (t, c) for a detector of spans.
        targets: its ground truths, in its pixels.
        step: how long the detector was trained.

    Raises:
        TypeError: it is no ``QueryDetector``, or its decoder has no layers with an attention that
            is known here; or ``image`` is no tensor.
        ValueError: image and targets do not fit each other or the detector's classes.
    """
    from locviz.train.device import home_of
    from locviz.train.inference import evaluating

    seen = checked_detector(detector)
    check_tensors(image=image)
    inputs = [_as_weights(detector, image.to(home_of(detector)))]
    with evaluating(detector), _caught(seen.decoder) as caught:
        predictions = seen(inputs)
        outputs = (*predictions.aux, predictions)
        regions = torch.cat([seen.regions(one) for one in outputs])
        scale = predictions.scales[0]
        extent = tuple(
            side / factor
            for side, factor in zip(
                seen.prepare(inputs).values.shape[:1:-1], scale.tolist(), strict=True
            )
        )
        return Look(
            step=step,
            scores=torch.stack([_probability(detector, one.logits[0]) for one in outputs]).cpu(),
            regions=(regions / scale.repeat(2)).float().cpu(),
            matches=_matches(detector, inputs, targets, outputs).cpu(),
            **_attention(caught, extent),
        )


def _as_weights(detector: nn.Module, image: Tensor) -> Tensor:
    """Floats in the type of the weights; an image that is not of floats is refused later."""
    kinds = [one.dtype for one in detector.parameters() if one.is_floating_point()]
    return image.to(kinds[0]) if kinds and image.is_floating_point() else image


def _probability(detector: Any, logits: Tensor) -> Tensor:
    """The classes' probabilities as the detector selects by them; a sigmoid where it does not say."""
    return getattr(detector.postprocess, "probability", torch.sigmoid)(logits)


def _matches(
    detector: Any, inputs: Sequence[Tensor], targets: Targets, outputs: Sequence[Any]
) -> Int64[Tensor, "l q"]:
    """What each layer is trained by, as ``QueryDetector.loss`` matches it."""
    from locviz.models.skeletons.frames import training_targets
    from locviz.models.skeletons.outputs import assigner_of
    from locviz.models.skeletons.per_prior import assign_images

    scaled = training_targets(
        inputs, [targets], outputs[-1].scales, num_classes=detector.head.num_classes
    )
    rows = [
        assign_images(
            assigner_of(detector.assigner, last=one is outputs[-1]),
            one,
            detector.regions(one),
            scaled,
        )[0].gt_index
        for one in outputs
    ]
    return torch.stack(rows).clamp(min=NOTHING)


@contextmanager
def _caught(decoder: Any) -> Iterator[dict[str, list[Any]]]:
    """Hooks on the attentions of every layer, and on the decoder for the memory that it reads."""
    caught: dict[str, list[Any]] = {"memory": [], "self_attention": [], "cross_attention": []}

    def keep(name: str, look: Callable[[nn.Module, dict[str, Any]], Any]):
        def hook(module: nn.Module, args: tuple, kwargs: dict[str, Any], _: Any) -> None:
            given = inspect.signature(module.forward).bind(*args, **kwargs).arguments
            caught[name].append(look(module, given))

        return hook

    hooks = [(decoder, keep("memory", lambda _, given: given["memory"]))]
    for layer in _layers(decoder):
        hooks += [(getattr(layer, name), keep(name, _looked)) for name in _ATTENTIONS]
    handles = [one.register_forward_hook(hook, with_kwargs=True) for one, hook in hooks]
    try:
        yield caught
    finally:
        for handle in handles:
            handle.remove()


def _layers(decoder: Any) -> list[nn.Module]:
    """The layers of a decoder, each with two attentions that can be looked at."""
    layers: list[nn.Module] = list(getattr(decoder, "layers", ()))
    found = [getattr(layer, name, None) for layer in layers for name in _ATTENTIONS]
    if not found or not all(isinstance(one, Attention | DeformableAttention) for one in found):
        raise TypeError(
            f"{type(decoder).__name__} has no layers whose self_attention and cross_attention are "
            "Attention or DeformableAttention: QueryLab cannot see what it looks at"
        )
    return layers


def _looked(module: nn.Module, given: dict[str, Any]) -> Any:
    if isinstance(module, Attention):
        return module.weights(given["queries"], given["keys"], hidden=given.get("hidden"))
    places, shares = module.look(given["queries"], given["references"], given["level_sizes"])  # type: ignore[operator]
    return places, shares, given["references"][..., 0, : module.dim]


def _attention(caught: dict[str, list[Any]], extent: tuple[float, ...]) -> dict[str, Any]:
    """The fields of a ``Look`` that are about attention, on the CPU."""
    fields: dict[str, Any] = {
        "self_attention": torch.stack([one[0] for one in caught["self_attention"]]).float().cpu(),
        "level_sizes": tuple(tuple(size) for size in caught["memory"][-1].level_sizes),
        "extent": extent,
    }
    cross = caught["cross_attention"]
    if isinstance(cross[0], Tensor):
        return {**fields, "cells": torch.stack([one[0] for one in cross]).float().cpu()}
    # (q, heads, levels, points, dim) to (q, heads, n, dim), in pixels.
    places = torch.stack([one[0][0].flatten(2, 3) for one in cross]).float().cpu()
    shares = torch.stack([one[1][0].flatten(2, 3) for one in cross]).float().cpu()
    references = torch.stack([one[2][0] for one in cross]).float().cpu()
    unit = places.new_tensor(extent)
    return {**fields, "places": places * unit, "shares": shares, "references": references * unit}
