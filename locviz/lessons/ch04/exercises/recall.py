"""The exercises of lesson 04 to program: anchor shapes, recall, offsets, RoIPool's rounding, the
multi-task loss.
"""

import math

import torch

from locviz.course import Case, Exercise, Mistake

# --- the shapes of anchors
# -------------------------------------------------------------------------------------------


def _anchor_shapes(size, ratios):
    root = ratios.sqrt()
    return torch.stack([size / root, size * root], -1)


def _upside_down(size, ratios):
    root = ratios.sqrt()
    return torch.stack([size * root, size / root], -1)


def _no_root(size, ratios):
    return torch.stack([size / ratios, size * ratios], -1)


def _width_is_the_size(size, ratios):
    return torch.stack([torch.full_like(ratios, size), size * ratios], -1)


def _root_on_one_side(size, ratios):
    return torch.stack([torch.full_like(ratios, size), size * ratios.sqrt()], -1)


anchor_shapes = Exercise(
    name="04.anchor_shapes",
    title="Three shapes, one area",
    task=(
        "Write `anchor_shapes(size, ratios)`: the width and height of anchors that all have the *area* `size ** 2`. "
        "`ratios` is a tensor `(r,)` of height over width. Return a tensor `(r, 2)`: width, height."
    ),
    answer=_anchor_shapes,
    cases=(
        Case(
            args=(32.0, torch.tensor([0.5, 1.0, 2.0])),
            says="a third of RetinaNet's anchors on one cell",
        ),
        Case(args=(10.0, torch.tensor([4.0])), says="four times as high as wide"),
        Case(args=(7.0, torch.tensor([1.0])), says="a square"),
    ),
    mistakes=(
        Mistake(
            name="width and height are exchanged",
            answer=_upside_down,
            says="A ratio is height over width here: a ratio of 2 stands upright.",
        ),
        Mistake(
            name="no square root",
            answer=_no_root,
            says="Dividing the one and multiplying the other by the ratio changes their quotient by its square.",
        ),
        Mistake(
            name="the width stays, the area grows",
            answer=_width_is_the_size,
            says="All anchors of one size should cover the same area: the width must shrink where the height grows.",
        ),
        Mistake(
            name="the root on one side only",
            answer=_root_on_one_side,
            says="Both sides change: one is divided by the root of the ratio, the other multiplied.",
        ),
    ),
    hints=(
        "Two equations: `width * height = size ** 2` and `height / width = ratio`. Solve them for the width.",
        "`width ** 2 = size ** 2 / ratio`.",
        "`size / ratios.sqrt()` and `size * ratios.sqrt()`, side by side: `torch.stack([...], -1)`.",
    ),
)

# --- recall
# ----------------------------------------------------------------------------------------------------------


def _areas(boxes):
    return (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])


def _overlaps(anchors, objects, *, clip=True):
    low = torch.maximum(anchors[:, None, :2], objects[:, :2])
    high = torch.minimum(anchors[:, None, 2:], objects[:, 2:])
    sides = (high - low).clamp(min=0) if clip else high - low
    shared = sides.prod(-1)
    return shared / (_areas(anchors)[:, None] + _areas(objects) - shared)


def _recall(anchors, objects, threshold):
    low = torch.maximum(anchors[:, None, :2], objects[:, :2])
    high = torch.minimum(anchors[:, None, 2:], objects[:, 2:])
    shared = (high - low).clamp(min=0).prod(-1)
    area_a, area_b = ((b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1]) for b in (anchors, objects))
    iou = shared / (area_a[:, None] + area_b - shared)
    return (iou.amax(0) >= threshold).float().mean()


def _over_the_wrong_axis(anchors, objects, threshold):
    return (_overlaps(anchors, objects).amax(1) >= threshold).float().mean()


def _unclipped(anchors, objects, threshold):
    return (_overlaps(anchors, objects, clip=False).amax(0) >= threshold).float().mean()


def _mean_of_best(anchors, objects, threshold):
    return _overlaps(anchors, objects).amax(0).mean()


def _share_of_pairs(anchors, objects, threshold):
    return (_overlaps(anchors, objects) >= threshold).float().mean()


_ANCHORS = torch.tensor([[0.0, 0, 10, 10], [20, 0, 30, 10], [0, 20, 10, 30], [20, 20, 30, 30]])

recall = Exercise(
    name="04.recall",
    title="Which objects are within reach?",
    task=(
        "Write `recall(anchors, objects, threshold)`: the share of the objects that have *at least one* anchor with an "
        "IoU of `threshold` or more. Both are `(n, 4)` tensors of corners, `x1 y1 x2 y2`. With tensors only, no loop."
    ),
    answer=_recall,
    cases=(
        Case(
            args=(_ANCHORS, torch.tensor([[1.0, 1, 10, 10], [12.0, 12, 18, 18]]), 0.5),
            says="one near, one between",
        ),
        Case(
            args=(_ANCHORS[:1], torch.tensor([[0.0, 0, 10, 10], [18.0, 18, 28, 28]]), 0.3),
            says="an object that lies far from the only anchor in x and in y",
        ),
        Case(
            args=(
                _ANCHORS,
                torch.tensor([[0.0, 0, 10, 10], [1, 1, 11, 11], [40, 40, 50, 50]]),
                0.6,
            ),
            says="three",
        ),
    ),
    mistakes=(
        Mistake(
            name="the maximum over the wrong axis",
            answer=_over_the_wrong_axis,
            says=(
                "`amax` over the objects asks each *anchor* for its best object: the share of anchors that are of use. "
                "Recall asks each object for its best anchor."
            ),
        ),
        Mistake(
            name="the shared sides were not clipped at zero",
            answer=_unclipped,
            says=(
                "Boxes that are apart in x *and* in y have two negative sides, and their product is positive: an IoU "
                "out of nothing. `clamp(min=0)` each side first."
            ),
        ),
        Mistake(
            name="the mean IoU instead of a share",
            answer=_mean_of_best,
            says="That is the average best IoU. Recall counts: at or above the threshold, or not.",
        ),
        Mistake(
            name="a share of all pairs",
            answer=_share_of_pairs,
            says="Most anchors are nowhere near an object, and need not be. One good anchor for each object is enough.",
        ),
    ),
    hints=(
        "All pairs at once: `anchors[:, None, :2]` against `objects[:, :2]` gives `(anchors, objects, 2)`.",
        "IoU is the shared area over (area + area - shared). Clip the shared sides at zero before you multiply them.",
        "`(iou.amax(0) >= threshold).float().mean()`: dimension 0 are the anchors.",
    ),
)

# --- offsets
# ---------------------------------------------------------------------------------------------------------


def _offsets(anchor, box):
    (ax, ay, aw, ah), (x, y, w, h) = anchor.tolist(), box.tolist()
    return torch.tensor([(x - ax) / aw, (y - ay) / ah, math.log(w / aw), math.log(h / ah)])


def _by_the_box(anchor, box):
    shift, ratio = (box[:2] - anchor[:2]) / box[2:], (box[2:] / anchor[2:]).log()
    return torch.cat([shift, ratio])


def _no_log(anchor, box):
    return torch.cat([(box[:2] - anchor[:2]) / anchor[2:], box[2:] / anchor[2:]])


def _in_pixels(anchor, box):
    return torch.cat([box[:2] - anchor[:2], (box[2:] / anchor[2:]).log()])


def _inverted(anchor, box):
    return torch.cat([(anchor[:2] - box[:2]) / anchor[2:], (anchor[2:] / box[2:]).log()])


offsets = Exercise(
    name="04.offsets",
    title="From an anchor to a box",
    task=(
        "Write `offsets(anchor, box)`: the four numbers that a network should say so that `anchor` becomes `box`. "
        "Both are tensors `(4,)`: centre x, centre y, width, height. Return the shift of the centre in units of the "
        "anchor's width and height, then the logarithms of the ratios of widths and of heights."
    ),
    answer=_offsets,
    cases=(
        Case(
            args=(torch.tensor([50.0, 40, 20, 10]), torch.tensor([54.0, 45, 40, 5])),
            says="moved, wider, lower",
        ),
        Case(
            args=(torch.tensor([8.0, 8, 16, 16]), torch.tensor([8.0, 8, 16, 16])),
            says="already there",
        ),
        Case(
            args=(torch.tensor([0.0, 0, 32, 16]), torch.tensor([-8.0, 4, 16, 48])),
            says="to the left",
        ),
    ),
    mistakes=(
        Mistake(
            name="the shift is in units of the box",
            answer=_by_the_box,
            says="At test time the box is what you look for: only the anchor's size is known.",
        ),
        Mistake(
            name="no logarithm",
            answer=_no_log,
            says=(
                "A network may say a negative ratio; exp of anything is positive. And log makes 1/2 and 2 equally far."
            ),
        ),
        Mistake(
            name="the shift is in pixels",
            answer=_in_pixels,
            says="Four pixels are much for a small anchor and little for a large one: divide by the anchor's size.",
        ),
        Mistake(
            name="from the box to the anchor",
            answer=_inverted,
            says="The network starts at the anchor. What must be added to it, and multiplied, to reach the box?",
        ),
    ),
    hints=(
        "Two kinds of numbers: a shift (a difference) and a change of size (a ratio).",
        "`(x - anchor_x) / anchor_w`, and `log(w / anchor_w)`.",
        "`torch.cat([(box[:2] - anchor[:2]) / anchor[2:], (box[2:] / anchor[2:]).log()])`.",
    ),
)

# --- RoIPool's rounding
# ----------------------------------------------------------------------------------------------


def _pool_edges(low, high, stride, num_bins):
    start, end = round(low / stride), round(high / stride)
    length = max(end - start + 1, 1)
    return [
        (start + math.floor(i * length / num_bins), start + math.ceil((i + 1) * length / num_bins))
        for i in range(num_bins)
    ]


def _no_rounding(low, high, stride, num_bins):
    start, length = low / stride, (high - low) / stride
    return [
        (start + i * length / num_bins, start + (i + 1) * length / num_bins)
        for i in range(num_bins)
    ]


def _last_cell_lost(low, high, stride, num_bins):
    start, end = round(low / stride), round(high / stride)
    length = max(end - start, 1)
    return [
        (start + math.floor(i * length / num_bins), start + math.ceil((i + 1) * length / num_bins))
        for i in range(num_bins)
    ]


def _truncated(low, high, stride, num_bins):
    start, end = int(low / stride), int(high / stride)
    length = max(end - start + 1, 1)
    return [
        (start + math.floor(i * length / num_bins), start + math.ceil((i + 1) * length / num_bins))
        for i in range(num_bins)
    ]


def _bins_do_not_share(low, high, stride, num_bins):
    start, end = round(low / stride), round(high / stride)
    length = max(end - start + 1, 1)
    return [
        (start + math.floor(i * length / num_bins), start + math.floor((i + 1) * length / num_bins))
        for i in range(num_bins)
    ]


pool_edges = Exercise(
    name="04.pool_edges",
    title="Rounded twice",
    task=(
        "Write `pool_edges(low, high, stride, num_bins)`: the cells that RoIPool looks at, along one axis. A region "
        "from `low` to `high` pixels is first rounded to cells: from `round(low / stride)` to `round(high / "
        "stride)`, *both included*, so its length in cells is their difference plus 1. Then bin i of `num_bins` "
        "begins at the floor of its exact beginning and ends at the ceiling of its exact end. Return a list of pairs "
        "(first cell, cell after the last)."
    ),
    answer=_pool_edges,
    cases=(
        Case(args=(0.4, 2.6, 1, 2), says="four cells for two bins"),
        Case(args=(10.0, 74.0, 16, 2), says="a stride of 16"),
        Case(args=(30.0, 130.0, 16, 3), says="seven cells, three bins"),
        Case(args=(5.0, 6.0, 16, 2), says="smaller than a cell"),
    ),
    mistakes=(
        Mistake(
            name="nothing was rounded",
            answer=_no_rounding,
            says="Those are the exact edges, which RoIAlign samples between. RoIPool knows whole cells only.",
        ),
        Mistake(
            name="the last cell was lost",
            answer=_last_cell_lost,
            says="Both ends are included, so from cell 1 to cell 5 there are five cells: add 1.",
        ),
        Mistake(
            name="cut off instead of rounded",
            answer=_truncated,
            says="`int` always goes down. The region is rounded to the *nearest* cell: up to half a stride either way.",
        ),
        Mistake(
            name="bins that share no cell",
            answer=_bins_do_not_share,
            says="The end of a bin is rounded *up*: where the division leaves a rest, neighbouring bins share a cell.",
        ),
    ),
    hints=(
        "First rounding: `start, end = round(low / stride), round(high / stride)`, then the length in cells.",
        "Bin i runs exactly from `i * length / num_bins` to `(i + 1) * length / num_bins`, counted from the start.",
        "`(start + math.floor(i * length / num_bins), start + math.ceil((i + 1) * length / num_bins))`.",
    ),
)

# --- the multi-task loss
# ---------------------------------------------------------------------------------------------


def _multi_task(class_loss, box_loss, label):
    return (class_loss + (label > 0) * box_loss).mean()


def _box_loss_everywhere(class_loss, box_loss, label):
    return (class_loss + box_loss).mean()


def _over_the_positive(class_loss, box_loss, label):
    positive = label > 0
    return class_loss.mean() + (positive * box_loss).sum() / positive.sum().clamp(min=1)


def _background_only(class_loss, box_loss, label):
    return (class_loss + (label == 0) * box_loss).mean()


def _no_class_loss_for_background(class_loss, box_loss, label):
    return ((label > 0) * (class_loss + box_loss)).mean()


multi_task = Exercise(
    name="04.multi_task",
    title="Two tasks, one loss",
    task=(
        "Write `multi_task(class_loss, box_loss, label)`: Fast R-CNN's loss of a batch of regions. `class_loss` and "
        "`box_loss` are tensors `(n,)`, one number for each region; `label` is its class, and 0 is the background "
        "(as in the paper). The box counts where there is an object. Average over *all* n regions; both tasks weigh "
        "the same."
    ),
    answer=_multi_task,
    cases=(
        Case(
            args=(
                torch.tensor([1.0, 0.5, 2.0, 0.1]),
                torch.tensor([0.4, 9.0, 1.0, 7.0]),
                torch.tensor([3, 0, 1, 0]),
            ),
            says="two objects, two of background",
        ),
        Case(
            args=(torch.tensor([0.7, 0.3]), torch.tensor([5.0, 5.0]), torch.tensor([0, 0])),
            says="background only",
        ),
        Case(args=(torch.tensor([0.2]), torch.tensor([0.6]), torch.tensor([2])), says="one object"),
    ),
    mistakes=(
        Mistake(
            name="the background has a box",
            answer=_box_loss_everywhere,
            says="What should the box of nothing be? `[u >= 1]` in the paper is 0 for the background.",
        ),
        Mistake(
            name="the box loss is averaged over the positive regions",
            answer=_over_the_positive,
            says=(
                "A batch with a single object would weigh its box as much as a batch with thirty weighs all of theirs. "
                "Fast R-CNN divides both terms by the number of all sampled regions."
            ),
        ),
        Mistake(
            name="the bracket is upside down",
            answer=_background_only,
            says="`label == 0` is the background: your boxes are learned exactly where there is none.",
        ),
        Mistake(
            name="the background is not classified",
            answer=_no_class_loss_for_background,
            says='To say "nothing here" is a class as well, the most frequent one. Only the box term has the bracket.',
        ),
    ),
    hints=(
        "The class loss counts for every region. For which of them does the box loss count?",
        "`label > 0` is the paper's bracket [u >= 1]: multiply the box loss by it.",
        "`(class_loss + (label > 0) * box_loss).mean()`.",
    ),
)
