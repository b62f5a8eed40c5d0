import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from locviz.assign import GridCell
from locviz.boxes import iou
from locviz.priors import GridCells
from locviz.types import BACKGROUND, IGNORE, ImagePredictions, Targets

INF = float("inf")


def targets_of(rows, dim=2, **flags) -> Targets:
    boxes = torch.tensor(rows, dtype=torch.float32).reshape(-1, 2 * dim)
    flags = {name: torch.tensor(value) for name, value in flags.items()}
    return Targets(
        boxes=boxes, labels=torch.zeros(len(boxes), dtype=torch.int64), size=(32,) * dim, **flags
    )


def by_hand(priors, targets, regions) -> list[int]:
    """darknet's detection layer, cell by cell and predictor by predictor."""
    answer, taken = [BACKGROUND] * len(priors), set()
    apart = (targets.crowd | targets.ignore).tolist()
    for g, box in enumerate(targets.boxes):
        low, high = box.chunk(2)
        center = (low + high) / 2
        own = [
            p
            for p, cell in enumerate(priors.regions)
            if ((cell.chunk(2)[0] <= center) & (center < cell.chunk(2)[1])).all()
        ]
        if apart[g] or not own or own[0] in taken:
            continue
        taken.add(own[0])
        overlap = [float(iou(regions[p], box)) for p in own]
        parts = [
            torch.cat([(r[: len(low)] + r[len(low) :]) / 2, r[len(low) :] - r[: len(low)]])
            for r in (*regions[own], box)
        ]
        away = [float((part - parts[-1]).square().sum()) for part in parts[:-1]]
        best = overlap.index(max(overlap)) if max(overlap) > 0 else away.index(min(away))
        answer[own[best]] = g
    for p, point in enumerate(priors.centers):
        for g, box in enumerate(targets.boxes):
            low, high = box.chunk(2)
            if answer[p] < 0 and apart[g] and ((low < point) & (point < high)).all():
                answer[p] = IGNORE
    return answer


@st.composite
def scenes(draw):
    dim, num = draw(st.sampled_from([1, 2])), draw(st.integers(0, 4))
    side = st.integers(0, 32).map(float)

    def rows(count):
        corners = [[sorted((draw(side), draw(side))) for _ in range(dim)] for _ in range(count)]
        return [[low for low, _ in row] + [high for _, high in row] for row in corners]

    flag = st.lists(st.sampled_from([False, False, True]), min_size=num, max_size=num)
    return (
        dim,
        rows(num),
        rows(2**dim * 2),
        {"crowd": draw(flag), "ignore": draw(flag)} if num else {},
    )


@settings(max_examples=150)
@given(scenes())
def test_equals_the_double_loop(scene):
    dim, rows, said, flags = scene
    priors = GridCells(predictors=2)([(2,) * dim], input_size=(32,) * dim)
    targets, regions = targets_of(rows, dim, **flags), torch.tensor(said)
    assert GridCell()(
        priors, targets, ImagePredictions(regions=regions)
    ).gt_index.tolist() == by_hand(priors, targets, regions)


def one_row_of_two():
    return GridCells(predictors=2)([(1, 2)], input_size=(16, 32))


def test_the_better_predictor_answers():
    regions = torch.tensor([[0.0, 0, 4, 4], [2, 2, 12, 12], [0, 0, 10, 10], [0, 0, 10, 10]])
    answer = GridCell()(
        one_row_of_two(), targets_of([[0, 0, 10, 10]]), ImagePredictions(regions=regions)
    )
    # The second cell's predictors fit exactly, but the centre is in the first. IoU 0.16 against
    # 64/136.
    assert answer.gt_index.tolist() == [-1, 0, -1, -1]
    torch.testing.assert_close(answer.cost[:, 0], torch.tensor([0.84, 1 - 64 / 136, INF, INF]))


def test_two_objects_in_one_cell_one_is_lost():
    targets = targets_of([[2, 2, 6, 6], [4, 4, 12, 12]])
    regions = torch.tensor([[4.0, 4, 12, 12], [2, 2, 6, 6], [0, 0, 1, 1], [0, 0, 1, 1]])
    assert GridCell()(
        one_row_of_two(), targets, ImagePredictions(regions=regions)
    ).gt_index.tolist() == [
        -1,
        0,
        -1,
        -1,
    ]


def test_without_overlap_the_nearest_answers():
    targets = targets_of([[2, 2, 6, 6]])
    regions = torch.tensor([[20.0, 2, 24, 6], [12, 2, 16, 6], [6, 2, 10, 6], [6, 2, 10, 6]])
    assert GridCell()(
        one_row_of_two(), targets, ImagePredictions(regions=regions)
    ).gt_index.tolist() == [
        -1,
        0,
        -1,
        -1,
    ]


def test_a_centre_on_the_border_belongs_to_the_later_cell():
    targets = targets_of([[12, 4, 20, 12]])
    assert (
        GridCell()(
            one_row_of_two(), targets, ImagePredictions(regions=torch.zeros(4, 4))
        ).gt_index.argmax()
        >= 2
    )


@pytest.mark.usefixtures("unchecked")
def test_bad_input_is_named():
    with pytest.raises(
        ValueError, match=r"GridCell looks at predictions: give ImagePredictions\(regions="
    ):
        GridCell()(one_row_of_two(), targets_of([]))
    with pytest.raises(ValueError, match="mix boxes"):
        GridCell()(
            one_row_of_two(), targets_of([[0, 8]], 1), ImagePredictions(regions=torch.zeros(4, 4))
        )
