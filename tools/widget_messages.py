"""Write what the widgets declare in ``locviz/widgets/<name>/wire.py`` out as TypeScript, or check
that the committed files say the same.

    python tools/widget_messages.py           write src/<name>/messages.ts
    python tools/widget_messages.py --check   exit status 1, and the names, where one differs

Needs nothing but Python 3.11: the declarations are loaded without the package round them, which
would import torch. So node's build can check them wherever there is a Python.
"""

import ast
import importlib
import importlib.util
import math
import re
import sys
import textwrap
from functools import reduce
from pathlib import Path
from types import ModuleType, NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

WIDGETS = Path(__file__).resolve().parents[1] / "locviz" / "widgets"
SHARED = "core"  # its messages belong to all views
HEADER = """\
/**
 * {title}
 *
 * Generated from locviz/widgets/{name}/wire.py: change it there, then `npm run build`.
 */
"""
SIMPLE = {str: "string", bool: "boolean", int: "number", float: "number", NoneType: "null"}
BUFFERS = {"float32": "Float32", "int16": "Int16", "uint8": "UInt8", "png": "Png"}


def names() -> list[str]:
    """Who declares messages: ``core`` first, then every widget."""
    found = sorted(path.parent.name for path in WIDGETS.glob("*/wire.py"))
    return [SHARED, *(name for name in found if name != SHARED)]


def load(name: str) -> ModuleType:
    """Load the declarations of one widget from their file."""
    full = f"locviz.widgets.{name}.wire"
    importlib.import_module(f"locviz.widgets.{SHARED}")  # the package loads them itself
    if full in sys.modules:
        return sys.modules[full]
    spec = importlib.util.spec_from_file_location(full, WIDGETS / name / "wire.py")
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[full] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def target(name: str) -> Path:
    """The TypeScript file that belongs to a widget's declarations."""
    return WIDGETS / "src" / ("shared" if name == SHARED else name) / "messages.ts"


def parts(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type without what annotates it, and what annotates it."""
    if get_origin(hint) is NotRequired:
        return parts(get_args(hint)[0])
    if get_origin(hint) is Annotated:
        return hint.__origin__, hint.__metadata__
    return hint, ()


def fields(declared: type) -> dict[str, Any]:
    """The fields of a TypedDict, inherited ones too, with their annotated types."""
    return get_type_hints(declared, include_extras=True)


class Renderer:
    """Writes the declarations of one module; ``used`` are the shared names that it refers to."""

    def __init__(self, module: ModuleType):
        self.module = module
        mine = [(key, value) for key, value in vars(module).items() if not key.startswith("_")]
        self.choices = {key: value for key, value in mine if get_origin(value) is Literal}
        self.records = {
            key: value
            for key, value in mine
            if is_typeddict(value) and value.__module__ == module.__name__
        }
        # TypedDicts forget their bases (before Python 3.12): the source has them.
        tree = ast.parse(Path(module.__file__ or "").read_text(encoding="utf-8"))
        self.classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        self.used: set[str] = set()

    def text(self, name: str) -> str:
        """The whole file."""
        choices = [self._choice(key, value) for key, value in self.choices.items()]
        records = [self._interface(key, value) for key, value in self.records.items()]
        body = "\n".join([*choices, *records, *self.knobs()])
        head = HEADER.format(name=name, title=(self.module.__doc__ or "").split("\n")[0])
        return "\n".join([head + self._imports(name), body])

    def _imports(self, name: str) -> str:
        buffers = sorted(self.used & set(BUFFERS.values()))
        shared = sorted(self.used - set(BUFFERS.values()))
        where = "./" if name == SHARED else "../shared/"
        lines = [(buffers, "buffers"), (shared, "messages")]
        return "".join(
            wrapped("import type { ", ", ".join(used), f' }} from "{where}{file}.ts";\n')
            for used, file in lines
            if used
        )

    def _choice(self, key: str, value: Any) -> str:
        words = " | ".join(f'"{word}"' for word in get_args(value))
        return wrapped(f"export type {key} = ", words, ";\n")

    def _interface(self, key: str, declared: type) -> str:
        node, hints = self.classes[key], fields(declared)
        own = [row.target.id for row in node.body if isinstance(row, ast.AnnAssign)]  # type: ignore[union-attr]
        bases = [text for base in node.bases if (text := ast.unparse(base)) != "TypedDict"]
        extends = [self.record(reduce(getattr, text.split("."), self.module)) for text in bases]
        head = f"export interface {key}{' extends ' if extends else ''}{', '.join(extends)} {{"
        rows = [
            f"  {name}{'' if name in declared.__required_keys__ else '?'}: "
            f"{self.written(hints[name])};"
            for name in own
        ]
        lines = [head, *rows, "}\n"] if rows else [head + "}\n"]
        return "\n".join([comment(declared), *lines])

    def knobs(self) -> list[str]:
        """Names and limits of the knobs as values, for the views to read."""
        if "Knobs" not in self.records:
            return []
        knobs = fields(self.records["Knobs"])
        names_ = ", ".join(f'"{name}"' for name in knobs)
        limited = [(name, found) for name in knobs if (found := limits(knobs[name]))]
        rows = [f"  {name}: {{ {found} }},\n" for name, found in limited]
        lists = "/** Every knob by name. */\n" + wrapped(
            "export const KNOBS = [", names_, "] as const;\n"
        )
        bounds = (
            f"/** What a knob may be. */\nexport const LIMITS = {{\n{''.join(rows)}}} as const;\n"
        )
        return [lists, bounds] if rows else [lists]

    def written(self, hint: Any) -> str:
        """A type as TypeScript writes it.

        Raises:
            TypeError: messages cannot hold it.
        """
        bare, notes = parts(hint)
        if bare is bytes:
            return self._refer(BUFFERS[notes[0]])
        if bare in SIMPLE:
            return SIMPLE[bare]
        if is_typeddict(bare):
            return self.record(bare)
        return self._composed(get_origin(bare), get_args(bare), bare)

    def _composed(self, origin: Any, inner: tuple[Any, ...], bare: Any) -> str:
        if origin is Literal:
            known = [key for key, value in self.choices.items() if value == bare]
            return known[0] if known else " | ".join(f'"{word}"' for word in inner)
        if origin in (Union, UnionType):
            return " | ".join(map(self.written, inner))
        if origin is list:
            item = self.written(inner[0])
            return f"readonly {f'({item})' if ' ' in item else item}[]"
        if origin is tuple:
            return f"readonly [{', '.join(map(self.written, inner))}]"
        if origin is dict and inner[0] is str:
            return f"Record<string, {self.written(inner[1])}>"
        raise TypeError(f"{self.module.__name__}: a message cannot hold {bare!r}")

    def record(self, declared: Any) -> str:
        """The name of an interface; a shared one of the same name as an own one gets another."""
        name = declared.__name__
        if self.records.get(name) is declared:
            return name
        return self._refer(f"{name} as Shared{name}" if name in self.records else name)

    def _refer(self, name: str) -> str:
        self.used.add(name)
        return name.split(" as ")[-1]


def wrapped(head: str, middle: str, tail: str) -> str:
    """One line where it fits into 100 columns, otherwise the middle on lines of its own."""
    if len(head + middle + tail) <= 100:
        return head + middle + tail
    lines = textwrap.fill(middle, 100, initial_indent="  ", subsequent_indent="  ")
    return f"{head.rstrip()}\n{lines}\n{tail.lstrip()}"


def limits(hint: Any) -> str:
    """The limits that annotate a knob, as the fields of an object; empty where there are none."""
    found = [note for note in parts(hint)[1] if hasattr(note, "low")]
    if not found:
        return ""
    one = found[0]
    high = "Infinity" if math.isinf(one.high) else f"{one.high:g}"
    most = "" if one.most == 1 else f", most: {one.most}"
    above = ", aboveLow: true" if one.above_low else ""
    return f"low: {one.low:g}, high: {high}{most}{above}"


def comment(declared: type) -> str:
    """The docstring as a comment."""
    lines = textwrap.dedent((declared.__doc__ or "").replace("\n    ", "\n")).strip().split("\n")
    plain = [re.sub("``", "`", line) for line in lines]
    if len(plain) == 1:
        return f"/** {plain[0]} */"
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in plain), " */"])


def rendered() -> dict[Path, str]:
    """Every TypeScript file that the declarations give."""
    return {target(name): Renderer(load(name)).text(name) for name in names()}


def without_the_package() -> None:
    """Let ``locviz.widgets.core`` be found while nothing of ``locviz`` runs."""
    for name in ("locviz", "locviz.widgets", f"locviz.widgets.{SHARED}"):
        package = sys.modules[name] = ModuleType(name)
        package.__path__ = []


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        raise SystemExit(f"widget_messages.py takes --check or nothing, got {arguments}")
    without_the_package()
    stale = 0
    for path, text in rendered().items():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        shown = path.relative_to(WIDGETS.parents[1])
        if arguments:
            stale = 1
            print(f"{shown} is not what Python declares: npm run build, then commit it")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{shown}: written")
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
