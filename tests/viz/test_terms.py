import pytest

from locviz.viz import as_boxes, show_terms

# Hull 8 x 6, area 48; the boxes cover 4 + 4, so 5/6 of it are empty. Centres (1, 1) and (7, 5).
TARGET, PREDICTION = as_boxes((0, 0, 2, 2), (6, 4, 8, 6))


@pytest.fixture
def panels():
    return show_terms(TARGET, PREDICTION).figure.axes


def lines(ax):
    return [line.get_xydata().tolist() for line in ax.lines]


def test_the_text_gives_what_is_drawn():
    assert show_terms(TARGET, PREDICTION).alt == (
        "Two boxes and their hull C, three times. 83% of the hull is empty. The centres are 7.2 "
        "apart, the hull's diagonal is 10.0. Sides: target 2 x 2, prediction 2 x 2, hull 8 x 6."
    )


def test_each_panel_has_the_letters_of_its_formula(panels):
    words = [[text.get_text() for text in ax.texts if text.get_text()] for ax in panels]
    assert words == [["A", "B", "C"], ["c", "ρ"], ["wᵍᵗ", "hᵍᵗ", "w", "h", "wᶜ", "hᶜ"]]


def test_the_hatched_hull_lies_under_both_boxes(panels):
    hatched = [patch for patch in panels[0].patches if patch.get_hatch()]
    assert [patch.get_bbox().extents.tolist() for patch in hatched] == [[0, 0, 8, 6]]
    assert panels[0].patches[0] is hatched[0]


def test_the_centres_are_joined_and_the_other_diagonal_is_drawn(panels):
    assert lines(panels[1]) == [[[0, 6], [8, 0]], [[1, 1], [7, 5]]]


def test_where_the_centres_rise_the_falling_diagonal_is_drawn():
    left, right = as_boxes((0, 4, 2, 6), (6, 0, 8, 2))
    assert lines(show_terms(left, right).figure.axes[1])[0] == [[0, 0], [8, 6]]


def test_the_arrows_are_as_long_as_the_sides(panels):
    arrows = [text for text in panels[2].texts if getattr(text, "arrow_patch", None)]
    lengths = [
        max(abs(a - b) for a, b in zip(arrow.xy, arrow.xyann, strict=True)) for arrow in arrows
    ]
    assert lengths == pytest.approx([2, 2, 2, 2, 8, 6])


def test_bad_input_names_the_argument():
    with pytest.raises(ValueError, match=r"prediction must be four numbers \(4,\), got \(1, 4\)"):
        show_terms(TARGET, PREDICTION[None])
