"""Static pictures: boxes on images, curves, timelines, surfaces, in one theme, light and dark.
matplotlib is loaded when the first picture is drawn.

Every function returns a ``Picture``: as the last line of a cell it is shown, ``.save("file.png")``
writes it, and it has a text alternative.
"""

from locviz.viz.boxes import as_boxes, draw_boxes, draw_image, show_boxes
from locviz.viz.curves import draw_curves, show_curves, show_panels
from locviz.viz.legend import legend_above
from locviz.viz.plane import BoxGroup, show_plane
from locviz.viz.points import show_points
from locviz.viz.surfaces import show_surfaces
from locviz.viz.terms import show_terms
from locviz.viz.theme import PALETTE, SERIES, Picture, new_figure, role_colour, series_style, theme
from locviz.viz.timeline import show_timeline

__all__ = [
    "PALETTE", "SERIES", "BoxGroup", "Picture", "as_boxes", "draw_boxes", "draw_curves", "draw_image",
    "legend_above", "new_figure", "role_colour", "series_style", "show_boxes", "show_curves", "show_panels",
    "show_plane", "show_points", "show_surfaces", "show_terms", "show_timeline", "theme",
]  # fmt: skip
