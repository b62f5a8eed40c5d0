"""``benchmarks/gpu.py``: it runs whole at a tiny size, keeps its budget, and says what is missing."""

import os
import re
import subprocess
import sys
from pathlib import Path

import gpu_agreement
import gpu_machine
import gpu_peers
import gpu_throughput
import gpu_training
import pytest
import torch
from example_rows import part_of
from gpu_report import Budget, Outcome, Report, Setting, cell, row_limit, table
from gpu_worker import measure_rows

from locviz import losses
from locviz.boxes import center_size_to_corners
from locviz.models import ASSIGNERS, SYSTEMS, detr_r50, fcos_r50

ROOT = Path(__file__).resolve().parents[2]
CPU = Setting(device="cpu", tiny=True)


def cells_of(page: str) -> list[list[str]]:
    """The cells of every row of every table of a page, titles apart."""
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    rows = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in lines]
    return [row for row, below in zip(rows, [*rows[1:], []], strict=True)
            if row[0] != "---" and below[:1] != ["---"]]  # fmt: skip


@pytest.mark.slow
def test_it_runs_whole_on_a_cpu(tmp_path):
    page = tmp_path / "page" / "gpu.md"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / "gpu.py", "--tiny", "--out", page],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    written = page.read_text()
    rows = cells_of(written)
    names = [row[0] for row in rows]
    import gpu

    assert [line[3:] for line in written.splitlines() if line.startswith("## ")] == [
        part.title for part in gpu.PARTS
    ]
    assert names == [row for part in gpu.PARTS for row in part.rows]
    assert f"{len(names)} of {len(names)} rows were measured." in written
    wrong = [row for row in rows if any(c.startswith("*") or "failed," in c for c in row)]
    assert not wrong
    for system in SYSTEMS:
        for data in system.recipes:
            assert f"{system.tiny.__name__}, {data}" in names
    assert "No figure means anything" in written
    assert "Megvii's YOLOX-s: not measured, give --yolox FOLDER" in written


def test_every_system_and_reference_is_measured():
    assert set(gpu_training.RUNS) == {
        f"{system.tiny.__name__}, {data}" for system in SYSTEMS for data in system.recipes
    }
    # The first data set of every system comes before the second of any.
    trained = [system for system in SYSTEMS if system.recipes]
    assert [gpu_training.RUNS[row][0] for row in gpu_training.FIRST.rows] == trained
    for row, (system, data) in gpu_training.RUNS.items():
        assert data in system.recipes, row
        assert len(gpu_training.scenes(data, "test", 1)) == 1
    assert set(gpu_peers.official().values()) == set(gpu_peers.PEERS) == set(gpu_peers.SMALL)
    assert "fcos_r50" in gpu_peers.official()
    assert gpu_peers.without_peer() == ["R-CNN", "Fast R-CNN", "GFL", "YOLOv10", "Deformable DETR"]


def test_every_loss_and_assigner_is_compared():
    names = [name for name in losses.__all__ if callable(getattr(losses, name))]
    # Types, and units that the coefficients measure in.
    others = {"RegressionLoss", "Reduction", "in_pixels", "in_sides", "in_diagonals"}
    assert set(names) - others <= set(gpu_agreement.CLOSE)
    assert set(gpu_agreement.OWNERS) == {entry.title for entry in ASSIGNERS}


@pytest.mark.parametrize("row", gpu_agreement.AGREEMENT.rows)
def test_each_comparison_has_something_to_compare(row):
    numbers, difference, _ = gpu_agreement.agreement(row, 9.0, CPU)
    assert int(numbers.replace(",", "")) >= 50
    assert difference in ("0.0e+00", "0.0% of the owners")


def test_a_difference_is_found():
    one = torch.tensor([1.0, 200.0])
    assert gpu_agreement.compare([one], [one + 1e-6], allowed=1e-5)[0] == "2"
    with pytest.raises(AssertionError, match=r"differ by up to 3\.3e-01"):
        gpu_agreement.compare([one], [torch.tensor([2.0, 200.0])], allowed=0.2)
    with pytest.raises(AssertionError, match="shapes"):
        gpu_agreement.compare([one], [one[:1]], allowed=1.0)
    with pytest.raises(AssertionError, match="inf"):
        gpu_agreement.compare([one], [one * float("nan")], allowed=1.0)
    owners = torch.tensor([0, 1, -1, -1])
    with pytest.raises(AssertionError, match=r"25\.0% of 4 priors differ, 2 are positive"):
        gpu_agreement.compare_owners(owners, owners.clamp(max=0), allowed=0.1)
    with pytest.raises(AssertionError, match="0 are positive"):
        gpu_agreement.compare_owners(owners[2:], owners[2:], allowed=0.1)


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_budget_is_shared_by_those_still_to_come():
    clock = Clock()
    budget = Budget(100, {"a": 1, "b": 3, "c": 1}, clock=clock)
    assert budget.grant("a") == 20
    clock.now += 20  # a took all of it
    assert budget.grant("b") == 60
    clock.now += 20  # b left 40
    assert budget.grant("c") == budget.left() == 60


def test_what_one_takes_too_much_is_taken_from_the_others():
    clock = Clock()
    budget = Budget(100, {"a": 1, "b": 1, "c": 1}, clock=clock)
    clock.now += 70
    assert budget.grant("b") == 15
    clock.now += 70
    assert budget.grant("c") == budget.left() == 0


def test_a_row_may_take_three_even_shares_and_leaves_a_third():
    assert row_limit(60, 6) == 30
    assert row_limit(60, 3) == row_limit(60, 2) == 40
    assert row_limit(60, 1) == 60


@pytest.mark.slow
def test_a_row_that_fails_dies_or_hangs_costs_itself_only(tmp_path, capfd):
    part = part_of("good", "fails", "dies", "hangs", "good again", "last")
    report = Report([part], "# Heading")
    page = tmp_path / "page.md"

    def record(row, outcome):
        report.record(part, row, outcome)
        report.write(page)

    measure_rows(part, CPU, 30, record)
    rows = {row[0]: row[1:] for row in cells_of(page.read_text())}
    assert rows["good"][0] == rows["good again"][0] == rows["last"][0] == "cpu"
    assert rows["fails"][0] == r"*failed: ValueError: no such \| thing*"
    assert rows["dies"][0] == "*failed: the process ended with exit code 7*"
    stopped = re.match(r"\*stopped: not done after (\d+) s", rows["hangs"][0])
    assert stopped
    assert int(stopped[1]) < 30  # it hangs for 60 s: neither the row nor the part waits for that
    assert report.failed == ["Example: fails", "Example: dies"]
    assert "3 of 6 rows were measured; **these went wrong**" in page.read_text()
    assert "no such | thing" in capfd.readouterr().err  # the whole traceback


def test_what_does_not_fit_is_said():
    outcomes = {}
    measure_rows(part_of("good", "good again"), CPU, 0.5, outcomes.__setitem__)
    assert [o.reason for o in outcomes.values()] == ["did not fit into the 0 s of this part"] * 2
    assert not any(o.failed for o in outcomes.values())


def test_the_page_says_what_was_not_measured(tmp_path):
    part = part_of("one", "two")
    report = Report([part], "# Heading")
    report.record(part, "one", Outcome(("cpu", "9")))
    report.write(tmp_path / "new" / "page.md")
    assert (tmp_path / "new" / "page.md").read_text() == (
        "# Heading\n\n1 of 2 rows were measured.\n\n## Example\n\nAbout.\n\n"
        "| row | device | s |\n| --- | --- | --- |\n| one | cpu | 9 |\n"
        "| two | *not measured yet* | - |\n"
    )
    assert os.listdir(tmp_path / "new") == ["page.md"]


def test_a_table_keeps_its_cells_apart():
    assert cell("a | b\nc") == r"a \| b c"
    assert table(["x", "y"], [["1", 2]]) == "| x | y |\n| --- | --- |\n| 1 | 2 |"
    with pytest.raises(ValueError, match="row '1' has 1 cells for 2 columns"):
        table(["x", "y"], [["1"]])


def test_pytests_report_is_counted(tmp_path):
    report = tmp_path / "report.xml"
    report.write_text(
        "<testsuites><testsuite><testcase name='a'/><testcase name='b'><failure/></testcase>"
        "<testcase name='c'><skipped/></testcase><testcase name='d'><error/></testcase>"
        "</testsuite></testsuites>"
    )
    assert gpu_machine.outcome_of_tests(report) == (1, ["b", "d"], 1)
    assert "tests/models/test_gpu.py" in gpu_machine.tests_marked_gpu()


def test_a_tiny_scene_has_valid_boxes():
    scene = gpu_peers.random_scene(2, CPU)
    assert [image.shape for image in scene.images] == [(3, 48, 64)] * 2
    for target in scene.targets:
        target.check(gpu_peers.NUM_CLASSES)
        assert (target.boxes >= 0).all()
        assert (target.boxes[:, 2:] <= torch.tensor([64, 48])).all()
    assert len(gpu_peers.networks_of(gpu_peers.ours(fcos_r50, scene).model)) == 3


@pytest.mark.slow
def test_transformers_detr_is_given_what_ours_is_given():
    """The same pixels, and labels whose boxes, as shares, are ours."""
    scene = gpu_peers.random_scene(2, CPU)
    own = gpu_peers.ours(detr_r50, scene)
    assert own.networks == [own.model.backbone, own.model.neck, own.model.encoder]
    peer = gpu_peers.PEERS[detr_r50][1](scene, CPU)
    seen = {}
    peer.model.register_forward_pre_hook(
        lambda module, args, kwargs: seen.update(kwargs, pixels=args[0]), with_kwargs=True
    )
    assert torch.isfinite(peer.loss())
    assert torch.equal(seen["pixels"], own.model.prepare(scene.images).values)
    assert seen["pixel_mask"].all()
    for target, label in zip(scene.targets, seen["labels"], strict=True):
        assert torch.equal(label["class_labels"], target.labels)
        corners = center_size_to_corners(label["boxes"]) * torch.tensor([64, 48, 64, 48])
        assert torch.allclose(corners, target.boxes, atol=1e-4)


def test_a_batch_that_does_not_fit_is_halved(monkeypatch):
    asked = []

    def both(row, batch, seconds, setting):
        asked.append(batch)
        return None if batch > 4 else ["9.9"]

    monkeypatch.setattr(gpu_throughput, "both", both)
    full = Setting(device="cpu", tiny=False)
    assert gpu_throughput.throughput("fcos_r50, fp32", 60.0, full) == ["4", "9.9"]
    assert asked == [16, 8, 4]
    monkeypatch.setattr(gpu_throughput, "both", lambda *arguments: None)
    with pytest.raises(RuntimeError, match="not even one image"):
        gpu_throughput.throughput("fcos_r50, fp32", 60.0, full)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("broken"), "Theirs: failed, ValueError"),
        (gpu_peers.NotMeasured("no folder"), "Theirs: not measured, no folder"),
    ],
)
def test_a_peer_that_fails_leaves_our_figures(monkeypatch, error, said):
    def build(scene, setting):
        raise error

    monkeypatch.setitem(gpu_peers.PEERS, fcos_r50, ("Theirs", build))
    own = gpu_throughput.Rate(images=3.0, first=1.0, memory="-")
    scene = gpu_peers.random_scene(1, CPU)
    cells = gpu_throughput.beside(own, "fcos_r50, fp32", scene, 60.0, CPU)
    assert cells == [said, "-", "-", "-", "-"]
    hurried = gpu_throughput.beside(own, "fcos_r50, both compiled", scene, 1.0, CPU)
    assert hurried[0] == "Theirs: 1 s were too few to compile it"


def test_readme_says_what_is_true_of_the_gpu():
    """Figures of a GPU are linked where they have been measured, and nowhere else."""
    readme = (ROOT / "README.md").read_text()
    assert "python benchmarks/gpu.py" in readme
    measured = (ROOT / "docs" / "gpu.md").exists()
    assert ("docs/gpu.md)" in readme) == measured
    assert ("no GPU figure has been measured" in " ".join(readme.split())) != measured
