"""Show and reset what a learner has done: ``progress.show()`` and ``progress.reset()``."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

from locviz.course import progress_file
from locviz.course.challenge import Challenge
from locviz.course.discovery import all_lessons, items, number_of
from locviz.course.display import Bullets, Card, Paragraph
from locviz.course.exercise import Exercise
from locviz.course.quiz import Quiz

_KINDS = {"quizzes": Quiz, "challenges": Challenge, "exercises": Exercise}


def show(*lessons: ModuleType) -> Card:
    """Which quizzes are guessed, challenges proved and exercises solved, chapter by chapter.

    Args:
        lessons: such as ``ch01``; all chapters if none is given. One chapter alone also names what
            is still open in it.
    """
    entries = progress_file.load()
    chosen = lessons or tuple(all_lessons())
    lines = [_counts(lesson, entries) for lesson in chosen]
    if len(chosen) == 1:  # there is room for the titles
        lines += [f"still open: {title}" for title in _open_titles(chosen[0], entries)]
    where = (
        f"Kept in `{_homely(progress_file.path())}`. Start a chapter afresh with "
        f"`course.progress.reset('{number_of(chosen[0])}')`."
    )
    notes = map(Paragraph, (*progress_file.notices(), where))
    return Card("Your progress", "note", (Bullets(tuple(lines)), *notes))


def reset(chapter: str | int | None = None, *, everything: bool = False) -> Card:
    """Forget one chapter (``reset(1)`` or ``reset("01")``), or all with ``everything=True``.

    What the file held is kept beside it. Without a chapter nothing is forgotten: the card asks
    which.
    """
    if chapter is None and not everything:
        asks = (
            "Which chapter? `course.progress.reset('01')` forgets one, "
            "`course.progress.reset(everything=True)` forgets all."
        )
        return Card("Nothing was forgotten", "open", (Paragraph(asks),))
    kept = progress_file.forget(chapter)
    what = "All progress" if chapter is None else f"Progress of chapter {int(chapter):02d}"
    beside = () if kept is None else (Paragraph(f"What was there is kept as `{kept.name}`."),)
    return Card(f"{what} forgotten", "note", beside)


def is_done(entry: Mapping[str, Any]) -> bool:
    """Whether an exercise is solved, a challenge proved or a quiz guessed.

    A guess counts whether it was right or not, because guessing is what a quiz is for.
    """
    return bool(entry.get("solved") or entry.get("proved") or entry.get("guess") is not None)


def _counts(lesson: ModuleType, entries: Mapping[str, Mapping[str, Any]]) -> str:
    """Such as ``Chapter 01: quizzes 2 of 3, challenges 1 of 4, exercises 0 of 6``."""
    done = {
        plural: [
            is_done(entries.get(item.name, {})) for item in items(lesson) if type(item) is kind
        ]
        for plural, kind in _KINDS.items()
    }
    counts = [f"{plural} {sum(each)} of {len(each)}" for plural, each in done.items() if each]
    return f"Chapter {number_of(lesson)}: {', '.join(counts)}"


def _open_titles(lesson: ModuleType, entries: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [item.title for item in items(lesson) if not is_done(entries.get(item.name, {}))]


def _homely(where: Path) -> str:
    """The path as a person writes it: ``~`` for the home folder."""
    with suppress(ValueError, RuntimeError):
        return str(Path("~") / where.relative_to(Path.home()))
    return str(where)
