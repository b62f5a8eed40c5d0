"""From the parameter names of YOLOv10 in ultralytics 8.4.190, which numbers the layers, to ours.

Released files are not among the published weights that load by name: they are pickled models, which
cannot be opened without running what they hold.
"""

from collections.abc import Iterator

Pairs = Iterator[tuple[str, str]]

HEADS = {"": "one_to_many", "one2one_": "one_to_one"}


def _backbone() -> Pairs:
    yield "model.0", "backbone.stem"
    for stage in range(4):
        for place in range(2):
            yield f"model.{1 + 2 * stage + place}", f"backbone.stages.{stage}.{place}"
    yield "model.9.cv1", "backbone.pooling.reduce"
    yield "model.9.cv2", "backbone.pooling.join"
    yield "model.10", "backbone.attention"


def _neck() -> Pairs:
    for number, ours in (
        (13, "descend.0"),
        (16, "descend.1"),
        (17, "shrink.0"),
        (19, "ascend.0"),
        (20, "shrink.1"),
        (22, "ascend.1"),
    ):
        yield f"model.{number}", f"neck.{ours}"


def _large_kernels() -> Pairs:
    """Where n and s have a 7x7 filter inside a block: in the last stages, which are one block deep."""
    for number, ours in ((8, "backbone.stages.3.1"), (22, "neck.ascend.1")):
        theirs, inside = f"model.{number}.m.0.cv1.2", f"{ours}.blocks.0.conv1.2"
        yield f"{theirs}.conv1", f"{inside}.small"
        yield f"{theirs}.conv.conv", f"{inside}.large.conv"
        yield f"{theirs}.conv.bn", f"{inside}.large.bn"


def _heads() -> Pairs:
    yield "model.23.dfl.conv.weight", "head.places"
    for theirs, ours in HEADS.items():
        for level in range(3):
            for number, last, tower in ((2, "deltas", "box_towers"), (3, "logits", "class_towers")):
                layers = f"model.23.{theirs}cv{number}.{level}"
                yield f"{layers}.2", f"head.{ours}.{last}.{level}"
                yield layers, f"head.{ours}.{tower}.{level}"


# (theirs, ours): a prefix of whole name parts; those with a star stand inside other names.
RELEASED = (
    ("*.cv1", "*.conv1"),
    ("*.cv2", "*.conv2"),
    ("*.m", "*.blocks"),
    ("*.attn", "*.attention"),
    ("*.pe", "*.position"),
    *_large_kernels(),
    *_backbone(),
    *_neck(),
    *_heads(),
)
