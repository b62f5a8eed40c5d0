"""Put a model together from named stages: build only the stages that are needed, and raise for a
name that is no stage.

A preset lists its stages, each as a value or as ``lazy(...)``, and joins them with ``|`` to those
that its caller gave. ``compose`` then builds the lazy ones that are left. So a stage given by
keyword replaces a default that is never built, and no memory is allocated for it.
"""

import inspect
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Any, ParamSpec, TypeVar, cast, final

P = ParamSpec("P")
T = TypeVar("T")


@final
class _Lazy:
    """A stage that is not built yet, and the names of the stages that it is built from."""

    def __init__(self, build: Callable[..., Any], needs: tuple[str, ...] = ()):
        self.build, self.needs = build, needs


def lazy(build: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """``build(*args, **kwargs)``, but only when ``compose`` needs the stage, and only if it does.

    For type checkers the result is the stage itself, so that an editor checks the arguments.
    """
    return cast(T, _Lazy(partial(build, *args, **kwargs)))


def lazy_from(build: Callable[..., T]) -> T:
    """Like ``lazy``, for a stage that is made from other stages: the names of the parameters of
    ``build`` are the names of these stages.

    ``lazy_from(lambda priors: RPNHead(in_channels=48, num_anchors=priors.num_per_cell))`` builds a
    head that fits the priors, also where the caller gave priors of its own.
    """
    return cast(T, _Lazy(build, tuple(inspect.signature(build).parameters)))


def compose(whole: Callable[..., T], stages: Mapping[str, Any]) -> T:
    """Call ``whole`` with all stages; each lazy one is built once.

    Args:
        whole: takes every stage by keyword, such as a skeleton.
        stages: by name, as values or as ``lazy(...)``.

    Raises:
        TypeError: ``whole`` takes no stage of a given name (the message names the nearest that it
            does take), or one that it needs is missing; or a stage is made from one that is not
            there, or from itself.
    """
    known = inspect.signature(whole).parameters
    for name in stages:
        if name not in known:
            raise TypeError(_unknown(name, list(known)))
    missing = [name for name, p in known.items() if p.default is p.empty and name not in stages]
    if missing:
        raise TypeError(f"stages are missing: give {', '.join(f'{name}=...' for name in missing)}")
    built: dict[str, Any] = {}
    for name in stages:
        _build(name, stages, built)
    return whole(**built)


def _build(name: str, stages: Mapping[str, Any], built: dict[str, Any]) -> Any:
    """One stage, and before it the stages that it needs; ``built`` keeps what is ready."""
    if name not in built:
        if name not in stages:
            raise TypeError(f"a stage is made from another: {_unknown(name, list(stages))}")
        stage = stages[name]
        if isinstance(stage, _Lazy):
            # Left out for what it is made from, so that a circle ends in the error above.
            rest = {other: value for other, value in stages.items() if other != name}
            stage = stage.build(**{need: _build(need, rest, built) for need in stage.needs})
        built[name] = stage
    return built[name]


def _unknown(name: str, known: list[str]) -> str:
    nearest = get_close_matches(name, known, n=1, cutoff=0.4)
    # A word in common is a better hint than letters: `assigner` where there is `rpn_assigner`.
    alike = [other for other in known if name in other.split("_") or other in name.split("_")]
    hint = " or ".join(repr(other) for other in alike or nearest)
    meant = f": did you mean {hint}?" if hint else "."
    return f"there is no stage called {name!r}{meant} The stages are {', '.join(known)}"
