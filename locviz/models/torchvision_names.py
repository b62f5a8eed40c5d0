"""torchvision's parameter names of the parts that several of its detectors share, and ours."""

# (theirs, ours): a prefix of whole name parts; the first that fits is used.
RESNET = (
    ("backbone.body.conv1", "backbone.stem.0"),
    ("backbone.body.bn1", "backbone.stem.1"),
    *((f"backbone.body.layer{i + 1}", f"backbone.stages.{i}") for i in range(4)),
)
PYRAMID = (
    *((f"backbone.fpn.inner_blocks.{i}.0", f"neck.lateral.{i}") for i in range(4)),
    *((f"backbone.fpn.layer_blocks.{i}.0", f"neck.smooth.{i}") for i in range(4)),
    # Older files, the official Faster R-CNN among them, have one name part less.
    *((f"backbone.fpn.inner_blocks.{i}", f"neck.lateral.{i}") for i in range(4)),
    *((f"backbone.fpn.layer_blocks.{i}", f"neck.smooth.{i}") for i in range(4)),
    ("backbone.fpn.extra_blocks.p6", "neck.extra.0"),
    ("backbone.fpn.extra_blocks.p7", "neck.extra.1"),
)


def resnet_names(prefix: str) -> tuple[tuple[str, str], ...]:
    """The pairs of ``RESNET`` where ``prefix`` stands in the place of torchvision's."""
    return tuple((prefix + theirs.removeprefix("backbone.body"), ours) for theirs, ours in RESNET)
