import os
from pathlib import Path

import pytest
import torch
from torch import nn

from locviz.train import Checkpoint, load_weights


def made(detector, **changes):
    content = {"step": 3, "model": detector.state_dict(), "optimizer": {}, "recipe": {"lr": 0.1}}
    return Checkpoint(**{**content, **changes})


def test_round_trip(tmp_path):
    detector = nn.Linear(2, 3)
    made(detector).save(tmp_path / "new folder" / "run.pt")
    loaded = Checkpoint.load(tmp_path / "new folder" / "run.pt")
    assert loaded.step == 3
    assert loaded.recipe == {"lr": 0.1}
    assert torch.equal(loaded.model["weight"], detector.weight)


def test_a_crash_while_saving_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "run.pt"
    made(nn.Linear(2, 3)).save(path)
    before = path.read_bytes()

    def crash(content, file):
        file.write(b"half a file")
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", crash)
    with pytest.raises(OSError, match="disk full"):
        made(nn.Linear(2, 3), step=4).save(path)
    assert path.read_bytes() == before


def test_the_bytes_are_on_disk_before_the_move(tmp_path, monkeypatch):
    calls = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda number: (calls.append("fsync"), fsync(number)))
    monkeypatch.setattr(
        os, "replace", lambda old, new: (calls.append("replace"), replace(old, new))
    )
    made(nn.Linear(2, 3)).save(tmp_path / "run.pt")
    assert calls == ["fsync", "replace"]
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]


def test_foreign_keys_are_named(tmp_path):
    torch.save({"state_dict": {}, "epoch": 1}, tmp_path / "other.pt")
    with pytest.raises(
        ValueError,
        match=r"lacks ema, model, optimizer, recipe, step .*foreign keys epoch, state_dict",
    ):
        Checkpoint.load(tmp_path / "other.pt")


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 truncated"])
def test_a_damaged_file_is_said_to_be_one(tmp_path, content):
    (tmp_path / "bad.pt").write_bytes(content)
    with pytest.raises(ValueError, match="not a readable checkpoint"):
        Checkpoint.load(tmp_path / "bad.pt")


def test_a_truncated_checkpoint_is_said_to_be_damaged(tmp_path):
    made(nn.Linear(200, 30)).save(tmp_path / "run.pt")
    whole = (tmp_path / "run.pt").read_bytes()
    (tmp_path / "run.pt").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="not a readable checkpoint"):
        Checkpoint.load(tmp_path / "run.pt")


class Malicious:
    def __reduce__(self):
        return (Path.touch, (Path("pwned"),))


def test_no_code_is_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"model": Malicious()}, tmp_path / "bad.pt")
    with pytest.raises(ValueError, match="more than plain weights"):
        Checkpoint.load(tmp_path / "bad.pt")
    assert not Path("pwned").exists()


def test_weights_of_another_detector_are_named_and_nothing_changes(tmp_path):
    made(nn.Sequential(nn.Linear(2, 3))).save(tmp_path / "run.pt")
    detector = nn.Linear(2, 3)
    before = detector.weight.detach().clone()
    with pytest.raises(ValueError, match=r"missing bias, weight; foreign 0\.bias, 0\.weight"):
        load_weights(detector, tmp_path / "run.pt")
    assert torch.equal(detector.weight, before)


def test_long_lists_of_keys_are_cut(tmp_path):
    made(nn.Sequential(*[nn.Linear(1, 1) for _ in range(9)])).save(tmp_path / "run.pt")
    with pytest.raises(ValueError, match="and 12 more"):
        load_weights(nn.Linear(1, 1), tmp_path / "run.pt")


@pytest.mark.parametrize(
    "content", [b"junk", b"", b"\x80\x04.", b"PK\x03\x04", bytes(range(256)), b"\x80\x02X\xff\xff"]
)
def test_bytes_that_are_none(tmp_path, content):
    (tmp_path / "run.pt").write_bytes(content)
    with pytest.raises(ValueError, match="is not a readable checkpoint"):
        Checkpoint.load(tmp_path / "run.pt")


@pytest.mark.parametrize(
    "change", [{"step": "7"}, {"model": 3}, {"optimizer": None}, {"recipe": [1]}]
)
def test_the_right_keys_with_the_wrong_values(tmp_path, change):
    torch.save(
        {"step": 1, "model": {}, "optimizer": {}, "recipe": {}, "ema": None} | change,
        tmp_path / "run.pt",
    )
    with pytest.raises(ValueError, match="step must be a number, the rest dictionaries"):
        Checkpoint.load(tmp_path / "run.pt")


def test_weights_that_are_no_tensors(tmp_path):
    detector = torch.nn.Linear(1, 1)
    torch.save(
        {
            "step": 1,
            "model": {"weight": 1.0, "bias": 2.0},
            "optimizer": {},
            "recipe": {},
            "ema": None,
        },
        tmp_path / "run.pt",
    )
    with pytest.raises(ValueError, match=r"of another shape bias float instead of \(1,\)"):
        load_weights(detector, tmp_path / "run.pt")


def test_the_average_is_what_load_weights_takes(tmp_path):
    detector, average = nn.Linear(1, 1), nn.Linear(1, 1)
    ema = {"num_updates": 3, "detector": average.state_dict()}
    Checkpoint(step=1, model=detector.state_dict(), optimizer={}, recipe={}, ema=ema).save(
        tmp_path / "run.pt"
    )
    loaded = nn.Linear(1, 1)
    load_weights(loaded, tmp_path / "run.pt")
    assert torch.equal(loaded.weight, average.weight)
    assert not torch.equal(loaded.weight, detector.weight)
