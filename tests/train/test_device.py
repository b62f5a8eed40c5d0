import pytest
import torch
from torch import nn

from locviz.train import device
from locviz.train.device import home_of


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


def test_a_module_is_where_its_parameters_or_buffers_are_else_on_the_cpu():
    frozen = nn.BatchNorm1d(2, affine=False, device="meta")
    assert not list(frozen.parameters())
    assert home_of(nn.Linear(1, 1, device="meta")).type == "meta"
    assert home_of(frozen).type == "meta"
    assert home_of(nn.Identity()) == torch.device("cpu")
