"""The tables and figures of lesson 14 say what was stored and watched, by hand."""

import pytest
import torch

from locviz.data import Shapes
from locviz.experiments import query_starts
from locviz.experiments.query_starts import STARTS
from locviz.lessons import ch14
from locviz.lessons.ch14 import tables
from locviz.models import deformable_detr_tiny, detr_tiny


def stored(start, seed, curve):
    looks = [
        {"step": 100 * at, "cpu_seconds": 10.0 * at, "ap50": ap50, "ap": ap50 / 2}
        for at, ap50 in enumerate(curve, start=1)
    ]
    return {f"{start}/{seed}": {"start": start, "seed": seed, "looks": looks}}


@pytest.fixture
def found():
    runs = stored("plain", 0, (0.1, 0.2, 0.4)) | stored("plain", 1, (0.1, 0.2, 0.5))
    runs |= stored("anchors", 0, (0.4, 0.8, 0.9)) | stored("anchors", 1, (0.0, 0.1, 0.3))
    return {"command": "a command", "protocol": {}, "runs": runs}


def test_each_start_has_a_row_and_each_seed_a_figure(found):
    table = ch14.starts_table(found)
    rows = dict(zip(STARTS, table.rows, strict=True))
    assert tuple(rows["plain"]) == (STARTS["plain"].title, "0.40 0.50", "- -", "- -", "", "")
    # 0.4 after 100 of 300 steps; 0.5 never.
    assert tuple(rows["anchors"][1:]) == ("0.90 0.30", "200 -", "20 -", "0.33 -", "1 of 2")
    assert tuple(rows["selected"][1:]) == ("-", "-", "-", "-", "")
    assert table.caption.startswith("4 stored runs")
    assert table.caption.endswith("Made by: a command")


def test_the_curve_is_the_mean_over_seeds(found):
    (ax,) = ch14.starts_figure(found).figure.axes
    lines = {line.get_label(): line for line in ax.get_lines()}
    assert list(lines) == [STARTS["plain"].title, STARTS["anchors"].title]
    curve = lines[STARTS["anchors"].title]
    assert curve.get_xdata().tolist() == [100, 200, 300]
    assert curve.get_ydata().tolist() == pytest.approx([0.2, 0.45, 0.6])


def test_without_runs_they_say_so(monkeypatch, tmp_path):
    monkeypatch.setattr(tables, "RESULTS", tmp_path / "none.json")
    nothing = ch14.stored_runs()
    assert nothing["runs"] == {}
    assert "No run is stored yet" in ch14.starts_figure(nothing).alt
    assert ch14.starts_table(nothing).caption.startswith("No stored runs")


def test_what_is_stored_is_what_is_read():
    if query_starts.RESULTS.exists():
        assert ch14.stored_runs() == query_starts.results()


@pytest.fixture(scope="module")
def scene():
    return Shapes(level="first", split="train", num_scenes=1, seed=0)[0]


@pytest.mark.parametrize(("build", "most"), [(detr_tiny, 64), (deformable_detr_tiny, 4)])
def test_places_are_exp_of_the_entropy_by_hand(scene, build, most):
    torch.manual_seed(0)
    watch = ch14.MatchWatch(build(3), *[[part] for part in scene], every=1)
    watch.look(0)
    look = watch._before[0]
    weights = look.cells if look.cells is not None else look.shares.transpose(1, 2)
    row = weights[0, 0, 0]
    one = float(torch.exp(-(row * row.log()).sum()))
    assert weights.shape[-1] == most
    assert 1 <= one <= most + 1e-4
    numbers = torch.exp(-(weights * weights.clamp(min=1e-30).log()).sum(-1)).mean((1, 2))
    assert watch.places == [pytest.approx(numbers.tolist(), rel=1e-4)]
    assert watch.num_objects == len(scene[1])


def test_flips_are_counted_between_looks(scene):
    torch.manual_seed(0)
    detector = detr_tiny(3)
    watch = ch14.MatchWatch(detector, *[[part] for part in scene], every=1)
    watch.look(0)
    watch.look(1)
    before = watch._before[0].matches[-1]
    # The positions of all queries go round by one place: so do the matches.
    with torch.no_grad():
        detector.queries.positions.copy_(detector.queries.positions.roll(1, 0))
    watch.look(2)
    assert watch._before[0].matches[-1].tolist() == before.roll(1).tolist()
    assert watch.flipped == [0, 0, len(scene[1])]
    assert watch.steps == [0, 1, 2]


def test_the_watch_s_table_and_figure(scene):
    runs = {}
    for name, flipped, last in (("plain", [0, 4, 2], 40.0), ("anchors", [0, 1, 0], 60.0)):
        runs[name] = run = ch14.MatchWatch(detr_tiny(3), [scene[0]], [scene[1]], every=5)
        run.steps, run.flipped = [0, 5, 10], flipped
        run.places = [[64.0, 63.0], [50.0, 50.0], [30.0, last]]
    table = ch14.layers_table(runs)
    assert [tuple(row) for row in table.rows] == [
        ("plain", "6", "64.0 to 30.0", "63.0 to 40.0"),
        ("anchors", "1", "64.0 to 30.0", "63.0 to 60.0"),
    ]
    shares, places = ch14.watch_figure(runs).figure.axes
    num = len(scene[1])
    assert shares.get_lines()[0].get_ydata().tolist() == pytest.approx([400 / num, 200 / num])
    assert places.get_lines()[1].get_ydata().tolist() == [63.0, 50.0, 60.0]


def test_the_mask_is_drawn_as_the_queries_have_it(scene):
    image, targets = scene
    detector = STARTS["denoising"].detector(3)
    memory = detector.encode([image])[1]
    picture = ch14.mask_figure(detector.queries, memory, targets)
    (ax,) = picture.figure.axes
    made = detector.queries(memory, [targets])
    visible = ~made.hidden[0]
    area = sum(
        path.get_extents().width * path.get_extents().height
        for drawn in ax.collections
        for path in drawn.get_paths()
    )
    assert area == pytest.approx(float(visible.sum()))
    assert f"{made.num_given} noised" in picture.alt
