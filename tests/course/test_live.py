import inspect
from pathlib import Path

import pytest

pytest.importorskip("anywidget")

from locviz.course.display import Card
from locviz.course.live import LiveCard


def test_what_travels_is_what_the_script_reads():
    text = Path(inspect.getfile(LiveCard)).with_suffix(".js").read_text(encoding="utf-8")
    for name in ("card", "says", "question", "choices", "chosen"):
        assert f'"{name}"' in text or f'"change:{name}"' in text
        assert LiveCard.class_traits(sync=True)[name]


def test_a_new_card_says_something_only_where_something_is_to_be_said():
    live = LiveCard(card=Card("One", "task").html(), says="before")
    live.show(Card("Two", "task"))
    assert "Two" in live.card
    assert live.says == "before"
    live.show(Card("Three", "task"), says="now")
    assert live.says == "now"
