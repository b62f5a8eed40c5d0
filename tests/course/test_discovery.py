"""Lessons are found by name, their items by type, in a package that is made here."""

import sys

from locviz.course import discovery

QUIZ = """
from locviz.course import Quiz
{short} = Quiz(name="{number}.{short}", title="{short}", question="", choices=("x", "y"), right="a", because="")
"""


def make_package(folder, name):
    """Chapters 02 and 01, and two modules that are no chapters."""
    for number, quizzes in (("02", ("zebra", "ape")), ("01", ("owl",))):
        chapter = folder / name / f"ch{number}"
        chapter.mkdir(parents=True)
        text = "".join(QUIZ.format(number=number, short=short) for short in quizzes)
        (chapter / "quizzes.py").write_text(text)
        shorts = ", ".join(sorted(quizzes))
        (chapter / "__init__.py").write_text(f"from {name}.ch{number}.quizzes import {shorts}\n")
    for other in ("__init__", "chart", "boxlab_state"):
        (folder / name / f"{other}.py").write_text("")


def test_chapters_are_found_in_order_and_their_items_in_the_chapters_order(tmp_path, monkeypatch):
    make_package(tmp_path, "made_up_lessons")
    monkeypatch.syspath_prepend(tmp_path)
    try:
        first, second = discovery.all_lessons("made_up_lessons")
        assert [discovery.number_of(lesson) for lesson in (first, second)] == ["01", "02"]
        # As defined in quizzes.py, not as sorted in the import; each once.
        assert [item.title for item in discovery.items(second)] == ["zebra", "ape"]
    finally:
        for module in [module for module in sys.modules if module.startswith("made_up_lessons")]:
            del sys.modules[module]
