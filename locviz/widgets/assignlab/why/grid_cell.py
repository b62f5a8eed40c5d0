"""The grid cell: the centre's cell, and the predictor in it that overlaps best."""

import torch

from locviz.assign.grid_cell import in_cell
from locviz.boxes import corners_to_center_size, pairwise_iou
from locviz.widgets.assignlab.why.reason import Limit, Reasons, Seen, Verdict
from locviz.widgets.assignlab.why.words import pair
from locviz.widgets.core.words import letter

COLUMNS = ("off centre", "half a cell", "IoU predicted")


def explain(_, seen: Seen, prior: int) -> Reasons:
    """Return where the objects' centres lie from one cell's, and what is predicted in it."""
    boxes = seen.boxes
    own = in_cell(seen.priors, boxes)
    centers = corners_to_center_size(boxes).chunk(2, -1)[0]
    off = (centers - seen.priors.centers[prior]).abs().amax(-1)
    half = float(seen.priors.strides[prior]) / 2
    iou = pairwise_iou(seen.regions, boxes)
    verdicts = []
    for j, index in enumerate(seen.part):
        won = int(seen.owner[prior]) == index
        name, values = letter(index), (float(off[j]), half, float(iou[prior, j]))
        if won:
            says, failed = f"won: the centre of {name} lies in this cell", None
        elif not own[prior, j]:
            a, b = pair(values[0], half, 1)
            says = (
                f"the centre of {name} lies {a} px from the cell's, outside it: half a cell is {b}"
            )
            failed = Limit(value=values[0], sign="<", limit=half)
        else:
            says, failed = _rival(seen, own, iou, prior, j)
        verdicts.append(Verdict(object=index, won=won, says=says, values=values, failed=failed))
    return Reasons(
        columns=COLUMNS,
        rule="an object belongs to the cell that holds its centre; the first object in it counts",
        nobody="background: no object's centre lies in its cell",
        verdicts=tuple(verdicts),
    )


def _rival(
    seen: Seen, own: torch.Tensor, iou: torch.Tensor, prior: int, j: int
) -> tuple[str, Limit]:
    """Return why a prior has lost an object whose centre lies in its cell."""
    name = letter(seen.part[j])
    first = int(own[prior].int().argmax())
    if first < j:
        says = (
            f"the centre of {name} lies in this cell, but {letter(seen.part[first])} comes first "
            f"in the list, and a cell takes one object"
        )
        return says, Limit(value=j, sign="<=", limit=first)
    best = int(torch.where(own[:, j], iou[:, j], -1.0).argmax())
    a, b = pair(float(iou[prior, j]), float(iou[best, j]))
    says = f"IoU {a} of what it predicts with {name} is not above {b} of prior {best} in the cell"
    return says, Limit(value=float(iou[prior, j]), sign=">", limit=float(iou[best, j]))


def other_level(seen: Seen, prior: int, level: int) -> Reasons:
    """Return the reasons for a prior that is not on the level whose places are the cells."""
    ends = torch.tensor(seen.priors.levels).cumsum(0)
    its = int((ends <= prior).sum())
    says = f"it is on level {its}; the cells are those of level {level}"
    failed = Limit(value=its, sign="==", limit=level)
    verdicts = (
        Verdict(
            object=index, won=False, says=says, values=(float(its), float(level)), failed=failed
        )
        for index in seen.part
    )
    return Reasons(
        columns=("level", "grid's level"),
        rule=f"only level {level} takes part",
        nobody=f"background: {says}",
        verdicts=tuple(verdicts),
    )
