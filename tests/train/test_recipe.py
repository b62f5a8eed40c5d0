import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from locviz.train import SGD, Recipe, parameter_groups


def test_learning_rate_by_hand():
    recipe = Recipe(steps=103, lr=1.0, warmup_steps=2, final_lr=0.2)
    assert recipe.learning_rate(0) == 0.5
    assert recipe.learning_rate(1) == 1.0
    assert recipe.learning_rate(2) == 1.0
    assert recipe.learning_rate(52) == pytest.approx(
        0.6
    )  # half way down the cosine: the mean of 1 and 0.2
    assert recipe.learning_rate(27) == pytest.approx(0.2 + 0.8 * (1 + math.sqrt(0.5)) / 2)
    assert recipe.learning_rate(102) == pytest.approx(0.2)


def test_learning_rate_stays_positive_when_the_warm_up_is_the_whole_run():
    recipe = Recipe(steps=3, lr=1.0, warmup_steps=10)
    assert [recipe.learning_rate(index) for index in range(3)] == pytest.approx([0.1, 0.2, 0.3])


@pytest.mark.parametrize(
    ("field", "value"),
    [("steps", 0), ("lr", 0.0), ("lr", math.inf), ("weight_decay", -1.0), ("warmup_steps", -1), ("final_lr", 1.5),
     ("clip_norm", 0.0), ("ema_decay", 1.0), ("seed", -1), ("checkpoint_every", 0)],
)  # fmt: skip
def test_bad_numbers_are_refused_by_name(field, value):
    with pytest.raises(ValueError, match=f"Recipe.{field} must be"):
        replace(Recipe(), **{field: value})


def test_vectors_are_not_decayed():
    detector = nn.Sequential(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4), nn.Linear(4, 2))
    decayed, plain = parameter_groups(detector, 0.1)
    assert decayed["weight_decay"] == 0.1
    assert plain["weight_decay"] == 0.0
    assert {id(p) for p in decayed["params"]} == {id(detector[0].weight), id(detector[2].weight)}
    assert {id(p) for p in plain["params"]} == {
        id(p) for p in (detector[0].bias, detector[1].weight, detector[1].bias, detector[2].bias)
    }


def test_frozen_parameters_are_left_out():
    detector = nn.Linear(2, 2)
    detector.weight.requires_grad_(False)
    (group,) = parameter_groups(detector, 0.1)
    assert group["params"] == [detector.bias]
    with pytest.raises(ValueError, match="no trainable parameter"):
        parameter_groups(detector.requires_grad_(False), 0.1)


def test_a_recipe_becomes_plain_values_that_tell_optimisers_apart():
    adam, sgd = Recipe(), Recipe(optimizer=SGD)
    assert adam.as_dict()["optimizer"] == "AdamW"
    assert sgd.as_dict()["optimizer"] == "SGD(momentum=0.9)"
    assert all(
        isinstance(value, (int, float, str, type(None))) for value in adam.as_dict().values()
    )
    assert isinstance(
        sgd.optimizer(parameter_groups(nn.Linear(2, 2), 0.0), lr=0.1), torch.optim.SGD
    )


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("steps", 1.5),
        ("steps", "10"),
        ("steps", True),
        ("seed", 0.5),
        ("warmup_steps", 2.0),
        ("checkpoint_every", None),
    ],
)
def test_counts_are_whole_numbers(field, value):
    with pytest.raises(ValueError, match=rf"Recipe\.{field} must be a whole number"):
        Recipe(**{field: value})


@pytest.mark.usefixtures("unchecked")
def test_the_optimizer_is_no_name():
    with pytest.raises(ValueError, match=r"Recipe\.optimizer must be a class"):
        Recipe(optimizer="adam")
