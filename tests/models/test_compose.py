"""Stages are built when needed, once, and only then; what nobody takes is refused."""

import pytest

from locviz.models import compose, lazy, lazy_from


def whole(*, color, shape, size=1):
    return {"color": color, "shape": shape, "size": size}


def refuse():
    raise AssertionError("this default must not be built")


def test_values_and_lazy_values_meet():
    stages = {"color": "red", "shape": lazy("x{}".format, 7)}
    assert compose(whole, stages) == {"color": "red", "shape": "x7", "size": 1}


def test_a_given_stage_replaces_a_default_that_is_never_built():
    defaults = {"color": lazy(refuse), "shape": "round"}
    assert compose(whole, defaults | {"color": "blue"})["color"] == "blue"


def test_a_stage_is_made_from_others_and_each_is_built_once():
    built = []

    def color():
        built.append("color")
        return "red"

    stages = {
        "shape": lazy_from(lambda color, size: f"{color} {size}"),
        "size": lazy_from(lambda color: len(color)),
        "color": lazy(color),
    }
    assert compose(whole, stages) == {"color": "red", "shape": "red 3", "size": 3}
    assert built == ["color"]


def test_an_unknown_stage_names_the_nearest():
    with pytest.raises(TypeError, match="no stage called 'colour': did you mean 'color'"):
        compose(whole, {"colour": 1, "shape": 2})
    with pytest.raises(TypeError, match="The stages are color, shape, size"):
        compose(whole, {"qqq": 1})


def test_a_word_in_common_is_a_better_hint_than_letters():
    def two(*, first_shape, last_shape, ship):
        return None

    with pytest.raises(TypeError, match="did you mean 'first_shape' or 'last_shape'"):
        compose(two, {"shape": 1})


def test_what_is_missing_is_named():
    with pytest.raises(TypeError, match=r"stages are missing: give shape=\.\.\."):
        compose(whole, {"color": 1})


def test_a_stage_made_from_one_that_is_not_there_or_from_itself_is_named():
    with pytest.raises(TypeError, match="no stage called 'colour': did you mean 'color'"):
        compose(whole, {"color": 1, "shape": lazy_from(lambda colour: colour)})
    circle = {"color": lazy_from(lambda shape: shape), "shape": lazy_from(lambda color: color)}
    with pytest.raises(TypeError, match="made from another: there is no stage called 'color'"):
        compose(whole, circle)
