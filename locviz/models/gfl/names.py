"""The parameter names of mmdetection's GFL, and ours."""

from collections.abc import Iterator


def _head() -> Iterator[tuple[str, str]]:
    for tower, theirs in enumerate(("cls_convs", "reg_convs")):
        for i in range(4):
            # A convolution, its norm and a ReLU: three places in our tower.
            yield f"bbox_head.{theirs}.{i}.conv", f"head.towers.{tower}.{3 * i}"
            yield f"bbox_head.{theirs}.{i}.gn", f"head.towers.{tower}.{3 * i + 1}"
    yield "bbox_head.gfl_cls", "head.logits"
    yield "bbox_head.gfl_reg", "head.deltas"
    for i in range(5):
        yield f"bbox_head.scales.{i}.scale", f"head.scales.{i}.value"


# (theirs, ours): a prefix of whole name parts; the first that fits is used.
MMDETECTION = (
    ("backbone.conv1", "backbone.stem.0"),
    ("backbone.bn1", "backbone.stem.1"),
    *((f"backbone.layer{i + 1}", f"backbone.stages.{i}") for i in range(4)),
    *((f"neck.lateral_convs.{i}.conv", f"neck.lateral.{i}") for i in range(3)),
    *((f"neck.fpn_convs.{i}.conv", f"neck.smooth.{i}") for i in range(3)),
    *((f"neck.fpn_convs.{i + 3}.conv", f"neck.extra.{i}") for i in range(2)),
    *_head(),
)
