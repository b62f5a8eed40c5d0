"""The assigners that stand, static ones first. AssignLab, tables, experiments and tests read the
list.
"""

from functools import partial
from typing import Any

from locviz import assign
from locviz.models import assigners
from locviz.models.assigner_entry import Assigner, AssignerEntry
from locviz.models.knob import Knob

EACH_PRIOR, EACH_OBJECT = "each prior alone", "each object alone"
TOGETHER = "all together"


# Knobs that several assigners have


def _overlap(name: str, label: str, default: float, help: str) -> Knob:
    return Knob(name=name, label=label, low=0.05, high=0.95, step=0.05, default=default, help=help)


def _positive(default: float) -> Knob:
    words = "The IoU with an object from which a prior is responsible for it."
    return _overlap("positive", "positive from IoU", default, words)


def _negative(default: float) -> Knob:
    words = "The IoU with every object below which a prior is background; at most the other one."
    return _overlap("negative", "background below IoU", default, words)


def _weight(name: str, label: str, default: float) -> Knob:
    words = f"What the cost's part counts: {label}."
    return Knob(name=name, label=label, low=0.0, high=10.0, step=0.5, default=default, help=words)


def _radius(default: float) -> Knob:
    return Knob(
        name="radius",
        label="radius (strides)",
        low=0.5,
        high=6.0,
        step=0.5,
        default=default,
        help="How near to an object's centre a prior must be.",
    )


def _num_iou(default: int) -> Knob:
    return Knob(
        name="num_iou",
        label="IoUs summed for k",
        low=1,
        high=40,
        step=1,
        default=default,
        help="Of how many best predictions the IoUs are summed: the sum says how many an object gets.",
    )


def _top_k(label: str, default: int, help: str) -> Knob:
    return Knob(name="top_k", label=label, low=1, high=30, step=1, default=default, help=help)


# Assigners of their knobs


def _max_iou(positive: float, negative: float) -> Assigner:
    return assign.MaxIoU(positive=positive, negative=min(negative, positive), force=assign.no_force)


def _rpn(positive: float, negative: float) -> Assigner:
    return assign.MaxIoU(
        positive=positive, negative=min(negative, positive), force=assign.force_best_ties
    )


def _center_sampling(radius: float, reach: float) -> Assigner:
    # Ranges that follow the strides fit any detector; a radius of 0 is the first paper's whole box.
    return assign.CenterSampling(ranges=assign.StrideRanges(reach=reach), radius=radius or None)


def _hungarian(class_weight: float, l1_weight: float, giou_weight: float) -> Assigner:
    costs = (
        assign.FocalCost(loss=assigners.focal_loss, weight=class_weight),
        assign.L1Cost(weight=l1_weight),
        assign.GIoUCost(weight=giou_weight),
    )
    return assigners.hungarian(costs=costs)


def _class_aware(positive: float, negative: float, **options: Any) -> Assigner:
    return assign.ClassAwareIoU(positive=positive, negative=min(negative, positive), **options)


def _ota(epsilon: float, iterations: int, rescale: int, **options: Any) -> Assigner:
    return assigners.ota(
        solve=partial(assign.sinkhorn, epsilon=epsilon, iterations=iterations),
        rescale=assign.rescale_rows if rescale else assign.as_solved,
        **options,
    )


# The entries

MAX_IOU = AssignerEntry(
    name="max_iou",
    title="Max IoU",
    rule="An anchor is responsible for the object it overlaps most, if by enough; in between it is ignored.",
    origin="Fast R-CNN",
    source=assign.MaxIoU,
    make=_max_iou,
    decided=EACH_PRIOR,
    takes="many",
    priors="anchors",
    knobs=(_positive(0.5), _negative(0.4)),
)

RPN = AssignerEntry(
    name="rpn",
    title="RPN rule",
    rule="As max IoU, and every object's best anchors are positive whatever their overlap.",
    origin="Faster R-CNN, RetinaNet",
    source=assign.rpn_rule,
    make=_rpn,
    decided=EACH_PRIOR,
    takes="many",
    priors="anchors",
    knobs=(_positive(0.7), _negative(0.3)),
)

SSD = AssignerEntry(
    name="ssd",
    title="SSD rule",
    rule="Every object first gets its best anchor; then anchors above the threshold join in.",
    origin="SSD",
    source=assign.SSDRule,
    make=assign.SSDRule,
    decided="the closest pair first",
    takes="many",
    priors="anchors",
    knobs=(
        _overlap(
            "threshold",
            "positive from IoU",
            0.5,
            "The IoU with an object from which a prior joins the object's best one.",
        ),
    ),
)

GRID_CELL = AssignerEntry(
    name="grid_cell",
    title="Grid cell (YOLOv1)",
    rule="The cell that holds an object's centre is responsible for it, with its predictor that overlaps best.",
    origin="YOLOv1",
    source=assign.GridCell,
    make=assign.GridCell,
    decided="each cell alone",
    takes="one",
    priors="cells",
    dynamic=True,
)

CENTER_SAMPLING = AssignerEntry(
    name="center_sampling",
    title="Centre sampling (FCOS)",
    rule="A point is responsible for the smallest box that it is central in and whose size suits its level.",
    origin="FCOS",
    source=assign.CenterSampling,
    make=_center_sampling,
    decided=EACH_PRIOR,
    takes="many",
    priors="points",
    knobs=(
        Knob(
            name="radius",
            label="radius (strides; 0: whole box)",
            low=0.0,
            high=5.0,
            step=0.25,
            default=1.5,
            help="How near to the box's centre a point must be.",
        ),
        Knob(
            name="reach",
            label="level reach (strides)",
            low=1.0,
            high=8.0,
            step=0.5,
            default=3.0,
            help="Up to which distance of a box's sides a level is responsible: 8 in the paper.",
        ),
    ),
)

ATSS = AssignerEntry(
    name="atss",
    title="ATSS",
    rule="Of each object's nearest anchors, those above mean plus deviation of their IoUs are responsible for it.",
    origin="ATSS",
    source=assign.ATSS,
    make=assign.ATSS,
    decided=EACH_OBJECT,
    takes="many",
    priors="anchors",
    knobs=(_top_k("nearest per level (k)", 9, "How many anchors of each level are looked at."),),
)

HUNGARIAN = AssignerEntry(
    name="hungarian",
    title="Hungarian (DETR)",
    rule="Exactly one prediction per object, all objects together at the lowest total cost.",
    origin="DETR",
    source=assign.Hungarian,
    make=_hungarian,
    decided=TOGETHER,
    takes="one",
    priors="points",
    dynamic=True,
    knobs=(
        _weight("class_weight", "class weight", 2.0),
        _weight("l1_weight", "L1 weight", 5.0),
        _weight("giou_weight", "GIoU weight", 2.0),
    ),
)

OTA = AssignerEntry(
    name="ota",
    title="OTA",
    rule=(
        "Objects supply k units each, background the rest, every prior wants one: "
        "the cheapest transport decides."
    ),
    origin="OTA",
    source=assign.OTA,
    make=_ota,
    decided=TOGETHER,
    takes="many",
    priors="points",
    dynamic=True,
    knobs=(
        Knob(
            name="epsilon",
            label="epsilon (entropy)",
            low=0.02,
            high=2.0,
            step=0.02,
            default=0.1,
            help="How much the plan is blurred: more settles sooner and decides less clearly.",
        ),
        Knob(
            name="iterations",
            label="Sinkhorn iterations",
            low=1,
            high=100,
            step=1,
            default=50,
            help="How often rows and columns are scaled in turn.",
        ),
        _weight("localization_weight", "localisation weight", 1.5),
        _radius(2.5),
        _num_iou(20),
        Knob(
            name="rescale",
            label="rescale rows (0: no)",
            low=0,
            high=1,
            step=1,
            default=1,
            help="Whether each object's largest share of a prior counts as a whole one.",
        ),
    ),
)

SIMOTA = AssignerEntry(
    name="simota",
    title="SimOTA (YOLOX)",
    rule="Each object takes its k cheapest priors near its centre; what two take goes to the cheaper of them.",
    origin="YOLOX",
    source=assign.SimOTA,
    make=assigners.sim_ota,
    decided=EACH_OBJECT,
    takes="many",
    priors="points",
    dynamic=True,
    knobs=(
        _weight("localization_weight", "localisation weight", 3.0),
        _radius(1.5),
        _num_iou(10),
    ),
)

TASK_ALIGNED = AssignerEntry(
    name="task_aligned",
    title="Task-aligned (TOOD, YOLOv8)",
    rule=(
        "Each object takes the priors inside it that are best at class and place at once: "
        "the cost is minus that."
    ),
    origin="TOOD, YOLOv8",
    source=assign.TaskAligned,
    make=assigners.task_aligned,
    decided=EACH_OBJECT,
    takes="many",
    priors="points",
    dynamic=True,
    knobs=(
        Knob(
            name="alpha",
            label="alpha (class)",
            low=0.0,
            high=4.0,
            step=0.25,
            default=0.5,
            help="The power of the class's probability in the alignment.",
        ),
        Knob(
            name="beta",
            label="beta (overlap)",
            low=0.0,
            high=10.0,
            step=0.5,
            default=6.0,
            help="The power of the overlap in the alignment.",
        ),
        _top_k("priors per object", 10, "How many best-aligned priors an object takes."),
    ),
)

CLASS_AWARE = AssignerEntry(
    name="class_aware",
    title="IoU or class (IAC score)",
    rule=(
        "An anchor is responsible for the object that it overlaps enough; "
        "or for one that it touches and whose class it predicts."
    ),
    origin="IAC score",
    source=assign.ClassAwareIoU,
    make=_class_aware,
    decided=EACH_PRIOR,
    takes="many",
    priors="anchors",
    dynamic=True,
    knobs=(
        _positive(0.5),
        _negative(0.4),
        Knob(
            name="alpha",
            label="alpha (class)",
            low=0.0,
            high=1.0,
            step=0.05,
            default=0.5,
            help="What the class's probability counts in the score, against the covered share.",
        ),
        Knob(
            name="score_threshold",
            label="positive from score",
            low=0.05,
            high=1.05,
            step=0.05,
            default=0.8,
            help="The score from which an anchor is positive whatever its IoU; above 1 none is.",
        ),
    ),
)

MUTUAL_LABELLING = AssignerEntry(
    name="mutual_labelling",
    title="Mutual labelling (MLC)",
    rule=(
        "Of the priors inside an object those with the better boxes learn its class, "
        "and those sure of the class learn its box."
    ),
    origin="MLC",
    source=assign.MutualLabelling,
    make=assign.MutualLabelling,
    decided="each object's candidates together",
    takes="many",
    priors="points",
    knobs=(
        Knob(
            name="alpha",
            label="alpha (weight)",
            low=0.0,
            high=3.0,
            step=0.25,
            default=0.0,
            help="How little a candidate near the threshold counts, if the detector would ignore it.",
        ),
    ),
    dynamic=True,
)

ASSIGNERS: tuple[AssignerEntry, ...] = (
    MAX_IOU,
    RPN,
    SSD,
    GRID_CELL,
    CENTER_SAMPLING,
    ATSS,
    HUNGARIAN,
    OTA,
    SIMOTA,
    TASK_ALIGNED,
    CLASS_AWARE,
    MUTUAL_LABELLING,
)
