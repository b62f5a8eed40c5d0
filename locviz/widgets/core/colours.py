"""Colours of the static pictures, by what they mean.

They are the light half of the palette: a picture stands on its own white ground, whatever page
shows it.
"""

from locviz.viz.theme import PALETTE

INK, SOFT, LINE, GOOD, BAD, MISSED, ACCENT, HULL = (
    PALETTE[role][0]
    for role in ("text", "soft", "line", "target", "pull", "overlap", "prediction", "hull")
)
PULL = BAD
PAPER = "#ffffff"
