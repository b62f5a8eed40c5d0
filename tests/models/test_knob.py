"""A knob takes what is in its range, and says what it takes."""

import pytest

from locviz.models.knob import Knob, defaults, settings


def knob(name, **changed):
    usual = {"low": 0.0, "high": 2.0, "step": 0.5, "default": 1.5, "label": name, "help": "Turns."}
    return Knob(name=name, **(usual | changed))


RADIUS = knob("radius")
COUNT = knob("top_k", low=1, high=9, step=1, default=4)


def test_what_counts_is_an_int_and_the_rest_a_float():
    assert defaults([RADIUS, COUNT]) == {"radius": 1.5, "top_k": 4}
    assert settings([RADIUS, COUNT], {"radius": 1, "top_k": 3.0}, "it") == {
        "radius": 1.0,
        "top_k": 3,
    }
    assert isinstance(settings([RADIUS], {"radius": 1}, "it")["radius"], float)
    assert isinstance(settings([COUNT], {"top_k": 3.0}, "it")["top_k"], int)
    assert not knob("half", default=1.0).whole  # steps of a half
    assert not knob("shifted", step=1, default=1.5).whole


@pytest.mark.parametrize("value", [-0.1, 2.1, True, "1", None, float("nan")])
def test_what_is_out_of_range_is_refused(value):
    with pytest.raises(ValueError, match=r"it\.radius must be in 0\.\.2, got"):
        settings([RADIUS], {"radius": value}, "it")


def test_an_unknown_knob_is_refused_and_the_nearest_named():
    with pytest.raises(ValueError, match="did you mean 'radius'\\? It has radius, top_k"):
        settings([RADIUS, COUNT], {"radios": 1.0}, "it")
    with pytest.raises(ValueError, match="it has no knob 'radius': it has none"):
        settings([], {"radius": 1.0}, "it")
