"""The parameter names of other FCOS implementations, and ours."""

from locviz.models.torchvision_names import PYRAMID, RESNET

TORCHVISION = (
    *RESNET,
    *PYRAMID,
    ("head.classification_head.conv", "head.towers.0"),
    ("head.classification_head.cls_logits", "head.logits"),
    ("head.regression_head.conv", "head.towers.1"),
    ("head.regression_head.bbox_reg", "head.distances"),
    ("head.regression_head.bbox_ctrness", "head.quality"),
)
