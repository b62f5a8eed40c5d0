"""The parameter names of other Faster R-CNN implementations, and ours."""

from locviz.models.torchvision_names import PYRAMID, RESNET

TORCHVISION = (
    *RESNET,
    *PYRAMID,
    ("rpn.head.conv.0.0", "proposer.head.conv"),
    ("rpn.head.conv", "proposer.head.conv"),
    ("rpn.head.cls_logits", "proposer.head.logits"),
    ("rpn.head.bbox_pred", "proposer.head.deltas"),
    # No reordering: torchvision, too, has the background first, in the logits and in the boxes.
    ("roi_heads.box_head.fc6", "roi.head.hidden.0"),
    ("roi_heads.box_head.fc7", "roi.head.hidden.1"),
    ("roi_heads.box_predictor.cls_score", "roi.head.logits"),
    ("roi_heads.box_predictor.bbox_pred", "roi.head.deltas"),
)
