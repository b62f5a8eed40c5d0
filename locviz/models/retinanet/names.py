"""The parameter names of other RetinaNet implementations, and ours."""

from locviz.models.torchvision_names import PYRAMID, RESNET

_HEADS = (("classification_head", "towers.0"), ("regression_head", "towers.1"))

TORCHVISION = (
    *RESNET,
    *PYRAMID,
    # In torchvision, a convolution and its ReLU are one module; here they are two, so convolution i
    # has the index 2 * i ...
    *(
        (f"head.{theirs}.conv.{i}.0", f"head.{ours}.{2 * i}")
        for theirs, ours in _HEADS
        for i in range(4)
    ),
    # ... but the published file is older, and its indices are the same as ours.
    *((f"head.{theirs}.conv", f"head.{ours}") for theirs, ours in _HEADS),
    ("head.classification_head.cls_logits", "head.logits"),
    ("head.regression_head.bbox_reg", "head.deltas"),
)
