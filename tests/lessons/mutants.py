"""The common slips, made mechanically out of a solution's own syntax tree."""

import ast
import copy
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SWAPPED_NAMES = {
    "maximum": "minimum",
    "minimum": "maximum",
    "amax": "amin",
    "max": "min",
    "min": "max",
    "argmax": "argmin",
    "argmin": "argmax",
    "mean": "sum",
    "prod": "sum",
    "sum": "mean",
    "round": "int",
    "floor": "ceil",
    "ceil": "floor",
    "any": "all",
    "log": "exp",
    "area": "perimeter",
}
SWAPPED_OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotIn: ast.In,
    ast.BitAnd: ast.BitOr,
}
DROPPED = {"clamp", "abs", "detach", "sqrt", "float", "flip", "log", "sum", "mean", "tolist"}


@dataclass(frozen=True)
class Mutant:
    """One slip: what was done to which line of the solution, and the function that results."""

    says: str
    answer: Callable


def mutants_of(solution: Callable) -> Iterator[Mutant]:
    """Every mutant of a function that compiles."""
    source = textwrap.dedent(inspect.getsource(solution))
    tree = ast.parse(source)
    for index, node in enumerate(ast.walk(tree)):
        for number, (says, change) in enumerate(_slips(node)):
            changed = copy.deepcopy(tree)
            target = list(ast.walk(changed))[index]
            new = change(target)
            if new is not target:
                changed = _Replace(target, new).visit(changed)
            line = source.splitlines()[getattr(node, "lineno", 1) - 1].strip()
            yield Mutant(f"{says} ({index}.{number}) in: {line}", _compiled(changed, solution))


def _compiled(tree: ast.Module, solution: Callable) -> Callable:
    namespace = dict(solution.__globals__)
    code = compile(ast.fix_missing_locations(tree), f"<mutant of {solution.__module__}>", "exec")
    exec(code, namespace)
    return namespace[solution.__name__]


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST):
        self.old, self.new = old, new

    def visit(self, node):
        return self.new if node is self.old else super().generic_visit(node)


def _slips(node: ast.AST) -> Iterator[tuple[str, Callable]]:
    """What can be done to one node: words, and a function that changes a copy of it."""
    if isinstance(node, ast.BinOp) and type(node.op) in SWAPPED_OPERATORS:
        yield "another operator", lambda n: _set(n, "op", SWAPPED_OPERATORS[type(n.op)]())
        yield "the left operand alone", lambda n: n.left
        yield "the right operand alone", lambda n: n.right
        if isinstance(node.op, ast.Sub | ast.Div):
            yield "operands exchanged", _exchange
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPPED_OPERATORS:
        yield "another comparison", lambda n: _set(n, "ops", [SWAPPED_OPERATORS[type(n.ops[0])]()])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "the sign dropped", lambda n: n.operand
    if isinstance(node, ast.Attribute) and node.attr in SWAPPED_NAMES:
        yield "another function", lambda n: _set(n, "attr", SWAPPED_NAMES[n.attr])
    if isinstance(node, ast.Name) and node.id in SWAPPED_NAMES:
        yield "another function", lambda n: _set(n, "id", SWAPPED_NAMES[n.id])
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "not transposed", lambda n: n.value
    if _is_droppable(node):
        yield f".{node.func.attr}() dropped", lambda n: n.func.value
    if isinstance(node, ast.Return) and node.value is not None:
        yield "transposed", lambda n: _set(n, "value", _transposed(n.value))
        yield "sorted", lambda n: _set(n, "value", _called("sorted", n.value))
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield "one more", lambda n: _set(n, "value", n.value + 1)
        yield "one less", lambda n: _set(n, "value", n.value - 1)


def _set(node: ast.AST, name: str, value) -> ast.AST:
    setattr(node, name, value)
    return node


def _exchange(node: ast.BinOp) -> ast.BinOp:
    node.left, node.right = node.right, node.left
    return node


def _is_droppable(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in DROPPED
        and not _is_module(node.func.value)
    )


def _is_module(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("torch", "math", "boxes")


def _transposed(value: ast.expr) -> ast.expr:
    return ast.Attribute(value=value, attr="T", ctx=ast.Load())


def _called(name: str, value: ast.expr) -> ast.expr:
    return ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=[value], keywords=[])
