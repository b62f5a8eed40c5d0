"""Variants that differ in their queries alone, and how their curves are read, by hand."""

import math

import pytest
import torch

from locviz.data import Shapes
from locviz.experiments import query_starts
from locviz.experiments.query_starts import NUM, STARTS

# AP50 after 100, 200 and 300 steps.
SLOW, FAST, NEVER = (0.1, 0.2, 0.4), (0.4, 0.8, 0.9), (0.0, 0.1, 0.3)


def stored(start, seed, curve):
    looks = [
        {"step": 100 * at, "cpu_seconds": 10.0 * at, "ap50": ap50}
        for at, ap50 in enumerate(curve, start=1)
    ]
    return {"start": start, "seed": seed, "looks": looks}


@pytest.fixture
def found():
    runs = [
        stored("plain", 0, SLOW),
        stored("plain", 1, SLOW),
        stored("anchors", 0, FAST),
        stored("anchors", 1, NEVER),
        stored("anchors", 2, FAST),
    ]
    return {"runs": {f"{run['start']}/{run['seed']}": run for run in runs}}


def test_the_first_look_with_so_much_counts(found):
    run = found["runs"]["anchors/0"]
    assert query_starts.steps_to(run, 0.8) == 200
    assert query_starts.cpu_seconds_to(run, 0.8) == 20.0
    assert query_starts.final_ap50(run) == 0.9
    assert query_starts.steps_to(run, 0.95) is None
    assert query_starts.cpu_seconds_to(run, 0.95) is None


def test_a_share_is_of_the_steps_of_the_same_seed(found):
    """0.4 after 100 of 300 steps; never; and seed 2 has nothing to be compared with."""
    shares = query_starts.share_of_steps(found, "anchors")
    assert shares == {0: pytest.approx(1 / 3), 1: math.inf}
    assert query_starts.share_of_steps(found, "plain") == {0: 1.0, 1: 1.0}
    assert list(query_starts.runs_of(found, "anchors")) == [0, 1, 2]


def test_a_misspelt_variant_is_not_one_that_was_not_trained(found):
    assert query_starts.runs_of(found, "selected") == {}
    for names in (("anchor",), ("anchors", "plan")):
        with pytest.raises(ValueError, match="choose one of plain"):
            query_starts.share_of_steps(found, names[0], of=names[-1])


def test_results_that_cannot_be_read(tmp_path):
    with pytest.raises(FileNotFoundError, match="makes them"):
        query_starts.results(str(tmp_path / "none.json"))
    for content, words in (('{"runs": {', "damaged"), ("[]", "no runs"), ("{}", "no runs")):
        (tmp_path / "bad.json").write_text(content)
        with pytest.raises(ValueError, match=words):
            query_starts.results(tmp_path / "bad.json")
    assert query_starts.results(str(query_starts.RESULTS))["runs"]


@pytest.mark.parametrize("name", ["anchors", "denoising", "selected"])
def test_only_the_queries_differ(name):
    """And the head, whose boxes start as their references."""
    one = STARTS["plain"].detector(3, seed=1).state_dict()
    other = STARTS[name].detector(3, seed=1).state_dict()
    rest = {key for key in one if not key.startswith(("queries.", "head."))}
    assert rest == {key for key in other if not key.startswith(("queries.", "head."))}
    assert all(torch.equal(one[key], other[key]) for key in rest)
    assert not other["head.deltas.4.weight"].any()


@pytest.mark.parametrize("name", STARTS)
def test_every_variant_can_be_trained_and_is_small(name):
    images, targets = zip(*(Shapes(num_scenes=2)[i] for i in range(2)), strict=True)
    detector = STARTS[name].detector(3)
    assert sum(weights.numel() for weights in detector.parameters()) <= 1_500_000
    columns = 3 if name == "deformable" else 4
    assert detector.eval()(images).logits.shape == (2, NUM, columns)
    detector.train()
    detector.loss(images, targets).total.backward()
    for key, weights in detector.queries.named_parameters():
        assert weights.grad is not None, key
        assert torch.isfinite(weights.grad).all(), key
