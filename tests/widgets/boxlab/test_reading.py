import math

import pytest
import torch

from locviz import boxes
from locviz.experiments import box_descent
from locviz.widgets.boxlab import reading
from locviz.widgets.boxlab.reading import COORDINATE_LOSSES, LOSSES, SYMBOLS, Setting, row

ANCHOR = row([120, 100, 240, 190])
START, TARGET = row([150, 120, 290, 235]), row([90, 80, 210, 200])


def setting(parametrisation, unit=1.0):
    return Setting(
        parametrisation=parametrisation, unit=torch.full_like(ANCHOR, unit), anchor=ANCHOR
    )


@pytest.mark.parametrize("parametrisation", list(SYMBOLS))
@pytest.mark.parametrize("name", [name for name in LOSSES if name not in COORDINATE_LOSSES])
def test_steps_on_overlap_losses_are_box_descent_in_units_of_the_target(name, parametrisation):
    size = reading.target_unit(TARGET)
    assert size == 120
    now = START[None]
    for _ in range(5):
        now = reading.descend([name], now, TARGET, setting(parametrisation), rate=0.02)
    space = setting(parametrisation, size).space
    frames = box_descent.descend(
        START[None] / size,
        TARGET[None] / size,
        LOSSES[name],
        steps=5,
        lr=0.02,
        parametrisation=space,
    )
    torch.testing.assert_close(now, frames[-1] * size, rtol=1e-10, atol=1e-8)


def test_coordinate_losses_compare_parameters():
    values, gradients = reading.values_and_gradients(
        ["l1", "l2"], START.expand(2, 4), TARGET, setting("center_size")
    )
    difference = torch.tensor([70.0, 37.5, 20.0, -5.0], dtype=torch.float64)  # of cx, cy, w, h
    torch.testing.assert_close(
        values, torch.stack([difference.abs().sum(), difference.square().sum()])
    )
    torch.testing.assert_close(gradients, torch.stack([difference.sign(), 2 * difference]))


def test_focal_l1_compares_parameters_and_focal_eiou_takes_its_weight_as_a_constant():
    values, gradients = reading.values_and_gradients(
        ["focal_l1", "eiou", "focal_eiou"],
        START.expand(3, 4),
        TARGET,
        setting("center_size", 100.0),
    )
    difference = torch.tensor(
        [0.7, 0.375, 0.2, -0.05], dtype=torch.float64
    )  # of cx, cy, w, h, in hundreds of pixels
    scale, error = 0.8 * math.e, difference.abs()
    torch.testing.assert_close(
        values[0], (-scale / 4 * error**2 * (2 * (0.8 * error).log() - 1)).sum()
    )
    torch.testing.assert_close(gradients[0], -scale * difference * (0.8 * error).log())
    weight = boxes.iou(START, TARGET).sqrt()
    torch.testing.assert_close(values[2], weight * values[1])
    torch.testing.assert_close(gradients[2], weight * gradients[1])


def test_race_takes_the_losses_it_is_given():
    race = reading.race(
        START, TARGET, setting("corners"), steps=3, rate=0.05, losses=["focal_eiou", "l1"]
    )
    assert race.losses == ("focal_eiou", "l1")
    assert race.boxes.shape == (2, 4, 4)
    alone = reading.descend(["focal_eiou"], START[None], TARGET, setting("corners"), rate=0.05)
    assert (race.boxes[0, 1] == alone[0]).all()


def test_offsets_that_differ_by_rounding_alone_do_not_pull():
    goal = row([10, 10, 130, 100])
    beside = goal + 1e-14
    _, gradients = reading.values_and_gradients(["l1"], beside[None], goal, setting("offsets"))
    assert (gradients == 0).all()


def test_a_step_never_turns_a_box_inside_out():
    thin = row([100, 100, 100.5, 300])
    after = reading.descend(["l2"], thin[None], row([400, 0, 401, 1]), setting("corners"), rate=0.9)
    low, high = after.chunk(2, -1)
    assert (low <= high).all()


@pytest.mark.parametrize(
    ("target", "size"), [([0, 0, 9, 4], 6), ([0, 0, 9, 0], 9), ([5, 5, 5, 5], 1)]
)
def test_target_unit(target, size):
    assert reading.target_unit(row(target)) == size


def test_race_rate_falls_to_nothing():
    rates = [reading.race_rate(0.1, index, 4) for index in range(4)]
    assert rates == pytest.approx([0.1, 0.075, 0.05, 0.025])
