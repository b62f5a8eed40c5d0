import pytest
import torch

from locviz.train import device


def test_the_variable_overrides(monkeypatch):
    monkeypatch.setenv("LOCVIZ_DEVICE", "cpu")
    assert device() == torch.device("cpu")


def test_without_it_the_fastest_is_chosen(monkeypatch):
    monkeypatch.delenv("LOCVIZ_DEVICE")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device() == torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert device() == torch.device("mps")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert device() == torch.device("cpu")


@pytest.mark.parametrize("wish", ["gpu", "cuda:99", "meta", "cpu:1", "<b>"])
def test_a_device_that_is_not_there_is_an_error(monkeypatch, wish):
    monkeypatch.setenv("LOCVIZ_DEVICE", wish)
    with pytest.raises(ValueError, match=r"LOCVIZ_DEVICE=.*use one of cpu"):
        device()
