"""A chapter that a browser test drives: its cells, its challenges' cards, and the progress kept."""

from pathlib import Path

from lab_page import LabPage, code_cell
from playwright.sync_api import Locator

CHAPTERS = Path(__file__).resolve().parents[1] / "chapters"
_PROGRESS = "__import__('locviz.course.progress_file', fromlist=['_'])"


def run(page: LabPage, chapter: Path, *patterns: str) -> None:
    """Run the code cells in which each pattern is found, in this order."""
    for pattern in patterns:
        page.run_cell(code_cell(chapter, pattern))


def card(page: LabPage, title: str) -> Locator:
    """The card of a challenge or a quiz, by its title."""
    return page.page.locator(".locviz-card[role=group]", has_text=title)


def progress_of(name: str) -> str:
    """The Python expression, for the kernel, of what is kept of ``"03.careful"``."""
    return f"{_PROGRESS}.get({name!r})"


def progress(page: LabPage, name: str) -> dict:
    """What is kept of a challenge or a quiz: empty where nothing was done yet."""
    return page.python(progress_of(name))


def assert_proved(page: LabPage, title: str, name: str) -> None:
    """The card ticks by itself, and the progress is kept."""
    card(page, title).filter(has_text="Challenge, proved").wait_for(timeout=10_000)
    assert progress(page, name) == {"proved": True}
