import math

import pytest

from locviz.widgets.core.words import listed, share


@pytest.mark.parametrize(
    ("value", "words"), [(0.5, "0.500"), (1, "1.000"), (math.nan, "undefined")]
)
def test_share(value, words):
    assert share(value) == words


def test_listed():
    assert listed([0.5, 1.0, 2.125]) == "0.5, 1, 2.12"
    assert listed([]) == ""
