"""What the project promises about itself: its environments agree, its stages stay apart, importing
it is cheap.
"""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def name_of(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9_.-]+", requirement)[0].lower()


def test_the_conda_environment_asks_for_what_pyproject_asks_for():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    expected = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["lab"], "-e ."]
    assert sorted(pip) == sorted(expected)


def test_every_dependency_is_pinned_by_a_constraint_that_it_allows():
    from packaging.requirements import Requirement

    lines = [
        line
        for line in (ROOT / "constraints.txt").read_text().splitlines()
        if not line.startswith("#")
    ]
    pins = {name_of(line): line.split("==")[1] for line in lines}
    groups = PROJECT["optional-dependencies"].values()
    for text in [*PROJECT["dependencies"], *(line for group in groups for line in group)]:
        requirement = Requirement(text)
        assert requirement.specifier.contains(pins[requirement.name.lower()]), text


def test_nothing_that_is_committed_names_a_registry_host():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    for name in (
        "constraints.txt",
        "environment.yml",
        "pyproject.toml",
        "package.json",
        "package-lock.json",
    ):
        assert name in tracked
        text = (ROOT / name).read_text()
        assert not re.search(r"https?://(?!github\.com|doi\.org|opencollective|.*fund)", text), name


@pytest.mark.parametrize(
    "module", ["torchvision.models", "plotly", "ipywidgets", "anywidget", "matplotlib", "sklearn"]
)
def test_importing_locviz_leaves_heavy_libraries_alone(module):
    code = f"import sys, locviz; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_every_part_is_reachable_and_an_unknown_one_is_named():
    import locviz

    for name in locviz.__all__:
        assert getattr(locviz, name) is not None
    with pytest.raises(AttributeError, match="boxen"):
        _ = locviz.boxen


def test_the_stages_do_not_know_each_other():
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_no_module_imports_another_in_a_circle():
    """Imports may only go down: peel off modules that import no other, until none is left."""
    import grimp

    graph = grimp.build_graph("locviz", cache_dir=None)
    left = set(graph.modules)
    assert len(left) > 200
    while lowest := {
        name for name in left if not graph.find_modules_directly_imported_by(name) & left
    }:
        left -= lowest
    assert left == set()


def test_what_contributing_names_is_there():
    """To add X, write Y, test Z: each with the path of an example in the tree."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    table = re.findall(r"^\| an? [\w ]+ \|.*\|.*\|$", text.split("| to add |")[1], re.MULTILINE)
    paths = {
        path
        for line in table
        for path in re.findall(r"`((?:locviz|tests|benchmarks)/[^`]*)`", line)
    }
    assert len(table) == 8
    assert len(paths) >= 20
    for path in paths:
        if not re.search(r"NN|<\w+>", path):
            assert (ROOT / path).exists(), path


def imported_modules(path: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(path.read_text())))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def test_the_models_are_ours_to_read_with_no_detector_of_another_library():
    others = (
        "torchvision.models.detection",
        "transformers",
        "ultralytics",
        "detectron2",
        "mmdet",
        "effdet",
    )
    files = list((ROOT / "locviz").rglob("*.py"))
    assert files
    found = {
        str(path): name
        for path in files
        for name in imported_modules(path)
        if name.startswith(others)
    }
    assert not found


@pytest.mark.parametrize(("argv", "status"), [([], 0), (["--help"], 0), (["nonsense"], 2)])
def test_the_command_line_answers(argv, status):
    done = subprocess.run([sys.executable, "-m", "locviz", *argv], capture_output=True, text=True)
    assert done.returncode == status
    assert "doctor" in done.stdout + done.stderr
