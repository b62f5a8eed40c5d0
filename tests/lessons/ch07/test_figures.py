"""The figures of lesson 07 show every series whole, and their words are readable."""

import pytest
import torch

from locviz.assign import sinkhorn_steps
from locviz.experiments import assigner_comparison as comparison
from locviz.lessons.ch07 import candidates_figure, plans_figure, runs_figure, seeds_figure
from locviz.models import assigners
from locviz.widgets.assignlab import Replay


@pytest.fixture(scope="module")
def replay():
    return Replay.load("fcos_tiny-shapes-crowded")


def run(ap50, without, flips):
    """A run's figures without the run: no detector has to be trained for them."""
    history = comparison.RunHistory.__new__(comparison.RunHistory)
    history.ap50, history.ap50_without_nms, history.flips = ap50, without, flips
    return history


def test_every_candidate_lies_within_the_axes(replay):
    picture = candidates_figure(replay.priors, replay.targets[3])
    (ax,) = picture.figure.axes
    levels = ax.get_lines()
    assert [line.get_label() for line in levels] == [
        f"squares of {side} pixels" for side in (16, 32, 64)
    ]
    for line in levels:
        assert len(line.get_ydata()) == 8 * 9  # nine candidates of each of eight objects
        assert max(line.get_ydata()) <= ax.get_ylim()[1]
    (thresholds,) = ax.collections
    heights = [path.vertices[0, 1] for path in thresholds.get_paths()]
    # By hand for object A: mean plus deviation of its 27 candidates.
    of_a = torch.tensor([y for line in levels for y in line.get_ydata()[:9]])
    assert heights[0] == pytest.approx(float(of_a.mean() + of_a.std()), abs=1e-5)


def test_the_plan_becomes_one_bar_per_object(replay):
    steps = []

    def remember(*problem):
        steps.extend(sinkhorn_steps(*problem))
        return steps[-1].plan

    answer = assigners.ota(solve=remember)(replay.priors, replay.targets[3], replay.predicted(5, 3))
    axes = plans_figure(steps, answer).figure.axes
    assert [ax.get_title().split(":")[0] for ax in axes] == ["round 1", "round 5", "round 50"]
    shown = axes[-1].get_images()[0].get_array()
    assert shown.shape == (9, int(answer.positive.sum()))
    owners = answer.gt_index[answer.positive].sort().values
    # Sorted by object, almost every column is brightest in its owner's row.
    assert (torch.tensor(shown.argmax(0)) == owners).float().mean() > 0.9


def test_no_legend_lies_over_a_curve():
    runs = {
        "SimOTA": run([0.1, 0.4], [0.1, 0.3], [0.9, 0.5]),
        "Hungarian": run([0.0, 0.4], [0.0, 0.3], [0.9, 0.8]),
    }
    picture = runs_figure(runs, every=40)
    scores, flips = picture.figure.axes
    assert [line.get_label() for line in scores.get_lines()] == [
        "SimOTA, with NMS", "SimOTA, without", "Hungarian, with NMS", "Hungarian, without",
    ]  # fmt: skip
    assert flips.get_lines()[1].get_xdata().tolist() == [40, 80]
    above(picture, scores)
    above(picture, flips)


def test_one_dot_per_run_with_and_without_nms():
    found = comparison.results()
    picture = seeds_figure(found)
    (ax,) = picture.figure.axes
    dots = [len(line.get_ydata()) for line in ax.get_lines()]
    assert sum(dots) == 2 * len(found["runs"])
    assert min(min(line.get_ydata()) for line in ax.get_lines()) >= ax.get_ylim()[0]
    above(picture, ax)


def above(picture, ax):
    """The legend stands over the axes when the figure is laid out."""
    picture.svg()
    legend, box = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert legend.y0 >= box.y1
    assert legend.x0 >= 0
    assert legend.x1 <= picture.figure.bbox.x1
