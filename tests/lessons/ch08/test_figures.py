"""The figures of lesson 08 show every run, and their legends lie over no curve."""

import pytest
import torch

from locviz.experiments import imbalance
from locviz.experiments.side_doubt import SIDES, Sides
from locviz.lessons.ch08 import first_losses_figure, seeds_figure, sides_figure


@pytest.fixture(scope="module")
def found():
    return imbalance.results()


def above(picture, ax):
    """The legend stands over the axes when the figure is laid out."""
    picture.svg()
    legend, box = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert legend.y0 >= box.y1
    assert legend.x0 >= 0
    assert legend.x1 <= picture.figure.bbox.x1


def test_one_dot_per_run_early_and_late(found):
    picture = seeds_figure(found)
    (ax,) = picture.figure.axes
    dots = [len(line.get_ydata()) for line in ax.get_lines()]
    assert sum(dots) == 2 * len(found["runs"])
    assert len(ax.get_xticklabels()) == len(imbalance.REMEDIES)
    above(picture, ax)


def test_the_first_losses_are_those_that_are_stored(found):
    picture = first_losses_figure(found, seed=1)
    for ax, loss in zip(picture.figure.axes, ("cross_entropy", "focal"), strict=True):
        low, half = ax.get_lines()
        assert low.get_ydata().tolist() == found["plain"][f"{loss}/1"]["losses"]
        assert half.get_ydata().tolist() == found["plain"][f"{loss}_half/1"]["losses"]
        assert half.get_ydata()[0] > 20 * low.get_ydata()[0]
        assert ax.get_yscale() == "log"
        above(picture, ax)


def test_a_bar_for_each_bin_of_each_side():
    clear = Sides(probabilities=torch.eye(4, 6), pixels=8.0, score=0.9)
    patched = Sides(probabilities=torch.full((4, 6), 1 / 6), pixels=8.0, score=0.3)
    box = torch.tensor([4.0, 4, 20, 20])
    picture = sides_figure([torch.zeros(3, 32, 32)] * 2, box, [clear, patched])
    axes = picture.figure.axes
    assert [ax.get_title() for ax in axes if "side" in ax.get_title()] == [
        f"{name} side" for name in SIDES
    ]
    for i, ax in enumerate(ax for ax in axes if "side" in ax.get_title()):
        heights = [bar.get_height() for bar in ax.patches]
        assert heights == pytest.approx(torch.eye(4, 6)[i].tolist() + [1 / 6] * 6)
        # A bar stands around its bin, in pixels.
        assert ax.patches[2].get_x() + ax.patches[2].get_width() < 16 < ax.patches[8].get_x() + 1
    assert "score 0.90" in axes[0].get_title()
    # A frame would stay light in a dark theme, where the text in it is light.
    assert [ax.get_legend().get_frame_on() for ax in axes if ax.get_legend()] == [False]
