"""The peak memory of each chapter's kernel: ``python benchmarks/chapter_memory.py [NN ...]``.

Every chapter is executed as ``tools/chapters.py run`` does it, in a fresh kernel, and nothing is
written. The figure is the kernel's ``VmHWM``: the most memory that it ever had at once, libraries
included. Thirty learners share a server, so a chapter may take 1.2 GiB; above it, the exit status
is 1. Needs Linux.
"""

import re
import sys
from pathlib import Path

from nbformat.v4 import new_code_cell

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))

import chapters

BAR = 1.2  # GiB
ASK = "print(open('/proc/self/status').read())"


def peak(path: Path) -> tuple[float, float]:
    """Return GiB and seconds of one chapter.

    Raises:
        RuntimeError: a cell of the chapter fails.
    """
    notebook = chapters.read(path)
    notebook.cells.append(new_code_cell(ASK))
    run = chapters.execute(notebook, limit=600)
    if run.failure:
        raise RuntimeError(f"{path.name}: {run.failure}")
    return peak_in(run.notebook.cells[-1].outputs[0].text), run.seconds


def peak_in(status: str) -> float:
    """Return the GiB that ``/proc/<pid>/status`` names as its high-water mark, given in kB."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise RuntimeError("the kernel's status has no VmHWM: this benchmark needs Linux")
    return int(found[1]) / 2**20


def main(numbers: list[str]) -> int:
    """Print a row per chapter; 0 if all are under the bar."""
    print(f"{'chapter':32}{'peak GiB':>9}{'bar':>6}{'seconds':>9}")
    high = 0
    for path in chapters.chapters(numbers):
        gib, seconds = peak(path)
        high += gib > BAR
        over = "  too much" if gib > BAR else ""
        print(f"{path.name:32}{gib:9.2f}{BAR:6.1f}{seconds:9.0f}{over}", flush=True)
    return int(high > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
