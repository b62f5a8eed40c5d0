"""torchvision's parameter names to ours."""

# (theirs, ours): a prefix of whole name parts; the first that fits is used.
_RESNET = (
    ("backbone.body.conv1", "backbone.stem.0"),
    ("backbone.body.bn1", "backbone.stem.1"),
    *((f"backbone.body.layer{i + 1}", f"backbone.stages.{i}") for i in range(4)),
)
_PYRAMID = (
    *((f"backbone.fpn.inner_blocks.{i}.0", f"neck.lateral.{i}") for i in range(4)),
    *((f"backbone.fpn.layer_blocks.{i}.0", f"neck.smooth.{i}") for i in range(4)),
    # Older files, the official Faster R-CNN among them, have one name part less.
    *((f"backbone.fpn.inner_blocks.{i}", f"neck.lateral.{i}") for i in range(4)),
    *((f"backbone.fpn.layer_blocks.{i}", f"neck.smooth.{i}") for i in range(4)),
    ("backbone.fpn.extra_blocks.p6", "neck.extra.0"),
    ("backbone.fpn.extra_blocks.p7", "neck.extra.1"),
)

FCOS_R50 = (
    *_RESNET,
    *_PYRAMID,
    ("head.classification_head.conv", "head.towers.0"),
    ("head.classification_head.cls_logits", "head.logits"),
    ("head.regression_head.conv", "head.towers.1"),
    ("head.regression_head.bbox_reg", "head.distances"),
    ("head.regression_head.bbox_ctrness", "head.quality"),
)

FASTER_RCNN_R50_FPN = (
    *_RESNET,
    *_PYRAMID,
    ("rpn.head.conv.0.0", "proposer.head.conv"),
    ("rpn.head.conv", "proposer.head.conv"),
    ("rpn.head.cls_logits", "proposer.head.logits"),
    ("rpn.head.bbox_pred", "proposer.head.deltas"),
    # Both have the background first, in the logits and in the boxes.
    ("roi_heads.box_head.fc6", "roi.head.hidden.0"),
    ("roi_heads.box_head.fc7", "roi.head.hidden.1"),
    ("roi_heads.box_predictor.cls_score", "roi.head.logits"),
    ("roi_heads.box_predictor.bbox_pred", "roi.head.deltas"),
)
