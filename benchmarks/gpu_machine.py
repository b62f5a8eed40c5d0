"""Two parts of ``benchmarks/gpu.py``: what the figures were measured on, and the tests marked
``gpu``; and how the peak of memory is read.
"""

import gc
import importlib.util
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

import torch
from gpu_report import Part, Setting

ROOT = Path(__file__).resolve().parents[1]


def gpu_name() -> str:
    if not torch.cuda.is_available():
        return "none: this page shows that the script runs, and no figure of a GPU"
    found = torch.cuda.get_device_properties(0)
    return f"{found.name}, {found.total_memory / 2**30:.0f} GiB"


def driver() -> str:
    command = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return "unknown: nvidia-smi did not answer"
    return done.stdout.split("\n")[0]


def versions() -> str:
    import torchvision

    from locviz import __version__

    return (
        f"locviz {__version__} at {commit()}, Python {platform.python_version()}, "
        f"torch {torch.__version__}, torchvision {torchvision.__version__}, "
        f"CUDA {torch.version.cuda}, cuDNN {torch.backends.cudnn.version()}"
    )


def commit() -> str:
    """The commit of this tree, and whether something differs from it."""

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    try:
        changed = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "--short", "HEAD") + (", changed" if changed else "")
    except (OSError, subprocess.SubprocessError):
        return "an unknown commit"


def float32() -> str:
    """What float32 means here: TF32 keeps 10 bits of the 23 inside a product."""
    convolutions = torch.backends.cudnn.conv.fp32_precision
    products = torch.backends.cuda.matmul.fp32_precision
    known = {"none": "full float32", "ieee": "full float32", "tf32": "TF32"}
    return (
        f"convolutions in {known.get(convolutions, convolutions)}, "
        f"matrix products in {known.get(products, products)} (torch's defaults)"
    )


FACTS: Mapping[str, Callable[[], str]] = {
    "GPU": gpu_name,
    "driver": driver,
    "versions": versions,
    "float32": float32,
    "CPU cores": lambda: str(os.cpu_count()),
}


def fact(row: str, seconds: float, setting: Setting) -> Sequence[str]:
    return [FACTS[row]()]


MACHINE = Part(
    title="The machine",
    about="What all figures below were measured on.",
    columns=("what", "value"),
    rows=tuple(FACTS),
    measure=fact,
    share=6,
)


def forget_peak(setting: Setting) -> None:
    """Give back the memory that nobody uses any more, and begin to watch for the peak."""
    gc.collect()
    if setting.device == "cuda":
        torch.cuda.init()  # a new process has no statistics to reset yet
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def peak_memory(setting: Setting) -> str:
    """The most memory that tensors took on the GPU since ``forget_peak``; "-" on a CPU."""
    if setting.device != "cuda":
        return "-"
    return f"{torch.cuda.max_memory_allocated() / 2**20:,.0f} MiB"


def tests_marked_gpu() -> list[str]:
    """The files that hold such a test: collecting all others would take longer than running these."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(file.relative_to(ROOT)) for file in files if "mark.gpu" in file.read_text()]


def pytest_command(report: Path) -> list[str]:
    """Pytest with the project's options; without the shape checks where beartype is missing, as it
    may be on a GPU server.
    """
    command = [sys.executable, "-m", "pytest", "-q", "-m", "gpu", f"--junitxml={report}"]
    if importlib.util.find_spec("beartype") is None:
        command += ["-o", "addopts=--strict-markers --import-mode=importlib -p no:cacheprovider"]
    return [*command, *tests_marked_gpu()]


def outcome_of_tests(report: Path) -> tuple[int, list[str], int]:
    """How many passed, the names of those that failed, and how many were skipped."""
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    failed = [case.get("name", "?") for case in cases if _has(case, "failure", "error")]
    skipped = sum(_has(case, "skipped") for case in cases)
    return len(cases) - len(failed) - skipped, failed, skipped


def _has(case: ElementTree.Element, *tags: str) -> bool:
    return any(case.find(tag) is not None for tag in tags)


def run_tests(row: str, seconds: float, setting: Setting) -> Sequence[str]:
    if importlib.util.find_spec("pytest") is None:
        raise RuntimeError("pytest is not installed here")
    began = time.perf_counter()
    environment = {name: value for name, value in os.environ.items() if name != "LOCVIZ_DEVICE"}
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        done = subprocess.run(
            pytest_command(report), cwd=ROOT, env=environment, timeout=seconds,
            capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode not in (0, 1):
            said = (done.stdout + done.stderr).strip().splitlines()[-1:]
            raise RuntimeError(f"pytest ended with {done.returncode}: {' '.join(said)}")
        passed, failed, skipped = outcome_of_tests(report)
    if failed:
        sys.stderr.write(done.stdout)
        raise AssertionError(f"{passed} passed, {len(failed)} failed ({', '.join(failed)})")
    return [str(passed), "0", str(skipped), f"{time.perf_counter() - began:.0f} s"]


TESTS = Part(
    title="Tests marked gpu",
    about="`pytest -m gpu`, the files that hold such tests. Without CUDA all of them are skipped.",
    columns=("command", "passed", "failed", "skipped", "time"),
    rows=("pytest -m gpu",),
    measure=run_tests,
    share=12,
)
