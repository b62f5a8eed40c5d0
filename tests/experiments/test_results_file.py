import json

import pytest

from locviz.experiments.results_file import update


def test_runs_are_merged_rounded_and_nothing_is_left_beside(tmp_path):
    path = tmp_path / "new" / "results.json"
    update(path, lambda found: {**found, "one": [1 / 3, {"two": 2, "name": "a"}]})
    update(path, lambda found: {**found, "three": 3})
    expected = {"one": [0.33333, {"two": 2, "name": "a"}], "three": 3}
    assert json.loads(path.read_text()) == expected
    assert [file.name for file in path.parent.iterdir()] == ["results.json"]


def test_a_change_that_fails_changes_nothing(tmp_path):
    path = tmp_path / "results.json"
    update(path, lambda found: {"one": 1})
    with pytest.raises(KeyError):
        update(path, lambda found: found["none"])
    assert json.loads(path.read_text()) == {"one": 1}
