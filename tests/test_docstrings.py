"""What the docstrings and the layout of the whole package promise a reader.

A function is a *tensor function* where a tensor is among its arguments or results. Its docstring,
or for a method the docstring of its class, then shows a shape in brackets, such as ``(n, 2*dim)``,
written with axis names that annotations of the package use.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "locviz").rglob("*.py"))
TREES = {path: ast.parse(path.read_text()) for path in FILES}
NODES = [node for tree in TREES.values() for node in ast.walk(tree)]


def tensor_words(annotation: ast.AST) -> Iterator[str]:
    """The names in an annotation. What stands inside ``Callable[...]`` passes through somebody
    else's signature; what is quoted is read as code.
    """
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Callable":
        return
    if isinstance(annotation, ast.Name):
        yield annotation.id
    if isinstance(annotation, ast.Constant) and "Tensor" in str(annotation.value):
        yield from tensor_words(ast.parse(annotation.value, mode="eval"))
    for child in ast.iter_child_nodes(annotation):
        yield from tensor_words(child)


def aliases(tree: ast.Module) -> set[str]:
    """Names that a module gives to types of tensors, as in ``Rois = Sequence[Float[Tensor, "_ 4"]]``."""
    tops = [node for node in tree.body if isinstance(node, ast.Assign)]
    types = [node for node in tops if isinstance(node.value, ast.Subscript | ast.BinOp)]
    return {
        target.id
        for node in types
        for target in node.targets
        if isinstance(target, ast.Name) and "Tensor" in tensor_words(node.value)
    }


ALIASES = set().union(*(aliases(tree) for tree in TREES.values()))


def tensor_names(tree: ast.Module) -> set[str]:
    """What a module calls tensors: ``Tensor``, its own aliases and those that it imports."""
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    imported = {alias.name for node in imports for alias in node.names}
    return {"Tensor"} | aliases(tree) | (ALIASES & imported)


def axis_names() -> set[str]:
    """Every axis that an annotation of the package names: from ``Float[Tensor, "*b p k"]`` b, p, k."""
    shapes = [
        node.elts[1].value
        for node in NODES
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and ast.unparse(node.elts[0]) == "Tensor"
        if isinstance(node.elts[1], ast.Constant)
    ]  # fmt: skip
    return set(re.findall(r"[A-Za-z_]\w*", " ".join(map(str, shapes))))


AXES = axis_names()


def is_shape(bracket: str) -> bool:
    """Whether ``bracket`` lists axes: numbers, names of axes, products and sums of them, or ``...``."""
    if "," not in bracket and bracket.strip() not in ("...", "*n", ""):
        return False
    axes = [axis.strip() for axis in bracket.split(",") if axis.strip()]
    names = re.findall(r"[A-Za-z_]\w*", bracket)
    plain = all(re.fullmatch(r"\.\.\.|\*?[\w.]+( ?[*+/-] ?[\w.]+)*", axis) for axis in axes)
    return plain and all(name in AXES for name in names)


def gives_shapes(docstring: str) -> bool:
    """Whether a docstring holds a shape in brackets."""
    return any(is_shape(bracket) for bracket in re.findall(r"\(([^()]*)\)", docstring))


def signature(function: ast.FunctionDef) -> list[ast.expr]:
    """Every annotation of a signature."""
    names = function.args
    parameters = [*names.posonlyargs, *names.args, *names.kwonlyargs, names.vararg, names.kwarg]
    found = [parameter.annotation for parameter in parameters if parameter is not None]
    return [annotation for annotation in [*found, function.returns] if annotation is not None]


def is_public(name: str) -> bool:
    return not name.startswith("_") or name in ("__call__", "__init__")


def functions(
    scope: ast.Module | ast.ClassDef, tensors: set[str], owner: str = ""
) -> Iterator[tuple[str, str]]:
    """Each public tensor function of a module or class: its name, and the docstrings about it."""
    about = ast.get_docstring(scope) or "" if isinstance(scope, ast.ClassDef) else ""
    for node in scope.body:
        if isinstance(node, ast.ClassDef) and is_public(node.name):
            yield from functions(node, tensors, f"{owner}{node.name}.")
        if isinstance(node, ast.FunctionDef) and is_public(node.name):
            words = {word for annotation in signature(node) for word in tensor_words(annotation)}
            if words & tensors:
                yield owner + node.name, about + "\n" + (ast.get_docstring(node) or "")


def public_modules() -> dict[str, ast.Module]:
    """The modules that nobody hides behind an underscore, by dotted name."""
    named = {path.relative_to(ROOT).with_suffix("").parts: tree for path, tree in TREES.items()}
    return {
        ".".join(part for part in parts if part != "__init__"): tree
        for parts, tree in named.items()
        if not any(part.startswith("_") and part != "__init__" for part in parts)
    }


@pytest.mark.parametrize(("module", "tree"), public_modules().items(), ids=public_modules())
def test_every_public_tensor_function_gives_shapes(module, tree):
    found = functions(tree, tensor_names(tree))
    silent = [f"{module}.{name}" for name, text in found if not gives_shapes(text)]
    assert silent == [], "say in the docstring what shape each tensor has, such as (n, 2*dim)"


def test_the_search_finds_the_tensor_functions_of_the_package():
    trees = public_modules().values()
    found = [name for tree in trees for name, _ in functions(tree, tensor_names(tree))]
    assert len(found) > 250
    # A plain tensor, an annotated one, an alias, a quoted annotation, a method and a property.
    for name in (
        "Scale.forward",
        "pairwise_iou",
        "LevelRoIAlign.forward",
        "as_inputs",
        "Priors.centers",
    ):
        assert name in found


@pytest.mark.parametrize(
    "text",
    [
        "boxes (n, 2*dim) in pixels",
        "``(3, h, w)``",
        "(b, k * p)",
        "one number each, (n,)",
        "of any shape (...)",
    ],
)
def test_a_shape_is_recognised(text):
    assert gives_shapes(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No shape.",
        "a pair (logits, targets)",
        "one argument (n)",
        "see Girshick (2015, section 2)",
        "(theirs, ours)",
    ],
)
def test_other_brackets_are_no_shapes(text):
    assert not gives_shapes(text)


def test_a_function_that_only_takes_a_callable_of_tensors_owes_no_shape():
    code = 'def f(g: "Callable[[Tensor], Tensor]", h: Callable[[Tensor], Tensor]) -> int: ...'
    assert list(functions(ast.parse(code), {"Tensor"})) == []


def test_few_lines_are_longer_than_100_characters():
    lines = [line for path in FILES for line in path.read_text().splitlines() if line.strip()]
    long = [line for line in lines if len(line) > 100]
    assert len(lines) > 20_000
    assert len(long) < 0.025 * len(lines)


def test_functions_are_short():
    """The median, because one long table or composition has its reasons."""
    lengths = [
        node.end_lineno - node.lineno + 1 for node in NODES if isinstance(node, ast.FunctionDef)
    ]
    assert median(lengths) <= 10
