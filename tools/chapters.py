"""Execute, clean and check the chapters: the one command behind every committed notebook.

    python tools/chapters.py run 01 02     execute in a fresh kernel, offline; clean; write back;
                                           print the seconds
    python tools/chapters.py run --twice   the same, and once more from what was written
    python tools/chapters.py clean         clean the committed files without running them
    python tools/chapters.py check         verify the committed files without running them

Without numbers all chapters are meant. A chapter that fails, or runs longer than the limit, leaves
its file as it was and makes the exit status 1.
"""

import argparse
import datetime
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from chapter_rules import HEADER, clean, problems, read, write
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 180  # seconds on 2 CPU cores
SILENT = 10  # seconds that a cell may run without a sign of life
_SIGN_OF_LIFE = re.compile(r"\b(?:counted|watch)\(")


@dataclass(frozen=True)
class Run:
    """One execution: the cleaned notebook, wall and CPU seconds (kernel start included), what
    broke, and the cells that ran long without showing that they are alive.
    """

    notebook: nbformat.NotebookNode
    seconds: float
    cpu_seconds: float
    failure: str = ""
    silent: tuple[str, ...] = ()


def execute(notebook: nbformat.NotebookNode, *, limit: float = LIMIT) -> Run:
    """Run every cell in a fresh kernel that reaches no network and has a progress file of its own."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LOCVIZ_HOME": home, "PYTHONHASHSEED": "0"}
        environment.pop("MPLBACKEND", None)
        client = NotebookClient(
            notebook,
            timeout=int(limit),
            kernel_name="python3",
            store_widget_state=False,
            record_timing=True,
            resources={"metadata": {"path": str(ROOT / "chapters")}},
            extra_arguments=[f"--IPKernelApp.exec_files={ROOT / 'tools' / 'offline.py'}"],
        )
        _use_files_for_messages(client, Path(home))
        started, used = time.monotonic(), _children_cpu()
        failure = _execute(client, environment)
        seconds, cpu_seconds = time.monotonic() - started, _children_cpu() - used
    if not failure and seconds > limit:
        failure = f"took {seconds:.0f} s; {limit:.0f} s are allowed"
    silent = tuple(silent_cells(notebook))
    # A reader sees where their own progress file is, not the throw-away folder of this run.
    places = {str(ROOT): ".", home: "~/.local/share/locviz", str(Path.home()): "~"}
    cleaned = clean(notebook, places)
    return Run(cleaned, seconds, cpu_seconds, failure, silent)


def silent_cells(notebook: nbformat.NotebookNode) -> Iterator[str]:
    """Cells that ran longer than ``SILENT`` seconds and neither count nor watch, as sentences."""
    for number, cell in enumerate(notebook.cells):
        seconds = _cell_seconds(cell)
        if seconds > SILENT and not _SIGN_OF_LIFE.search(cell.source):
            yield (
                f"cell {number}: {seconds:.0f} s without a sign of life: "
                "course.counted(items, label=...) prints a line of progress"
            )


def _cell_seconds(cell: nbformat.NotebookNode) -> float:
    times = cell.metadata.get("execution", {})
    busy, idle = (times.get(f"iopub.status.{name}") for name in ("busy", "idle"))
    if not (busy and idle):
        return 0.0
    read = datetime.datetime.fromisoformat
    return (read(idle) - read(busy)).total_seconds()


def _execute(client: NotebookClient, environment: dict[str, str]) -> str:
    try:
        client.execute(env=environment)
    except CellExecutionError as error:
        return str(error)
    except (CellTimeoutError, DeadKernelError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _use_files_for_messages(client: NotebookClient, folder: Path) -> None:
    """Sockets of the file system, where there are any: no port is opened, and the kernel warns of
    none.
    """
    if os.name == "posix":
        manager = client.create_kernel_manager()
        manager.connection_file = str(folder / "kernel.json")
        manager.transport = "ipc"


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def differences(committed: nbformat.NotebookNode, executed: nbformat.NotebookNode) -> list[str]:
    """Cells marked ``NBVAL_CHECK_OUTPUT`` whose text changed (nbval's lax rule: other cells only
    must not fail).
    """
    found = []
    for number, (before, after) in enumerate(zip(committed.cells, executed.cells, strict=True)):
        if (
            before.cell_type == "code"
            and "NBVAL_CHECK_OUTPUT" in before.source
            and _texts(before) != _texts(after)
        ):
            found.append(f"cell {number}: committed {_texts(before)}, now {_texts(after)}")
    return found


def _texts(cell: nbformat.NotebookNode) -> list[str]:
    return [
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in cell.outputs
    ]


def chapters(numbers: list[str], folder: Path = ROOT / "chapters") -> list[Path]:
    """The files of the given chapter numbers; all if none is given.

    Raises:
        FileNotFoundError: a number has no chapter; the message lists those there are.
    """
    files = {path.name[:2]: path for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}
    wanted = [number.zfill(2) for number in numbers]
    if missing := [number for number in wanted if number not in files]:
        raise FileNotFoundError(
            f"no chapter {', '.join(missing)} in {folder.name}/: there are {', '.join(files) or 'none'}"
        )
    return [files[number] for number in wanted] if wanted else list(files.values())


def stamp(notebook: nbformat.NotebookNode, seconds: float) -> None:
    """Put the measured time into the header, rounded up to five seconds."""
    header = notebook.cells[0]
    if match := HEADER.match(header.source):
        low, high = match.span(1)
        header.source = (
            f"{header.source[:low]}{-(-int(seconds) // 5) * 5 or 5}{header.source[high:]}"
        )


def run_chapter(path: Path, *, limit: float = LIMIT, write_time: bool = False) -> bool:
    """Execute, clean and write one chapter; print one line; say whether it went well."""
    result = execute(read(path), limit=limit)
    if result.failure:
        print(f"FAILED  {path.name}: {_plain(result.failure)}", flush=True)
        return False
    if write_time:
        stamp(result.notebook, result.seconds)
    write(result.notebook, path)
    size = path.stat().st_size / 1e3
    print(
        f"{path.name:32} {result.seconds:6.1f} s   {result.cpu_seconds:6.1f} CPU s   {size:6.0f} kB",
        flush=True,
    )
    for sentence in result.silent:
        print(f"  {path.name}: {sentence}", flush=True)
    return _report(path) and not result.silent


def clean_chapter(path: Path) -> bool:
    """Clean one chapter where it stands: its outputs stay those of its last run."""
    write(clean(read(path), {}), path)
    return _report(path)


def _report(path: Path) -> bool:
    found = problems(path)
    for problem in found:
        print(f"  {path.name}: {problem}", flush=True)
    return not found


def _plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def main(argv: list[str] | None = None) -> int:
    """Exit status 0 if every chapter is well, 1 if one is not, 2 for a wrong command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=("run", "clean", "check"))
    parser.add_argument(
        "numbers", nargs="*", metavar="NN", help="chapter numbers; all if none is given"
    )
    parser.add_argument(
        "--twice", action="store_true", help="run each chapter a second time from its own output"
    )
    parser.add_argument(
        "--stamp", action="store_true", help="write the measured time into the header"
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=LIMIT,
        help="seconds a chapter may take (default %(default)s)",
    )
    options = parser.parse_args(argv)
    try:
        paths = chapters(options.numbers)
    except FileNotFoundError as error:
        print(f"chapters: {error}", file=sys.stderr)
        return 2
    if options.command != "run":
        look = _report if options.command == "check" else clean_chapter
        good = [look(path) for path in paths]
        print(f"{sum(good)} of {len(good)} chapters keep the rules")
    else:
        rounds = 2 if options.twice else 1
        good = [
            all(
                run_chapter(path, limit=options.limit, write_time=options.stamp)
                for _ in range(rounds)
            )
            for path in paths
        ]
    return 0 if all(good) else 1


if __name__ == "__main__":
    raise SystemExit(main())
