"""The challenges of lesson 04 in RoILab and AnchorLab, in the order of the chapter."""

from types import SimpleNamespace

from locviz.course import Challenge, Goal


def _pool_is_off(state: SimpleNamespace) -> float:
    return state.misalignment["pool"]


def _shorter_side(state: SimpleNamespace) -> float:
    box = state.region if hasattr(state, "region") else state.target
    return min(box[2] - box[0], box[3] - box[1])


lucky = Challenge(
    name="04.lucky",
    widget="roi",
    title="Lucky rounding",
    task=(
        "RoIPool looks at whole cells, so it nearly always looks a little beside the region. Find "
        "a region of at least 40 x 40 pixels where it is lucky: it looks no more than 4 pixels "
        "beside its bins. Then move the region by half a pixel."
    ),
    reads=("result", "misalignment", "region"),
    goals=(
        Goal(says="RoIPool looks at most 4 px beside its bins", number=_pool_is_off, high=4.0),
        Goal(says="both sides at least 40 pixels", number=_shorter_side, low=40.0),
    ),
    hint=(
        "Each edge is rounded to a cell of 16 pixels, and the last cell is included. Move just "
        "below a middle."
    ),
    example={
        "result": {},
        "misalignment": {"pool": 3.9, "align": 0.0},
        "region": [23.9, 23.9, 87.9, 87.9],
    },
    settings={"region": [23.9, 23.9, 87.9, 87.9]},
)


def _times_the_default(state: SimpleNamespace) -> float:
    return state.recall / state.default_recall


beat_the_default = Challenge(
    name="04.beat_the_default",
    title="A tenth of the anchors, twice the recall",
    task=(
        "The dashed line is Faster R-CNN's default on a pyramid: 76,740 anchors. Blood cells are "
        "not everything: look at their sizes and shapes and design scales, ratios and strides that "
        "reach at least twice the default's recall at an IoU of 0.7, with a tenth of its anchors."
    ),
    reads=("result", "positive", "recall", "default_recall", "num_anchors"),
    goals=(
        Goal(
            says="read at an IoU of 0.7",
            number=lambda state: state.positive,
            low=0.695,
            high=0.705,
        ),
        Goal(says="at least twice the default's recall", number=_times_the_default, low=2.0),
        Goal(says="at most 7,674 anchors", number=lambda state: state.num_anchors, high=7674),
    ),
    hint=(
        "Most cells are about 100 pixels wide. Which two sizes does the default have next to that, "
        "and how far off?"
    ),
    example={
        "result": {},
        "positive": 0.7,
        "recall": 0.856,
        "default_recall": 0.396,
        "num_anchors": 7200,
    },
    settings={"scales": [2.5, 6, 7.2], "ratios": [0.8, 1.2], "strides": [16]},
)


def _from_the_default(state: SimpleNamespace) -> float:
    """How far the design is from Faster R-CNN's on a pyramid; infinite where it has more or fewer
    knobs.
    """
    start = {"scales": (8,), "ratios": (0.5, 1, 2), "strides": (4, 8, 16, 32, 64)}
    pairs = [(tuple(getattr(state, name)), values) for name, values in start.items()]
    if any(len(now) != len(first) for now, first in pairs):
        return float("inf")
    return sum(abs(a - b) for now, first in pairs for a, b in zip(now, first, strict=True))


def _its_best(state: SimpleNamespace) -> float:
    return float(state.gt_best_iou[state.selected])


blind_spot = Challenge(
    name="04.blind_spot",
    title="Where nobody looks",
    task=(
        "Leave the anchors as the lab began with them (Reset brings them back). Drag the object, its "
        "edges and its place, until no anchor reaches an IoU of 0.2 with it, although each of its "
        "sides has at least 32 pixels."
    ),
    reads=("result", "gt_best_iou", "selected", "target", "scales", "ratios", "strides"),
    goals=(
        Goal(says="the anchors are the default's", number=_from_the_default, high=1e-6),
        Goal(says="best IoU of the object below 0.2", number=_its_best, high=0.1999),
        Goal(says="both sides at least 32 pixels", number=_shorter_side, low=32.0),
    ),
    hint="The anchors have the shapes 1:2, 1:1 and 2:1. What has none of these shapes?",
    example={
        "result": {},
        "gt_best_iou": [0.186],
        "selected": 0,
        "target": [0.0, 100.0, 640.0, 132.0],
        "scales": (8,),
        "ratios": (0.5, 1, 2),
        "strides": (4, 8, 16, 32, 64),
    },
    settings={"target": [0, 100, 640, 132]},
)
