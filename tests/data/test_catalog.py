import re

import pytest

from locviz.data.catalog import catalog, shipped_folder
from locviz.data.fetch import format_size


def test_the_shipped_catalogue():
    entries = catalog()
    assert list(entries) == ["bccd", "penn-fudan", "voc2007", "coco-val2017", "qvhighlights"]
    for entry in entries.values():
        assert entry.licence
        assert entry.homepage.startswith("http")
        assert entry.downloads
        for one in entry.downloads:
            assert one.url.startswith(("https://", "http://"))
            assert one.sha256 is None or re.fullmatch("[0-9a-f]{64}", one.sha256)
    assert entries["coco-val2017"].size == 815585330 + 252907541
    assert entries["bccd"].size is None


def test_the_catalogue_is_found_without_the_checkout(tmp_path, monkeypatch):
    """As in an installed wheel, where a copy lies inside the package."""
    from locviz.data import catalog as module

    (tmp_path / "locviz" / "datasets").mkdir(parents=True)
    monkeypatch.setattr(module, "files", lambda _: tmp_path / "locviz")
    with pytest.raises(FileNotFoundError, match=r"catalog\.toml is in none of"):
        shipped_folder()
    (tmp_path / "datasets").mkdir()
    with pytest.raises(FileNotFoundError, match=r"catalog\.toml is in none of"):
        shipped_folder()  # somebody else's folder of that name
    (tmp_path / "locviz" / "datasets" / "catalog.toml").touch()
    assert shipped_folder() == tmp_path / "locviz" / "datasets"


@pytest.mark.parametrize(
    ("text", "message"),
    [("[a", "is not valid TOML"), ("[a]\ntitle = 'x'", r"\[a\] lacks licence, homepage")],
)
def test_a_broken_catalogue(tmp_path, text, message):
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(ValueError, match=message):
        catalog(tmp_path / "c.toml")


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (None, "size unknown"),
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1000, "1.0 kB"),
        (815585330, "815.6 MB"),
        (5e12, "5000.0 GB"),
    ],
)
def test_sizes_in_words(size, text):
    assert format_size(None if size is None else int(size)) == text
