"""``locviz doctor``: what this machine has, and for everything that is missing the command that
repairs it.

The exit status is 0 when everything needed works, 1 when something must be repaired. A missing
accelerator and what only contributors need (Node, Chromium for the browser tests) are reported but
do not change it.
"""

import argparse
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
_SAME_SOURCE = (
    "install torch and torchvision together, from one source: "
    f"pip install --force-reinstall torch torchvision, or for the CPU build add --index-url {_CPU_INDEX} to it"
)
_LAB = "pip install 'locviz[lab]', or in a clone: pip install -e '.[lab]'"
_LABELS = {"ok": "ok   ", "note": "note ", "fix": "FIX  "}


@dataclass(frozen=True)
class Finding:
    """One line of the report. The status ``fix`` makes the exit status 1; ``note`` does not."""

    name: str
    status: Literal["ok", "note", "fix"]
    says: str
    remedy: str = ""

    def text(self) -> str:
        """The line, and below it the remedy."""
        line = f"{_LABELS[self.status]} {self.name:<18} {self.says}"
        return f"{line}\n{'':8}-> {self.remedy}" if self.remedy else line


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``locviz doctor``."""
    parser.add_argument(
        "--headless",
        action="store_true",
        help="check only what training needs: for a GPU server without JupyterLab",
    )


def run(args: argparse.Namespace) -> int:
    """Print the report; return 0 if nothing must be repaired, otherwise 1."""
    installed = _version("locviz") or "(not installed)"
    print(
        f"locviz {installed} on Python {platform.python_version()}, {platform.platform(terse=True)}"
    )
    findings = list(examine(headless=args.headless))
    for finding in findings:
        print(finding.text())
    broken = [finding.name for finding in findings if finding.status == "fix"]
    print(
        f"To mend: {', '.join(broken)}." if broken else "Everything that locviz needs works here."
    )
    return 1 if broken else 0


def examine(*, headless: bool = False) -> Iterator[Finding]:
    """All findings, in the order in which a beginner should repair them. A check that itself fails
    becomes a finding, too.
    """
    package = [_torch, _torchvision, _device, _progress_file]
    lab = [
        _jupyterlab,
        _kernel,
        _widget_extension,
        _widget_bundles,
        _server_extension,
        _lab_libraries,
    ]
    for check in package if headless else package + lab + [_node, _chromium]:
        yield _guarded(check)


def _guarded(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:
        name = check.__name__.strip("_").replace("_", " ")
        return Finding(
            name,
            "fix",
            f"the check itself failed: {type(error).__name__}: {error}",
            "please report this line",
        )


def _torch() -> Finding:
    import torch

    release = tuple(int(part) for part in torch.__version__.split("+")[0].split(".")[:2])
    if (2, 11) <= release < (2, 16):
        return Finding("torch", "ok", f"{torch.__version__}, {torch.get_num_threads()} threads")
    remedy = "pip install 'torch>=2.11,<2.16' torchvision"
    return Finding("torch", "fix", f"{torch.__version__}; 2.11 to 2.15 are supported", remedy)


def _torchvision() -> Finding:
    """Whether its compiled operators fit this torch: where the two come from different sources,
    ``nms`` is missing or crashes.
    """
    try:
        import torch
        import torchvision
        from torchvision.ops import nms

        kept = nms(torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 3]]), torch.tensor([0.9, 0.8]), 0.5)
    except (ImportError, RuntimeError, AttributeError, NotImplementedError) as error:
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        return Finding(
            "torchvision", "fix", f"does not work with this torch: {first_line}", _SAME_SOURCE
        )
    if kept.tolist() != [0]:
        return Finding(
            "torchvision", "fix", f"nms gives {kept.tolist()} where [0] is right", _SAME_SOURCE
        )
    return Finding(
        "torchvision",
        "ok",
        f"{torchvision.__version__}, its compiled operators work with this torch",
    )


def _device() -> Finding:
    import torch

    from locviz.train.device import device

    try:
        chosen = device()
    except ValueError as error:
        return Finding(
            "device", "fix", str(error), "unset LOCVIZ_DEVICE, or set it to one of those"
        )
    torch.ones(8, 8, device=chosen).sum().item()
    forced = " (LOCVIZ_DEVICE)" if os.environ.get("LOCVIZ_DEVICE") else ""
    if chosen.type == "cuda":
        return Finding("device", "ok", f"{chosen}{forced}: {torch.cuda.get_device_name(chosen)}")
    if chosen.type == "cpu":
        return Finding(
            "device", "note", f"cpu{forced}, {os.cpu_count()} cores: every chapter runs on it"
        )
    return Finding("device", "ok", f"{chosen}{forced}")


def _progress_file() -> Finding:
    from locviz.course import progress_file

    folder = progress_file.home()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if os.access(existing, os.W_OK) and existing.is_dir():
        return Finding("progress", "ok", f"is kept in {progress_file.path()}")
    remedy = "set LOCVIZ_HOME to a folder that you may write to"
    return Finding("progress", "fix", f"cannot be kept: {existing} is not writable", remedy)


def _jupyterlab() -> Finding:
    if not (found := _version("jupyterlab")):
        remedy = f"{_LAB}; on a server without JupyterLab: locviz doctor --headless"
        return Finding("jupyterlab", "fix", "is not installed", remedy)
    if int(found.split(".")[0]) != 4:
        return Finding("jupyterlab", "fix", f"{found}; 4.4 or newer of version 4 is needed", _LAB)
    return Finding("jupyterlab", "ok", found)


def _kernel() -> Finding:
    if not (found := _version("ipykernel")):
        return Finding("kernel", "fix", "ipykernel is not installed", _LAB)
    if int(found.split(".")[0]) < 7:
        says = (
            f"ipykernel {found}: dragging stops while a cell runs; 7 answers on a thread of its own"
        )
        return Finding("kernel", "fix", says, "pip install 'ipykernel>=7'")
    return Finding("kernel", "ok", f"ipykernel {found}")


def _widget_extension() -> Finding:
    """anywidget's part in the browser must be installed, enabled, and of the version that Python
    has.
    """
    name, python_side = "widget extension", _version("anywidget")
    if not python_side or not _version("ipywidgets"):
        return Finding(name, "fix", "anywidget or ipywidgets is not installed", _LAB)
    if find_spec("jupyterlab_server") is None:
        return Finding(name, "fix", "there is no JupyterLab to show widgets", _LAB)
    from jupyter_core.paths import jupyter_path
    from jupyterlab_server.config import get_federated_extensions, get_page_config

    folders = jupyter_path("labextensions")
    browser_side = get_federated_extensions(folders)
    disabled = _names(get_page_config(folders).get("disabledExtensions", []))
    for extension, package in (
        ("@jupyter-widgets/jupyterlab-manager", "jupyterlab_widgets"),
        ("anywidget", "anywidget"),
    ):
        if extension not in browser_side:
            remedy = f"pip install --force-reinstall --no-deps {package}, then reload the page"
            return Finding(name, "fix", f"{extension} is not where JupyterLab looks", remedy)
        if any(entry.split(":")[0] == extension for entry in disabled):
            return Finding(
                name, "fix", f"{extension} is disabled", f"jupyter labextension enable {extension}"
            )
    if (shipped := browser_side["anywidget"]["version"]) != python_side:
        says = f"anywidget {python_side} in Python, {shipped} in the browser"
        return Finding(
            name,
            "fix",
            says,
            "pip install --force-reinstall --no-deps anywidget, then reload the page",
        )
    return Finding(name, "ok", f"anywidget {python_side}, enabled")


def _names(disabled) -> list[str]:
    return (
        [name for name, off in disabled.items() if off]
        if isinstance(disabled, dict)
        else list(disabled)
    )


def _widget_bundles() -> Finding:
    import locviz

    bundles = sorted((Path(locviz.__file__).parent / "widgets" / "static").glob("*.js"))
    if not bundles:
        return Finding(
            "widgets",
            "fix",
            "their JavaScript is missing",
            "in a clone: make widgets; else reinstall locviz",
        )
    return Finding("widgets", "ok", ", ".join(bundle.stem for bundle in bundles))


def _server_extension() -> Finding:
    from locviz.server import is_enabled

    if is_enabled():
        return Finding(
            "server extension", "ok", "locviz.server is enabled: kernel messages are sent at once"
        )
    says = "locviz.server is not enabled: dragging will feel slow"
    return Finding(
        "server extension",
        "fix",
        says,
        "jupyter server extension enable locviz.server, then restart JupyterLab",
    )


def _lab_libraries() -> Finding:
    modules = {
        "matplotlib": "matplotlib",
        "plotly": "plotly",
        "sklearn": "scikit-learn",
        "pycocotools": "pycocotools",
    }
    missing = [package for module, package in modules.items() if find_spec(module) is None]
    if missing:
        return Finding("libraries", "fix", f"{', '.join(missing)} not installed", _LAB)
    return Finding(
        "libraries",
        "ok",
        ", ".join(f"{package} {_version(package)}" for package in modules.values()),
    )


def _node() -> Finding:
    remedy = "Debian, Ubuntu: apt-get install nodejs npm; elsewhere: nodejs.org"
    if not (program := shutil.which("node")):
        return Finding(
            "node", "note", "not found; only building and testing widgets needs it", remedy
        )
    told = subprocess.run(
        [program, "--version"], capture_output=True, text=True, timeout=20, check=False
    ).stdout.strip()
    major = told.lstrip("v").split(".")[0]
    if not major.isdigit() or int(major) < 20:
        return Finding(
            "node",
            "note",
            f"{told or 'does not start'}; building and testing widgets needs 20",
            remedy,
        )
    return Finding("node", "ok", f"{told} (for widget tests)")


def _chromium() -> Finding:
    named = os.environ.get("LOCVIZ_CHROMIUM")
    candidates = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    if program := next(filter(None, map(shutil.which, candidates)), None):
        return Finding("chromium", "ok", f"{Path(program).name} (for browser tests)")
    remedy = "Debian: apt-get install chromium; elsewhere set LOCVIZ_CHROMIUM to a Chromium or Chrome program"
    return Finding("chromium", "note", "not found; only browser tests need it", remedy)


def _version(package: str) -> str:
    """The installed version, or an empty text."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
