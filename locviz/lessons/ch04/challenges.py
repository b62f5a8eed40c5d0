"""Lesson 04, anchors: where does a model look?"""

from types import SimpleNamespace

from locviz.course import Challenge, Goal, Quiz
from locviz.course.ch04_exercises import how_many, who_answers, worst_place
from locviz.course.ch04_programs import anchor_shapes, multi_task, offsets, pool_edges, recall

__all__ = [
    "anchor_shapes", "beat_the_default", "blind_spot", "flood", "how_many", "lucky", "multi_task", "offsets",
    "pool_edges", "recall", "three_rules", "what_is_slow", "who_answers", "worst_place",
]  # fmt: skip

# --- predict first
# ---------------------------------------------------------------------------------------------------

flood = Quiz(
    name="04.flood",
    title="A sea of background",
    question=(
        "RetinaNet lays 120,087 anchors over a picture of 800 x 800 pixels; an anchor answers for an object if their "
        "IoU is at least 0.5. The picture holds ten objects. About how many of the anchors answer for one?"
    ),
    choices=("ten", "a few hundred", "about 12,000, a tenth", "nearly half"),
    right="b",
    because=(
        "An object has some dozens of neighbours with nearly its place and shape, more if it is large for its level. "
        "So for each anchor that says something there are hundreds that should say nothing: R-CNN and its kin "
        "*sample*, SSD takes the hardest, RetinaNet changes the loss (chapter 08)."
    ),
)

what_is_slow = Quiz(
    name="04.what_is_slow",
    title="What is slow next",
    question=(
        "R-CNN runs its network on each of 2,000 proposals. Fast R-CNN runs it once per picture and cuts the proposals "
        "out of the feature map. Where does Fast R-CNN spend most of its time?"
    ),
    choices=(
        "in the network",
        "in cutting out regions",
        "in finding the proposals",
        "in non-maximum suppression",
    ),
    right="c",
    because=(
        "Selective Search needed about two seconds for a picture, on a CPU; the rest of Fast R-CNN 0.3. Whoever "
        "makes one part fast finds out what else is slow. Faster R-CNN lets the network propose."
    ),
)

three_rules = Quiz(
    name="04.three_rules",
    title="Find the mistake",
    question=(
        'A survey writes: "R-CNN trains its support vector machines with the regions whose IoU with an object is above '
        "0.5 as positive examples.\" The authors' program says something else. What does it take as positive?"
    ),
    choices=(
        "regions with an IoU above 0.7",
        "the ground-truth boxes alone",
        "regions with an IoU above 0.3",
        "the region with the highest score",
    ),
    right="b",
    because=(
        "R-CNN has three rules for three trainings. Fine-tuning the network: positive from 0.5 on. The machines: "
        "only the ground truth is positive, below 0.3 is negative, what lies between takes no part. The box "
        "regressors: regions above 0.6. The survey mixed up the first two."
    ),
)

# --- challenges in RoILab and AnchorLab; `result` is the trait that changes with all that they read
# -------------------


def _pool_is_off(state: SimpleNamespace) -> float:
    return state.misalignment["pool"]


def _shorter_side(state: SimpleNamespace) -> float:
    box = state.region if hasattr(state, "region") else state.target
    return min(box[2] - box[0], box[3] - box[1])


lucky = Challenge(
    name="04.lucky",
    title="Lucky rounding",
    task=(
        "RoIPool looks at whole cells, so it nearly always looks a little beside the region. Find a region of at least "
        "40 x 40 pixels where it is lucky: off by no more than 6 pixels. Then move it by half a pixel."
    ),
    reads=("result", "misalignment", "region"),
    goals=(
        Goal(says="RoIPool off by at most 6 pixels", measure=_pool_is_off, high=6.0),
        Goal(says="both sides at least 40 pixels", measure=_shorter_side, low=40.0),
    ),
    hint="Each edge is rounded to a cell of 16 pixels, and the last cell is included. Move just below a middle.",
    example={
        "result": {},
        "misalignment": {"pool": 3.9, "align": 0.0},
        "region": [23.9, 23.9, 87.9, 87.9],
    },
)


def _times_the_default(state: SimpleNamespace) -> float:
    return state.recall / state.default_recall


beat_the_default = Challenge(
    name="04.beat_the_default",
    title="A tenth of the anchors, twice the recall",
    task=(
        "The dashed line is Faster R-CNN's default on a pyramid: 76,740 anchors. Blood cells are not everything: "
        "look at their sizes and shapes and design scales, ratios and strides that reach at least twice the "
        "default's recall at an IoU of 0.7, with a tenth of its anchors."
    ),
    reads=("result", "positive", "recall", "default_recall", "num_anchors"),
    goals=(
        Goal(
            says="read at an IoU of 0.7",
            measure=lambda state: state.positive,
            low=0.695,
            high=0.705,
        ),
        Goal(says="at least twice the default's recall", measure=_times_the_default, low=2.0),
        Goal(says="at most 7,674 anchors", measure=lambda state: state.num_anchors, high=7674),
    ),
    hint="Most cells are about 100 pixels wide. Which two sizes does the default have next to that, and how far off?",
    example={
        "result": {},
        "positive": 0.7,
        "recall": 0.856,
        "default_recall": 0.396,
        "num_anchors": 7200,
    },
)


def _its_best(state: SimpleNamespace) -> float:
    return float(state.gt_best_iou[state.selected])


blind_spot = Challenge(
    name="04.blind_spot",
    title="Where nobody looks",
    task=(
        "Drag the object, its edges and its place, until no anchor reaches an IoU of 0.3 with it, although each of its "
        "sides has at least 24 pixels."
    ),
    reads=("result", "gt_best_iou", "selected", "target"),
    goals=(
        Goal(says="best IoU of the object below 0.3", measure=_its_best, high=0.2999),
        Goal(says="both sides at least 24 pixels", measure=_shorter_side, low=24.0),
    ),
    hint="The anchors have the shapes 1:2, 1:1 and 2:1. What has none of these shapes?",
    example={
        "result": {},
        "gt_best_iou": [0.27],
        "selected": 0,
        "target": [100.0, 100.0, 400.0, 130.0],
    },
)
