import os

import pytest

from locviz.data import fetch as module
from locviz.data.catalog import Download, Entry
from locviz.data.fetch import RECEIPT, fetch, read_receipt

ENTRY = Entry(
    "mine",
    "Mine",
    "MIT",
    "http://h",
    "",
    (Download("http://h/a.jsonl"), Download("http://h/b.jsonl", sha256="x")),
)


@pytest.fixture
def arriving(monkeypatch):
    """Stands in for the network: writes the file's own name, and counts."""
    calls = []

    def download(url, target, **_):
        calls.append(url)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(target.name)
        return f"sum of {target.name}"

    monkeypatch.setattr(module, "download", download)
    return calls


def test_files_arrive_with_a_receipt(arriving, tmp_path):
    said = []
    folder = fetch(ENTRY, tmp_path, say=said.append)
    assert sorted(os.listdir(folder)) == [RECEIPT, "a.jsonl", "b.jsonl"]
    assert [(file["sha256"], file["verified"]) for file in read_receipt(folder)] == [
        ("sum of a.jsonl", False),
        ("sum of b.jsonl", True),
    ]
    assert sum("unverified" in line for line in said) == 1
    fetch(ENTRY, tmp_path, say=said.append)
    assert len(arriving) == 2, "what is there is not fetched again"


def test_nothing_is_left_in_place_when_a_later_file_fails(tmp_path, monkeypatch, arriving):
    working = module.download

    def failing(url, target, **keywords):
        if url.endswith("b.jsonl"):
            raise ValueError("the connection broke off")
        return working(url, target, **keywords)

    monkeypatch.setattr(module, "download", failing)
    with pytest.raises(ValueError, match="broke off"):
        fetch(ENTRY, tmp_path, say=lambda _: None)
    assert not (tmp_path / "mine").exists()
    assert (tmp_path / "downloads" / "mine" / "a.jsonl").exists(), "kept for the next attempt"


def test_no_receipt(tmp_path):
    assert read_receipt(tmp_path) == []


@pytest.mark.parametrize("text", ["{", "[1]", '[{"url": "x"}]', "7"])
def test_a_receipt_that_somebody_changed(tmp_path, text):
    (tmp_path / RECEIPT).write_text(text)
    with pytest.raises(ValueError, match=r"is not what fetch wrote .*: remove it"):
        read_receipt(tmp_path)
