"""The code of an answer: how a solution is printed, and whether an answer loops."""

import ast
import inspect
import textwrap
from collections.abc import Callable


def printed(answer: Callable, name: str) -> str:
    """The source of ``answer`` under the name that the learner writes, after the imports that it
    needs: it runs where it is pasted.
    """
    source = textwrap.dedent(inspect.getsource(answer))
    renamed = source.replace(f"def {answer.__name__}(", f"def {name}(")
    return "\n".join([*_imports(answer), "", "", renamed]).lstrip()


def loops(answer: Callable) -> bool:
    """Whether the source of an answer loops over something that is not written out."""
    try:
        tree = _tree(answer)
    except (OSError, TypeError, SyntaxError):  # no source, or a lambda in the middle of a line
        return False
    loops = [node.iter for node in ast.walk(tree) if isinstance(node, ast.For | ast.comprehension)]
    return any(isinstance(node, ast.While) for node in ast.walk(tree)) or any(
        not isinstance(over, ast.Tuple | ast.List) for over in loops
    )


def _imports(answer: Callable) -> list[str]:
    """The modules that an answer names, as import lines; every chapter has imported torch."""
    names = {node.id for node in ast.walk(_tree(answer)) if isinstance(node, ast.Name)}
    space = inspect.unwrap(answer).__globals__
    modules = {name: space[name] for name in sorted(names) if inspect.ismodule(space.get(name))}
    lines = [
        f"import {name}" if module.__name__ == name else _from(module.__name__, name)
        for name, module in modules.items()
        if name != "torch"
    ]
    return sorted(lines, key=lambda line: (line.startswith("from"), line))


def _from(module: str, name: str) -> str:
    package, _, last = module.rpartition(".")
    return f"from {package} import {name}" if last == name else f"import {module} as {name}"


def _tree(answer: Callable) -> ast.Module:
    return ast.parse(textwrap.dedent(inspect.getsource(answer)))
