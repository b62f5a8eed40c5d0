"""Random inputs of every exercise that is a function, in the form of its cases."""

import torch

from locviz.boxes import pairwise_iou
from locviz.lessons.ch02.doubles import doubles


def _boxes(n: int, *, span: int = 12, dtype=torch.float32) -> torch.Tensor:
    """Boxes on a grid of half pixels, so that edges often coincide."""
    low = torch.randint(0, span, (n, 2)) / 2
    size = torch.randint(1, span, (n, 2)) / 2
    return torch.cat([low, low + size], 1).to(dtype)


def _box() -> torch.Tensor:
    return _boxes(1, dtype=torch.float64)[0]


def _some(least: int = 1, most: int = 4) -> int:
    return int(torch.randint(least, most + 1, ()))


def _tenths(*shape: int) -> torch.Tensor:
    return torch.randint(0, 11, shape) / 10


def _greedy():
    return _tenths(_some(), _some()), 0.5


def _two_lists():
    n = _some(4, 7)
    return _tenths(n), _tenths(n)


def _losses():
    n = _some(2, 5)
    return torch.rand(n) * 1.5 + 0.5, torch.rand(n) * 2


def _cluster():
    n = _some(2, 5)
    return _boxes(n), torch.rand(n)


def _plan():
    return (torch.rand(_some(2, 4), _some(2, 6)) + 0.01,)


def _sinkhorn():
    suppliers, priors = _some(2, 3), _some(3, 5)
    supply = torch.rand(suppliers) + 0.5
    demand = torch.ones(priors) * supply.sum() / priors
    return torch.rand(suppliers, priors), supply, demand, 0.2, _some(1, 5)


def _simota():
    iou, near = torch.rand(()) * 0.9 + 0.05, bool(torch.rand(()) > 0.3)
    return torch.rand(3) * 0.9 + 0.05, torch.rand(()) * 0.9 + 0.05, _some(0, 2), iou, near


def _centred(n: int = 4) -> torch.Tensor:
    return torch.cat([torch.rand(2) * 50, torch.rand(2) * 30 + 2])


def _pool_edges():
    low = float(torch.rand(())) * 60
    return low, low + float(torch.rand(())) * 120, (1, 8, 16)[_some(0, 2)], _some(1, 4)


def _yes_or_no(n: int) -> torch.Tensor:
    """Zeros and ones, with at least one of each."""
    return torch.cat([torch.tensor([1.0, 0.0]), (torch.rand(n) > 0.7).float()])


def _focal():
    n = _some(1, 4)
    return 3 * torch.randn(n + 2), _yes_or_no(n), float(torch.rand(())), 0.5 * _some(0, 6)


def _mining():
    num = _some(3, 9)
    return torch.rand(num), torch.rand(num) > 0.7, _some(1, 4)


def _share():
    n = _some(2, 8)
    return 3 * torch.randn(n + 2) - 1, _yes_or_no(n), 0.5 + 0.1 * _some(0, 4)


def _candidates():
    num = _some(1, 7)
    return _boxes(num, span=8), torch.randperm(num) / num, 0.4


def _classes():
    num = _some(2, 6)
    return _boxes(num), torch.randint(0, 4, (num,))


def _overlaps():
    boxes = _boxes(_some(2, 6), span=8)
    return pairwise_iou(boxes, boxes), torch.rand(len(boxes)), 0.5


def _metric():
    num = _some(2, 8)
    return torch.rand(num), torch.rand(num), torch.rand(num) > 0.3, _some(1, 4)


def _set():
    num, objects, classes = _some(1, 4), _some(1, 3), _some(2, 4)
    boxes, gt = (torch.rand(n, 4) * 0.4 + 0.2 for n in (num, objects))
    return torch.randn(num, 1 + classes), boxes, torch.randint(0, classes, (objects,)), gt


def _padded_row():
    row, width = torch.ones(_some(3, 7), dtype=torch.bool), _some(1, 3)
    row[:width] = False
    return row, 2 * _some(1, 4)


def _weighted():
    num, classes = _some(2, 6), _some(2, 3)
    columns = torch.randint(0, 1 + classes, (num,))
    return torch.randn(num, 1 + classes), columns, 0.1 * _some(1, 9)


def _layers():
    layers, objects = _some(1, 3), _some(1, 3)
    shape = (layers, objects + _some(1, 2), objects)
    return torch.rand(shape), torch.rand(shape)


def _matches():
    objects = _some(1, 4)
    rows = torch.cat([torch.arange(objects), torch.full((3,), -1)])
    return rows[torch.randperm(len(rows))], rows[torch.randperm(len(rows))]


def _levels():
    maps = [10 * torch.rand(_some(2, 5), _some(2, 6)) for _ in range(_some(1, 3))]
    points = _some(1, 3)
    offsets = torch.randn(len(maps), points, 2)
    return maps, torch.rand(2), offsets, torch.randn(len(maps), points)


def _moves():
    n = _some(1, 3)
    return torch.rand(n, 4) * 0.9 + 0.05, torch.randn(n, 4)


DRAWS = {
    "00.area": lambda: (tuple(_box().tolist()),),
    "01.giou": lambda: (_box(), _box()),
    "01.pairwise": lambda: (_boxes(_some()), _boxes(_some())),
    "01.span_iou": lambda: (_box()[[0, 2]], _box()[[0, 2]]),
    "01.voc_to_corners": lambda: (_boxes(_some()) + 1,),
    "02.ciou_penalty": lambda: (_box(), _box() + 0.25),
    "02.edges_to_size": lambda: tuple(torch.randn(4).tolist()),
    "02.eiou_loss": lambda: (_box(), _box()),
    "02.smooth_l1": lambda: (doubles(*torch.randn(4).tolist()) * 2, 0.5 * _some()),
    "03.coco_ap": lambda: (_tenths(3, 10), torch.tensor([_some(0, 5), _some(0, 5), 7])),
    "03.exact_area": lambda: ((torch.rand(_some(2, 6)) > 0.5).float(), _some(6, 9)),
    "03.greedy": _greedy,
    "04.anchor_shapes": lambda: (float(_some(1, 40)), torch.rand(_some()) * 3 + 0.2),
    "04.multi_task": lambda: (torch.rand(5), torch.rand(5), torch.randint(0, 3, (5,))),
    "04.offsets": lambda: (_centred(), _centred()),
    "04.pool_edges": _pool_edges,
    "04.recall": lambda: (_boxes(_some()), _boxes(_some()), 0.5),
    "07.one_to_one": lambda: (torch.rand(_some(3, 5), _some(2, 3)),),
    "07.overlaps": lambda: (_boxes(_some()), _boxes(_some())),
    "07.owners": _plan,
    "07.rpn_rule": lambda: (_tenths(_some(2, 6), _some(1, 3)),),
    "07.simota_cost": _simota,
    "07.sinkhorn": _sinkhorn,
    "08.easy_share": _share,
    "08.focal_loss": _focal,
    "08.hard_negatives": _mining,
    "08.integral": lambda: (2 * torch.randn(_some(), _some(2, 6)),),
    "08.prior_bias": lambda: (float(torch.rand(())) * 0.98 + 0.01,),
    "09.consistent": _metric,
    "09.greedy_nms": _candidates,
    "09.keep_apart": _classes,
    "09.soft_nms": _overlaps,
    "10.crossed": _two_lists,
    "10.otsu": lambda: (torch.rand(_some(3, 7)),),
    "10.same_total": _losses,
    "10.selection_score": _cluster,
    "10.spearman": _two_lists,
    "13.all_layers": _layers,
    "13.class_loss": _weighted,
    "13.matching_cost": _set,
    "13.row_places": _padded_row,
    "14.deformable": _levels,
    "14.effective": lambda: ((3 * torch.randn(_some(), _some(2, 6))).softmax(-1),),
    "14.flips": _matches,
    "14.hidden": lambda: (_some(1, 3), _some(1, 3), _some(1, 4)),
    "14.refine": _moves,
}
