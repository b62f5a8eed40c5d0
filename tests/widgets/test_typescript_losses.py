"""The widgets' TypeScript losses against torch in float64: every loss and gradient, kinks and
degenerate boxes.
"""

import pytest
import torch

from locviz import boxes
from locviz.losses import FOCAL_LOSSES, LIVE_LOSSES
from locviz.widgets.boxlab.reading import Setting, race, row

PIXELS, NORMALISED = row([1, 1, 1, 1]), row([400, 300, 400, 300])
ANCHOR = row([120, 100, 240, 190])
NUM_PAIRS = 10_000
LOSSES = {**LIVE_LOSSES, **FOCAL_LOSSES}


@pytest.fixture
def evaluated(typescript):
    """``evaluated(setting, pairs)``: what the TypeScript says."""

    def ask(setting, pairs):
        return tensor(typescript("whole.evaluate", words(setting), pairs.tolist()))

    return ask


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def words(setting):
    """A setting as the TypeScript has it."""
    return {
        "parametrisation": setting.parametrisation,
        "unit": setting.unit[:2].tolist(),
        "anchor": setting.anchor.tolist(),
    }


def regions(generator, num, *, whole):
    """Random boxes in a 400 x 300 picture; on whole pixels of a coarse grid, ties and touching
    sides are common.
    """
    low_high = torch.rand(num, 2, 2, generator=generator, dtype=torch.float64).sort(1).values
    if whole:
        return (low_high * torch.tensor([8.0, 6.0], dtype=torch.float64)).round().mul(50).flatten(1)
    return (low_high * torch.tensor([400.0, 300.0], dtype=torch.float64)).flatten(1)


def seeded_pairs(num=NUM_PAIRS, seed=0):
    """(num, 2, 4): a third arbitrary, a third on a coarse grid, the rest special cases of both."""
    generator = torch.Generator().manual_seed(seed)
    arbitrary, grid = (
        regions(generator, num, whole=whole).view(-1, 2, 4) for whole in (False, True)
    )
    free, fixed = arbitrary[: num // 4].clone(), grid[: num // 4].clone()
    special = [free.clone() for _ in range(9)]
    special[0][:, 0] = special[0][:, 1]  # identical
    special[1][:, 0, 2] = special[1][:, 0, 0]  # no width
    special[2][:, 0, 2:] = special[2][:, 0, :2]  # a point
    special[3][:, :, 2:] = special[3][:, :, :2]  # two points
    special[4][:, 0] = special[4][:, 1] = special[3][:, 1]  # the same point twice
    special[5][:, 1, 3] = special[5][:, 1, 1]  # a target without height
    middle = boxes.corners_to_center_size(free)
    middle[:, 0, :2] = middle[:, 1, :2]
    special[6] = boxes.center_size_to_corners(middle)  # concentric
    special[7] *= 1e-7  # tiny
    special[8][:, 0] = special[8][:, 1] + 1e-9  # nearly equal
    chosen = [case[i::9][: num // 27] for i, case in enumerate(special)]
    pairs = torch.cat([*chosen, fixed[: num // 6], fixed[:, [1, 0]][: num // 6], free])
    rest = torch.cat([arbitrary, grid])[
        torch.randperm(num, generator=generator)[: num - len(pairs)]
    ]
    return torch.cat([pairs, rest])


def by_torch(pairs, setting):
    """(n, 51): IoU, then value and gradient of each loss; one graph per loss over all pairs."""
    prediction, target = pairs.unbind(1)
    columns = [boxes.iou(prediction / setting.unit, target / setting.unit)[:, None]]
    for name in LOSSES:
        values, gradients = read_many(name, prediction, target, setting)
        columns += [values[:, None], gradients]
    return torch.cat(columns, 1)


def read_many(name, prediction, target, setting):
    """The definition, written again for many targets: the loss of regions, the chain rule for
    parameters.
    """
    corners = (prediction / setting.unit).requires_grad_()
    goal = target / setting.unit
    goals = setting.space.encode(goal)
    parameters = setting.snapped(setting.space.encode(corners.detach()), goals).requires_grad_()
    coordinate = name in ("l1", "smooth_l1", "l2", "focal_l1")
    pair = (parameters, goals) if coordinate else (corners, goal)
    values = LOSSES[name](*pair)
    (gradient,) = torch.autograd.grad(values.sum(), pair[0])
    if not coordinate:
        (gradient,) = torch.autograd.grad(setting.space.decode(parameters), parameters, gradient)
    return values.detach(), gradient


SETTINGS = {
    "corners in pixels": Setting(parametrisation="corners", unit=PIXELS, anchor=ANCHOR),
    "corners, normalised": Setting(parametrisation="corners", unit=NORMALISED, anchor=ANCHOR),
    "centre and size": Setting(parametrisation="center_size", unit=PIXELS, anchor=ANCHOR),
    "centre and size, normalised": Setting(
        parametrisation="center_size", unit=NORMALISED, anchor=ANCHOR
    ),
    "anchor offsets": Setting(parametrisation="offsets", unit=PIXELS, anchor=ANCHOR),
    "anchor offsets, normalised": Setting(
        parametrisation="offsets", unit=NORMALISED, anchor=ANCHOR
    ),
    # Sides of more than 62.5 anchors: the coder holds them there, and the gradient ends.
    "offsets from a tiny anchor": Setting(
        parametrisation="offsets", unit=PIXELS, anchor=row([200, 150, 202, 151])
    ),
}


def worst(ours, theirs):
    """Largest |a - b| / max(1, |b|); infinite where either is not finite."""
    difference = (ours - theirs).abs() / theirs.abs().clamp(min=1)
    return difference.nan_to_num(nan=float("inf"), posinf=float("inf"))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[pytest.mark.slow] * (name != "corners in pixels"))
        for name in SETTINGS
    ],
)
def test_every_loss_and_gradient(evaluated, name, record_property):
    setting = SETTINGS[name]
    pairs = seeded_pairs()
    assert pairs.shape == (NUM_PAIRS, 2, 4)
    ours, theirs = evaluated(setting, pairs), by_torch(pairs, setting)
    assert ours.shape == (NUM_PAIRS, 1 + 5 * 10)
    difference = worst(ours, theirs)
    record_property("largest", difference.max().item())
    print(f"{name}: largest |a - b| / max(1, |b|) over {len(pairs)} pairs: {difference.max():.1e}")
    row_, column = divmod(int(difference.argmax()), difference.shape[1])
    assert difference.max() <= 1e-6, (
        pairs[row_].tolist(),
        column,
        ours[row_, column],
        theirs[row_, column],
    )


def test_pairs_hold_the_degenerate_cases():
    prediction, target = seeded_pairs().unbind(1)
    sizes = prediction[:, 2:] - prediction[:, :2]
    difference = (prediction - target).abs()
    overlap = boxes.area(boxes.intersection(prediction, target))
    counts = {
        "identical": (prediction == target).all(1),
        "apart": (overlap == 0) & (sizes > 0).all(1),
        "points": (sizes == 0).all(1),
        "flat": (sizes == 0).sum(1) == 1,
        "ties": ((prediction == target).any(1)) & ~(prediction == target).all(1),
        "errors on both sides of Focal-L1's bend": (difference < 1).any(1)
        & (difference > 1).any(1),
        "touching": (prediction[:, 2] == target[:, 0]) & (sizes > 0).all(1),
    }
    assert {name: int(mask.sum()) for name, mask in counts.items() if mask.sum() < 100} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["corners in pixels", "centre and size", "anchor offsets"])
def test_descent_and_race_take_the_same_steps(typescript, name):
    setting = SETTINGS[name]
    generator = torch.Generator().manual_seed(3)
    pairs = regions(generator, 40, whole=False).view(-1, 2, 4)
    pairs[..., 2:] += 5  # no hairline boxes: their offsets explode, as they should
    ours = tensor(typescript("whole.race", words(setting), pairs.tolist(), 60, 0.03))
    how = {"steps": 60, "rate": 0.03, "losses": list(LOSSES)}
    theirs = torch.stack([race(start, target, setting, **how).boxes for start, target in pairs])
    assert ours.shape == (20, 10, 61, 4)
    assert worst(ours, theirs).max() <= 1e-6


def test_it_would_notice_a_wrong_gradient(evaluated):
    pairs = seeded_pairs()[-50:]
    ours = evaluated(SETTINGS["corners in pixels"], pairs)
    theirs = by_torch(pairs, SETTINGS["centre and size"])
    assert worst(ours, theirs).max() > 1e-3
