"""The parameter names of other DETR implementations, and ours."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from locviz.models.torchvision_names import resnet_names
from locviz.models.transformer_names import background_first, layer_names, split_projections

# The authors' repository. The rows of `split_projections` are renamed, not torch's own.
OFFICIAL = (
    *resnet_names("backbone.0.body"),
    ("input_proj", "neck.projections.0"),
    ("query_embed.weight", "queries.positions"),
    *layer_names(
        "transformer.encoder.layers",
        "encoder.layers",
        {
            "self_attn.out_proj": "attention.out",
            "self_attn": "attention",
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
            "self_attn.out_proj": "self_attention.out",
            "self_attn": "self_attention",
            "norm1": "self_norm",
            "multihead_attn.out_proj": "cross_attention.out",
            "multihead_attn": "cross_attention",
            "norm2": "cross_norm",
            "linear1": "feed_forward.0",
            "linear2": "feed_forward.3",
            "norm3": "feed_forward_norm",
        },
    ),
    ("transformer.decoder.norm", "decoder.norm"),
    ("class_embed", "head.logits"),
    # Their list has the linear layers only; here each but the last is followed by its ReLU.
    *((f"bbox_embed.layers.{i}", f"head.deltas.{2 * i}") for i in range(3)),
)


def unpack_official(file: Mapping[str, Any]) -> dict[str, Tensor]:
    """The weights in one of the authors' files, ready for the table: each projection (3c, c) split
    in three, the background's row of the classes (k + 1, c) first.

    Args:
        file: what they saved, with the state dict under ``model``.
    """
    return background_first(split_projections(file["model"]), "class_embed")


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
    ("model.input_projection", "neck.projections.0"),
    ("model.query_position_embeddings.weight", "queries.positions"),
    *layer_names(
        "model.encoder.layers",
        "encoder.layers",
        {
            "self_attn": "attention",
            "self_attn_layer_norm": "attention_norm",
            **_FEED_FORWARD,
        },
    ),
    *layer_names(
        "model.decoder.layers",
        "decoder.layers",
        {
            "self_attn": "self_attention",
            "self_attn_layer_norm": "self_norm",
            "encoder_attn": "cross_attention",
            "encoder_attn_layer_norm": "cross_norm",
            **_FEED_FORWARD,
        },
    ),
    ("model.decoder.layernorm", "decoder.norm"),
    ("class_labels_classifier", "head.logits"),
    *((f"bbox_predictor.layers.{i}", f"head.deltas.{2 * i}") for i in range(3)),
)


def unpack_transformers(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state dict of transformers' ``DetrForObjectDetection``, ready for the table: the
    background's row of the classes (k + 1, c) first.
    """
    return background_first(state, "class_labels_classifier")
