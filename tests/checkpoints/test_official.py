import hashlib
from dataclasses import replace

import pytest
import torch
from torch import nn

from locviz.checkpoints import load_official, official
from locviz.models import PUBLISHED


@pytest.fixture
def published(tmp_path, monkeypatch):
    """A tiny 'official' file on a file:// address, named after its sha256 as torchvision does."""
    state = {"theirs.weight": torch.arange(6.0).reshape(2, 3), "theirs.bias": torch.ones(2)}
    torch.save(state, tmp_path / "raw")
    content = (tmp_path / "raw").read_bytes()

    def publish(digits: str | None = None, table=(("theirs", "0"),)) -> str:
        name = f"toy-{digits or hashlib.sha256(content).hexdigest()[:8]}.pth"
        (tmp_path / name).write_bytes(content)
        entry = replace(
            next(iter(PUBLISHED.values())),
            url=(tmp_path / name).as_uri(),
            build=lambda: nn.Sequential(nn.Linear(3, 2)),
            table=table,
        )
        monkeypatch.setattr(official, "PUBLISHED", {"toy": entry})
        return str(tmp_path / "cache")

    return publish


def test_loads_and_converts(published):
    model = load_official("toy", folder=published())
    assert model[0].weight.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert not model.training


def test_a_state_dict_inside_a_training_checkpoint(published, monkeypatch):
    """Megvii's files hold an epoch and an optimiser beside the weights."""
    folder = published()
    state = {
        "model": {"theirs.weight": torch.zeros(2, 3), "theirs.bias": torch.ones(2)},
        "start_epoch": 300,
    }
    monkeypatch.setattr(torch.hub, "load_state_dict_from_url", lambda url, **options: state)
    entry = replace(official.PUBLISHED["toy"], unpack=PUBLISHED["yolox_s-coco"].unpack)
    monkeypatch.setattr(official, "PUBLISHED", {"toy": entry})
    assert load_official("toy", folder=folder)[0].bias.tolist() == [1, 1]


def test_a_wrong_sum_is_refused(published):
    with pytest.raises(RuntimeError, match="hash"):
        load_official("toy", folder=published("00000000"))


def test_foreign_names_are_refused(published):
    with pytest.raises(ValueError, match="foreign"):
        load_official("toy", folder=published(table=(("others", "0"),)))


def test_unknown_names_list_what_there_is():
    with pytest.raises(ValueError, match="fcos_r50_torchvision-coco"):
        load_official("resnet")


def test_urls_carry_the_digits_that_are_checked_or_the_entry_says_why_not():
    for entry in PUBLISHED.values():
        assert bool(torch.hub.HASH_REGEX.search(entry.url)) != bool(entry.unchecked)
        assert entry.url.startswith("https://")
        assert entry.licence
