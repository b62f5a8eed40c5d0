"""Which device tensors live on: one function decides it for the package, another looks."""

import itertools
import os

import torch
from torch import nn


def device() -> torch.device:
    """CUDA where there is a GPU for it, otherwise Apple's MPS, otherwise the CPU. The environment
    variable ``LOCVIZ_DEVICE`` overrides the choice.

    Raises:
        ValueError: ``LOCVIZ_DEVICE`` is not a device of this machine.
    """
    wish = os.environ.get("LOCVIZ_DEVICE", "").strip()
    if wish:
        return _checked(wish)
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def home_of(module: nn.Module) -> torch.device:
    """Return the device of a module's parameters or buffers; the CPU where it has neither, as a
    rule that detects without being trained.
    """
    tensors = itertools.chain(module.parameters(), module.buffers())
    return next((tensor.device for tensor in tensors), torch.device("cpu"))


def _checked(wish: str) -> torch.device:
    choices = _choices()
    try:
        chosen = torch.device(wish)
    except RuntimeError:
        chosen = None
    if chosen is None or (
        wish not in choices and f"{chosen.type}:{chosen.index or 0}" not in choices
    ):
        raise ValueError(
            f"LOCVIZ_DEVICE={wish!r} is not a device of this machine: use one of {', '.join(choices)}"
        )
    return chosen


def _choices() -> list[str]:
    cuda = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    mps = ["mps:0"] if torch.backends.mps.is_available() else []
    return ["cpu", "cpu:0", *(["cuda", *cuda] if cuda else []), *(["mps", *mps] if mps else [])]
