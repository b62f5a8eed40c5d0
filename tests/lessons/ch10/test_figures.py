"""The figures of lesson 10 show what they name, and their words lie beside the dots."""

import pytest

from locviz.assign import MutualLabelling
from locviz.lessons import ch10
from locviz.postprocess import SelectDense, class_probability
from locviz.widgets.assignlab import Replay


@pytest.fixture(scope="module")
def scene():
    replay = Replay.load("fcos_tiny-shapes-crowded")
    predicted = replay.predicted(5, 3)
    assert predicted.logits is not None
    assert predicted.regions is not None
    select = SelectDense(score=class_probability, nms_threshold=1.0, max_detections=10_000)
    found = select(predicted.logits, predicted.regions, levels=replay.priors.levels)
    return replay, predicted, found


def test_the_star_is_as_the_chapter_tells_it(scene):
    replay, predicted, found = scene
    scores, overlaps, boxes = ch10.candidates_of(found, replay.targets[3], 1)
    assert len(scores) == 46
    assert boxes.shape == (46, 4)
    assert round(float(scores.max()), 2) == 0.46
    assert round(float(overlaps[scores.argmax()]), 2) == 0.61
    assert round(float(overlaps.max()), 2) == 0.89
    assert round(float(scores[overlaps.argmax()]), 2) == 0.38
    kept = SelectDense(score=class_probability)(
        predicted.logits, predicted.regions, levels=replay.priors.levels
    )
    # Suppression drops the best one: what is left overlaps the star by much less.
    assert ch10.candidates_of(kept, replay.targets[3], 1)[1].max() < 0.75


def test_the_surest_and_the_best_are_marked(scene):
    replay, _, found = scene
    picture = ch10.one_object_figure(replay.images[3], replay.targets[3], found, index=1)
    plot = picture.figure.axes[1]
    every, surest, best = plot.get_lines()
    assert len(every.get_xdata()) == 46
    assert surest.get_xdata()[0] == every.get_xdata().max()
    assert best.get_ydata()[0] == every.get_ydata().max()
    above(picture, plot)


def test_two_verdicts_says_all_three_correlations():
    picture = ch10.two_verdicts_figure(
        {"easy": ((0.8, 0.7, 0.6), (0.7, 0.8, 0.9)), "hard": ((0.3, 0.2, 0.1), (0.2, 0.3, 0.4))}
    )
    (ax,) = picture.figure.axes
    assert [line.get_label() for line in ax.get_lines()] == ["easy: rho -1.00", "hard: rho -1.00"]
    assert ax.get_title() == "all in one list: rho +0.54"  # 1 - 96 / 210


def test_the_four_groups_are_those_of_the_rule(scene):
    replay, predicted, _ = scene
    truth = replay.targets[3]
    picture = ch10.crossed_figure(replay.images[3], truth, replay.priors, predicted, index=6)
    seen, plot = picture.figure.axes
    counts = {line.get_label(): len(line.get_xdata()) for line in plot.get_lines()[:4]}
    answer = MutualLabelling()(replay.priors, truth, predicted)
    assert answer.localization is not None
    classes, places = answer.gt_index == 6, answer.localization.gt_index == 6
    assert counts["both"] == int((classes & places).sum()) == 3
    assert counts["class only"] == int((classes & ~places).sum()) == 6
    assert counts["box only"] == int((places & ~classes).sum()) == 1
    assert sum(counts.values()) == 14
    assert sum(len(line.get_xdata()) for line in seen.get_lines()) == 14
    # The surest of all: what the text asks about.
    (lonely,) = (line for line in plot.get_lines() if line.get_label() == "box only")
    assert round(float(lonely.get_xdata()[0]), 2) == 0.63
    assert round(float(lonely.get_ydata()[0]), 2) == 0.11
    above(picture, plot)


def test_the_runs_begin_together():
    runs = {}
    for name, spearman in (("as before", [0.5, 0.5, 0.6]), ("mutual labelling", [0.5, 0.7, 0.8])):
        runs[name] = run = ch10.RankWatch.__new__(ch10.RankWatch)
        run.spearman, run.ap = spearman, [0.8, 0.7, 0.8]
    picture = ch10.runs_figure(runs, every=30)
    rho, ap = picture.figure.axes
    assert rho.get_lines()[1].get_xdata().tolist() == [0, 30, 60]
    assert ap.get_lines()[0].get_ydata().tolist() == [0.8, 0.7, 0.8]
    above(picture, rho)
    above(picture, ap)


def above(picture, ax):
    """The legend stands over the axes when the figure is laid out."""
    picture.svg()
    legend, box = ax.get_legend().get_window_extent(), ax.get_window_extent()
    assert legend.y0 >= box.y1 - 1
    assert legend.x0 >= 0
    assert legend.x1 <= picture.figure.bbox.x1
