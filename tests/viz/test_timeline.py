import pytest

from locviz.viz import show_timeline


def test_spans_stand_where_they_are():
    picture = show_timeline({"target": [(2, 6)], "prediction": [(4.0, 10.0), (11, 12)]}, length=12)
    bars = picture.figure.axes[0].patches
    assert [(bar.get_x(), bar.get_width()) for bar in bars] == [(2, 4), (4, 6), (11, 1)]
    assert picture.alt == "Spans along time. target: 2 to 6 s; prediction: 4 to 10 s, 11 to 12 s."


def test_bad_input_names_the_argument():
    with pytest.raises(ValueError, match="rows is empty"):
        show_timeline({}, length=1)
    with pytest.raises(ValueError, match=r"row 'a': the span .* ends before it starts"):
        show_timeline({"a": [(3, 2)]}, length=4)
