"""The help of a command lists what can be asked for, from the list of systems."""

import pytest

from locviz.checkpoints import shipped
from locviz.cli import main
from locviz.models import SYSTEMS


def help_of(capsys, command: str) -> str:
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    assert stop.value.code == 0
    return capsys.readouterr().out


def test_train_lists_every_preset_beside_its_system(capsys):
    shown = help_of(capsys, "train").split("presets, by system:")[1]
    for system in SYSTEMS:
        names = [preset.__name__ for preset in system.presets]
        rest = shown.split(f"  {system.title} ")[1]
        assert rest.replace("\n", " ").split()[: len(names)] == [
            *(f"{name}," for name in names[:-1]),
            names[-1],
        ]


def test_eval_lists_all_weights_that_ship_once(capsys):
    shown = help_of(capsys, "eval").split("weights that ship, by system:")[1]
    words = shown.replace(",", " ").split()
    assert {name: words.count(name) for name in shipped()} == dict.fromkeys(shipped(), 1)
    assert all(len(line) <= 100 for line in shown.splitlines())
