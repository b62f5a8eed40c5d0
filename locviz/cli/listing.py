"""What ``locviz train`` and ``locviz eval`` can be asked for, as their help lists it."""

import argparse
import textwrap
from collections.abc import Iterable

from locviz.checkpoints import shipped
from locviz.models import SYSTEMS, System


def list_below(parser: argparse.ArgumentParser, title: str, names: Iterable[str]) -> None:
    """Put a list of lines below the options in a command's help."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = "\n".join([f"{title}:", *names])


def preset_lines() -> list[str]:
    """A line for each system: its presets, the smallest first."""
    return [_line(system, [preset.__name__ for preset in system.presets]) for system in SYSTEMS]


def weight_lines() -> list[str]:
    """A line for each system of which trained weights ship: their names."""
    cards = shipped()
    found = [
        (system, [name for name, card in cards.items() if card.preset in _names(system)])
        for system in SYSTEMS
    ]
    return [_line(system, names) for system, names in found if names]


def _names(system: System) -> set[str]:
    return {preset.__name__ for preset in system.presets}


def _line(system: System, names: list[str]) -> str:
    # As wide as the longest title, and a gap.
    head = f"  {system.title:{2 + max(len(each.title) for each in SYSTEMS)}}"
    return textwrap.fill(
        ", ".join(names), 100, initial_indent=head, subsequent_indent=" " * len(head),
        break_on_hyphens=False,
    )  # fmt: skip
