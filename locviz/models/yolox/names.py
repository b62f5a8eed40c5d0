"""From the parameter names of Megvii's YOLOX to ours."""

from collections.abc import Iterator

Pairs = Iterator[tuple[str, str]]


def _block(theirs: str, ours: str) -> Pairs:
    """The names in a cross-stage partial block."""
    names = {"conv1": "through", "conv2": "around", "conv3": "join", "m": "blocks"}
    return ((f"{theirs}.{a}", f"{ours}.{b}") for a, b in names.items())


def _backbone() -> Pairs:
    theirs, ours = "backbone.backbone", "backbone.stages"
    yield f"{theirs}.stem.conv", "backbone.stem"
    for stage in range(4):
        yield f"{theirs}.dark{stage + 2}.0", f"{ours}.{stage}.0"
    for stage in range(3):
        yield from _block(f"{theirs}.dark{stage + 2}.1", f"{ours}.{stage}.1")
    yield f"{theirs}.dark5.1.conv1", f"{ours}.3.1.reduce"
    yield f"{theirs}.dark5.1.conv2", f"{ours}.3.1.join"
    yield from _block(f"{theirs}.dark5.2", f"{ours}.3.2")


def _neck() -> Pairs:
    yield "backbone.lateral_conv0", "neck.reduce.0"
    yield "backbone.reduce_conv1", "neck.reduce.1"
    yield "backbone.bu_conv2", "neck.shrink.0"
    yield "backbone.bu_conv1", "neck.shrink.1"
    for theirs, ours in [
        ("p4", "descend.0"),
        ("p3", "descend.1"),
        ("n3", "ascend.0"),
        ("n4", "ascend.1"),
    ]:
        yield from _block(f"backbone.C3_{theirs}", f"neck.{ours}")


# (theirs, ours): a prefix of whole name parts. The first two stand inside nano's names alone: its
# depthwise convolutions are one filter per channel, then a 1x1 convolution.
MEGVII = (
    ("*.dconv", "*.each"),
    ("*.pconv", "*.mix"),
    *_backbone(),
    *_neck(),
    ("head.stems", "head.stems"),
    ("head.cls_convs", "head.class_towers"),
    ("head.reg_convs", "head.box_towers"),
    ("head.cls_preds", "head.logits"),
    ("head.reg_preds", "head.deltas"),
    ("head.obj_preds", "head.objectness"),
)
