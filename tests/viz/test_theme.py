import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import locviz
from locviz.viz import (
    PALETTE,
    SERIES,
    Picture,
    new_figure,
    role_colour,
    series_style,
    show_curves,
    theme,
)

SHEET = Path(locviz.__file__).parent / "widgets/src/shared/theme.css"
WHITE, DARK = "#fefefe", "#16191e"


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_the_one_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(
    "role", ["text", "soft", "target", "prediction", "overlap", "hull", "pull", "bad"]
)
def test_text_in_every_role_reads_in_both_themes(role):
    light, dark = PALETTE[role]
    assert contrast(light, WHITE) >= 4.5
    assert contrast(dark, DARK) >= 4.5


def test_curves_stand_out_in_both_themes():
    for light, dark in SERIES:
        assert contrast(light, WHITE) >= 3
        assert contrast(dark, DARK) >= 3


def test_the_widgets_have_the_same_colours():
    declared = dict(
        re.findall(
            r"--lv-([\w-]+): (?:var\([^,]+, )?light-dark\((#\w{6}, #\w{6})\)", SHEET.read_text()
        )
    )
    for role in ("text", "soft", "line", "target", "prediction", "overlap", "hull", "pull", "bad"):
        assert ", ".join(PALETTE[role]) == declared[role], role
    for index, pair in enumerate(SERIES):
        assert ", ".join(pair) == declared[f"series-{index}"]


def test_one_light_colour_never_means_two_dark_ones():
    dark_of = {}
    for light, dark in (*PALETTE.values(), *SERIES):
        assert dark_of.setdefault(light, dark) == dark


def test_every_series_differs_in_colour_and_in_dash():
    styles = [series_style(index) for index in range(8)]
    assert len({style["color"] for style in styles}) == 8
    assert len({str(style["linestyle"]) for style in styles}) == 8
    assert series_style(8) == series_style(0)


def test_an_unknown_role_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"one of text, soft, .*, got 'gold'"):
        role_colour("gold")


def test_a_picture_is_labelled_themed_and_well_formed():
    figure, axes = new_figure()
    axes[0, 0].plot([0, 1], [0, 1], color=role_colour("target"))
    svg = Picture(figure, 'a "line" <up>').svg()
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == 'a "line" <up>'
    assert f"var(--lvp-target,{PALETTE['target'][0]})" in svg
    assert "metadata" not in svg
    assert not re.search(r"(?<!,)#00664b", svg), "a colour that does not follow the theme"


def test_the_same_figure_gives_the_same_bytes():
    assert show_curves({"a": [1, 2, 3]}).html() == show_curves({"a": [1, 2, 3]}).html()


def test_a_picture_without_words_is_refused():
    figure, _ = new_figure()
    with pytest.raises(ValueError, match="alt must say in words"):
        Picture(figure, " ")


def test_a_picture_can_be_saved(tmp_path):
    show_curves({"a": [1, 2]}).save(tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_the_theme_leaves_the_users_settings_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    with theme():
        assert matplotlib.rcParams["legend.frameon"] is False
    show_curves({"a": [1, 2]})
    assert dict(matplotlib.rcParams) == before


def test_matplotlib_loads_only_when_a_picture_is_made():
    code = "import sys, locviz.viz; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
