"""What an answer does on each case: the value that it returns, the exception that it raises, and
whether it changed its arguments.
"""

import copy
import linecache
import sysconfig
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from locviz.course.compare import agrees
from locviz.course.display import Code, Paragraph

_PACKAGE = str(Path(__file__).parents[1])  # the folder locviz/


@dataclass(frozen=True)
class Raised:
    """An exception in the answer, and the answer's own line that it came from."""

    kind: str
    message: str
    where: str

    def explain(self) -> tuple[Paragraph | Code, ...]:
        """What happened, the learner's line, and what such an exception usually means."""
        blocks: list[Paragraph | Code] = [
            Paragraph(f"Your code stops with `{self.kind}: {self.message}`")
        ]
        if self.where:
            blocks.append(Code(self.where))
        if advice := self._advice():
            blocks.append(Paragraph(advice))
        return tuple(blocks)

    def _advice(self) -> str | None:
        special = (advice for part, advice in _SPECIAL.items() if part in self.message)
        return next(special, _ADVICE.get(self.kind))


@dataclass(frozen=True)
class Outcome:
    """One case's result: a value or an exception."""

    value: Any = None
    raised: Raised | None = None
    mutated: bool = False

    def same(self, other: "Outcome", tolerance: float | int) -> bool:
        """Whether two answers did the same: equal values, or the same kind of exception."""
        if self.raised or other.raised:
            return bool(self.raised and other.raised and self.raised.kind == other.raised.kind)
        return agrees(self.value, other.value, tolerance)


_ADVICE = {
    ("NameError"): (
        "That name is not defined here: look for a typing error, or run the cell that defines it."
    ),
    ("TypeError"): (
        "A function was called with something it cannot take: compare the arguments with its "
        "signature."
    ),
    "IndexError": "An index goes past the end: print the `.shape` of what you index.",
    "KeyError": "That key does not exist: print the keys.",
    "AttributeError": "That object has no such name: print its `type(...)`.",
    "ZeroDivisionError": "Something is divided by zero: which case makes the denominator vanish?",
    ("RuntimeError"): (
        "Often two tensors whose shapes do not fit: print both `.shape`s before this line."
    ),
    "ValueError": "Often a wrong number of values to unpack: print the `.shape` before this line.",
    "RecursionError": "The function calls itself without end.",
}


# Parts of messages that say something narrower than their kind does.
_SPECIAL = {
    "selected index k out of range": (
        "`topk` cannot give more than there are: ask for `min(k, len(...))`."
    ),
    "step must be greater than zero": (
        "A tensor cannot be reversed with `[::-1]`, as a list can: use `.flip(0)`."
    ),
    "Boolean value of Tensor with more than one value is ambiguous": (
        "`if`, `and`, `min` and `max` want one True or False, not a tensor of them: use "
        "`torch.where`, `&`, `torch.minimum` and `torch.maximum`."
    ),
    "math domain error": (
        "`math` has no value there, such as the logarithm of 0 or the root of a negative number: "
        "print what you give it."
    ),
    "math range error": (
        "The result is too large for a number: `math.exp(710)` is. Print what you give it."
    ),
    "have the same dtype": (
        "One tensor holds whole numbers and the other fractions: turn the whole ones with "
        "`.to(other.dtype)`."
    ),
    "must be Tensor, not float": (
        "This is a plain number: use `math.log` and the like, or make a tensor of it first."
    ),
}


def run(probe: Callable[..., Any], answer: Any, args: tuple) -> Outcome:
    """Probe ``answer`` on a copy of ``args``. An exception becomes an outcome; only an interrupt by
    the user is raised.
    """
    given = copy.deepcopy(args)
    random_state = torch.random.get_rng_state()
    try:
        value = probe(answer, *given)
    except Exception as error:
        return Outcome(raised=_describe(error))
    finally:
        torch.random.set_rng_state(random_state)
    mutated = not all(
        agrees(after, before, 0.0)
        for after, before in zip(given, args, strict=True)
        if not callable(before)
    )
    return Outcome(value=value, mutated=mutated)


def _describe(error: Exception) -> Raised:
    """Describe an exception by the last line that the learner wrote, which is neither in an
    installed library nor in this package.
    """
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not _is_library(f.filename)]
    line = ""
    if frames and frames[-1].lineno:
        line = (
            frames[-1].line or linecache.getline(frames[-1].filename, frames[-1].lineno)
        ).strip()
    message = str(error).splitlines()[0] if str(error) else "no message"
    return Raised(kind=type(error).__name__, message=message[:200], where=line[:120])


def _is_library(filename: str) -> bool:
    # The learner's cell lives in a temporary file; what stands in the package or below the
    # interpreter is not theirs.
    places = (_PACKAGE, *sysconfig.get_paths().values())
    return "site-packages" in filename or any(filename.startswith(place) for place in places)
