import math
from typing import Annotated, TypedDict

import pytest
import traitlets

from locviz.widgets.core.numbers import Choice, Numbers, Point, Ranged, declared_limits
from locviz.widgets.core.wire import Limits


class Shares(TypedDict):
    share: Annotated[float, Limits(0, 1)]
    above: Annotated[float, Limits(0, 1, above_low=True)]


class Declared(Shares):
    bins: Annotated[int, Limits(1, 7)]
    level: Annotated[int | None, Limits(0)]
    rate: Annotated[float, Limits(0, above_low=True)]
    sides: Annotated[list[float], Limits(1, 8, most=2)]
    strides: Annotated[list[int], Limits(2, 64, most=3)]
    free: float


class Holder(traitlets.HasTraits):
    declared = Declared
    share = Ranged(0.5, step=0.1)
    above = Ranged(0.5, step=0.1)
    bins = Ranged(3)
    level = Ranged(None)
    rate = Ranged(0.1)
    word = Choice(("red", "blue"))
    sides = Numbers(what="sides")
    strides = Numbers(what="strides")
    point = Point(None, allow_none=True)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("share", 0), ("share", 1.0), ("above", 1e-9), ("bins", 7), ("level", None), ("level", 10**9),
        ("rate", 1e300), ("word", "blue"), ("sides", [8, 1]), ("strides", [2.0]), ("point", None),
    ],
)  # fmt: skip
def test_what_is_in_the_range_is_taken(name, value):
    holder = Holder()
    setattr(holder, name, value)
    assert getattr(holder, name) == value


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("share", 1.1, "at least 0 and at most 1"),
        ("share", -1e-9, "at least 0 and at most 1"),
        ("share", True, "at least 0"),
        ("share", "0.5", "at least 0"),
        ("share", math.nan, "at least 0"),
        ("above", 0.0, "more than 0 and at most 1"),
        ("bins", 0, "a whole number from 1 to 7"),
        ("bins", 3.0, "a whole number from 1 to 7"),
        ("bins", None, "a whole number from 1 to 7"),
        ("level", -1, "a whole number, at least 0"),
        ("rate", math.inf, "more than 0 and finite"),
        ("word", "green", "one of 'red', 'blue'"),
        ("sides", [1, 2, 3], "1 to 2 sides, each from 1 to 8"),
        ("sides", [], "1 to 2 sides"),
        ("sides", [9], "each from 1 to 8"),
        ("sides", [math.nan], "each from 1 to 8"),
        ("sides", 4, "1 to 2 sides"),
        ("strides", [2.5], "1 to 3 strides"),
        ("strides", [math.inf], "1 to 3 strides"),
        ("point", (1, math.inf), "two finite numbers"),
        ("point", (1, 2, 3), "two finite numbers"),
    ],
)
def test_what_is_not_is_refused_and_said(name, value, words):
    with pytest.raises(traitlets.TraitError, match=rf"Holder\.{name} must be .*{words}.*, got"):
        setattr(Holder(), name, value)


def test_a_choice_is_the_first_by_default():
    assert Holder().word == "red"
    assert Choice(("red", "blue"), default="blue").default() == "blue"


@pytest.mark.parametrize(("value", "held"), [(-1, 0), (0.3, 0.3), (2, 1)])
def test_held_is_the_nearest_in_the_range(value, held):
    assert Holder.share.held(value) == held


def test_held_keeps_a_step_from_an_end_that_is_refused():
    assert Holder.above.held(-1) == 0.1


@pytest.mark.parametrize("name", ["free", "forgotten"])
def test_a_field_without_limits_is_named(name):
    with pytest.raises(TypeError, match=rf"Declared gives '{name}' no limits.*Annotated"):
        declared_limits(Declared, name)


def test_the_range_is_that_of_the_traits_own_name():
    """Two traits of one class and one kind differ by nothing but their names."""
    assert Holder.share.allowed() == "at least 0 and at most 1"
    assert Holder.above.allowed() == "more than 0 and at most 1"
