"""The declarations of messages written out as TypeScript."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
import widget_messages as tool


def test_typescript_says_what_python_declares():
    stale = [path.name for path, text in tool.rendered().items() if path.read_text() != text]
    assert not stale, "npm run build, then commit src/*/messages.ts"


PYTHON = '''"""What a toy and its view send each other.

More for the reader.
"""

from typing import Annotated, Literal, NotRequired, TypedDict

from locviz.widgets.core import wire
from locviz.widgets.core.wire import Float32, Limits

Colour = Literal["red", "blue"]


class Knobs(TypedDict):
    """The ``size``.

    In metres.
    """

    size: Annotated[int, Limits(1, 7)]
    many: Annotated[list[float], Limits(0.25, 64, most=6)]
    rate: Annotated[float | None, Limits(0, above_low=True)]
    colour: Colour | None


class Photo(wire.Photo):
    """A photo."""

    rows: NotRequired[list[tuple[int, str]]]
    depth: Float32


class Empty(Knobs, total=False):
    """Perhaps."""

    boxes: dict[str, list[list[bool]]]
'''

TYPESCRIPT = """\
/**
 * What a toy and its view send each other.
 *
 * Generated from locviz/widgets/toy/wire.py: change it there, then `npm run build`.
 */
import type { Float32 } from "../shared/buffers.ts";
import type { Photo as SharedPhoto } from "../shared/messages.ts";

export type Colour = "red" | "blue";

/**
 * The `size`.
 *
 * In metres.
 */
export interface Knobs {
  size: number;
  many: readonly number[];
  rate: number | null;
  colour: Colour | null;
}

/** A photo. */
export interface Photo extends SharedPhoto {
  rows?: readonly (readonly [number, string])[];
  depth: Float32;
}

/** Perhaps. */
export interface Empty extends Knobs {
  boxes?: Record<string, readonly (readonly boolean[])[]>;
}

/** Every knob by name. */
export const KNOBS = ["size", "many", "rate", "colour"] as const;

/** What a knob may be. */
export const LIMITS = {
  size: { low: 1, high: 7 },
  many: { low: 0.25, high: 64, most: 6 },
  rate: { low: 0, high: Infinity, aboveLow: true },
} as const;
"""


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """Declarations of a widget that there is not."""

    def declare(text):
        (tmp_path / "toy").mkdir()
        (tmp_path / "toy" / "wire.py").write_text(text)
        monkeypatch.setattr(tool, "WIDGETS", tmp_path)
        monkeypatch.delitem(sys.modules, "locviz.widgets.toy.wire", raising=False)
        return tool.Renderer(tool.load("toy"))

    yield declare
    sys.modules.pop("locviz.widgets.toy.wire", None)


def test_declarations_become_interfaces(toy):
    assert toy(PYTHON).text("toy") == TYPESCRIPT


@pytest.mark.parametrize("kind", ["set[int]", "complex", "dict[int, int]"])
def test_what_json_cannot_hold_is_refused(toy, kind):
    text = f"from typing import TypedDict\n\n\nclass Odd(TypedDict):\n    field: {kind}\n"
    with pytest.raises(TypeError, match="a message cannot hold"):
        toy(text).text("toy")
