"""The parameter names of other implementations of Deformable DETR, and ours."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from locviz.models.torchvision_names import resnet_names
from locviz.models.transformer_names import layer_names, split_projections

_ATTENTION = {
    "sampling_offsets": "offsets",
    "attention_weights": "weights",
    "value_proj": "value",
    "output_proj": "out",
}


def _attention(theirs: str, ours: str) -> dict[str, str]:
    return {f"{theirs}.{one}": f"{ours}.{other}" for one, other in _ATTENTION.items()}


def _heads(model: str) -> tuple[tuple[str, str], ...]:
    """Where a name begins with ``model``: the heads of each of six layers, and the encoder's."""
    places = {**{i: f"head.heads.{i}" for i in range(6)}, 6: "queries.head"}
    return tuple(
        pair
        for index, ours in places.items()
        for pair in (
            (f"{model}class_embed.{index}", f"{ours}.logits"),
            *(
                (f"{model}bbox_embed.{index}.layers.{i}", f"{ours}.deltas.{2 * i}")
                for i in range(3)
            ),
        )
    )


# One head for all layers: of six equal ones, `unpack_...` leaves the one that is called "shared".
_SHARED = (
    ("class_embed.shared", "head.logits"),
    *((f"bbox_embed.shared.layers.{i}", f"head.deltas.{2 * i}") for i in range(3)),
)


def _around(model: str) -> tuple[tuple[str, str], ...]:
    """What stands beside the layers and has the same names in both; theirs begin with ``model``."""
    return (
        ("content", "queries.content"),
        ("positions", "queries.positions"),
        (f"{model}reference_points", "queries.points"),
        (f"{model}level_embed", "encoder.levels"),
        (f"{model}enc_output", "queries.token"),
        (f"{model}enc_output_norm", "queries.token_norm"),
        (f"{model}pos_trans", "queries.place"),
        (f"{model}pos_trans_norm", "queries.place_norm"),
    )


# The authors' repository, after `unpack_official`.
OFFICIAL = (
    *resnet_names("backbone.0.body"),
    ("input_proj", "neck.levels"),
    *_around("transformer."),
    *layer_names(
        "transformer.encoder.layers",
        "encoder.layers",
        {
            **_attention("self_attn", "attention"),
            "norm1": "attention_norm",
            "linear1": "feed_forward.0",
            "linear2": "feed_forward.3",
            "norm2": "feed_forward_norm",
        },
    ),
    *layer_names(
        "transformer.decoder.layers",
        "decoder.layers",
        {
            **_attention("cross_attn", "cross_attention"),
            "norm1": "cross_norm",
            "self_attn.out_proj": "self_attention.out",
            "self_attn": "self_attention",
            "norm2": "self_norm",
            "linear1": "feed_forward.0",
            "linear2": "feed_forward.3",
            "norm3": "feed_forward_norm",
        },
    ),
    *_SHARED,
    *_heads(""),
)

_FEED_FORWARD = {
    "mlp.fc1": "feed_forward.0",
    "mlp.fc2": "feed_forward.3",
    # Files that were saved before version 5 have one part less, and `out_proj` for `o_proj`.
    "fc1": "feed_forward.0",
    "fc2": "feed_forward.3",
    "final_layer_norm": "feed_forward_norm",
}
TRANSFORMERS = (
    ("*.q_proj", "*.query"),
    ("*.k_proj", "*.key"),
    ("*.v_proj", "*.value"),
    ("*.o_proj", "*.out"),
    ("*.out_proj", "*.out"),
    *resnet_names("model.backbone.model"),
    *resnet_names("model.backbone.conv_encoder.model"),
    ("model.input_proj", "neck.levels"),
    *_around("model."),
    *layer_names(
        "model.encoder.layers",
        "encoder.layers",
        {
            **_attention("self_attn", "attention"),
            "self_attn_layer_norm": "attention_norm",
            **_FEED_FORWARD,
        },
    ),
    *layer_names(
        "model.decoder.layers",
        "decoder.layers",
        {
            **_attention("encoder_attn", "cross_attention"),
            "encoder_attn_layer_norm": "cross_norm",
            "self_attn": "self_attention",
            "self_attn_layer_norm": "self_norm",
            **_FEED_FORWARD,
        },
    ),
    *_SHARED,
    *_heads(""),
)


def unpack_official(file: Mapping[str, Any]) -> dict[str, Tensor]:
    """The weights in one of the authors' files, ready for the table: each projection (3c, c) split
    in three, queries (q, 2c) in positions and content, and each head once.

    Args:
        file: what they saved, with the state dict under ``model``.

    Raises:
        ValueError: heads that are one in their model differ.
    """
    state = _heads_once(split_projections(file["model"]), "transformer.decoder.")
    return _split_queries(state, "query_embed.weight")


def unpack_transformers(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state dict of transformers' ``DeformableDetrForObjectDetection``, ready for the table:
    queries (q, 2c) split in positions and content, and each head once.

    Raises:
        ValueError: heads that are one in their model differ.
    """
    return _split_queries(
        _heads_once(state, "model.decoder."), "model.query_position_embeddings.weight"
    )


def _split_queries(state: Mapping[str, Tensor], name: str) -> dict[str, Tensor]:
    """Their first half says what a query looks for; a two-stage model has none."""
    split = {other: x for other, x in state.items() if other != name}
    if name in state:
        split["positions"], split["content"] = state[name].chunk(2, -1)
    return split


def _heads_once(state: Mapping[str, Tensor], decoder: str) -> dict[str, Tensor]:
    """Refined models hold their heads twice, in the model and in its decoder. The others hold one
    pair of heads once per layer.
    """
    twice = any(name.startswith(f"{decoder}bbox_embed.") for name in state)

    def called(name: str) -> str:
        short = name.removeprefix(decoder)
        if not short.startswith(("class_embed.", "bbox_embed.")):
            return name
        kind, _, rest = short.split(".", 2)
        return short if twice else f"{kind}.shared.{rest}"

    return _merged(state, called)


def _merged(state: Mapping[str, Tensor], called: Callable[[str], str]) -> dict[str, Tensor]:
    merged: dict[str, Tensor] = {}
    for name, tensor in state.items():
        known = merged.setdefault(called(name), tensor)
        if known is not tensor and not torch.equal(known, tensor):
            raise ValueError(
                f"{name!r} should equal the other tensors called {called(name)!r}: the file does not "
                "come from the model that this table is for"
            )
    return merged
