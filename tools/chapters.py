"""Execute, clean and check the chapters: the one command behind every committed notebook.

    python tools/chapters.py run 01 02     execute in a fresh kernel, offline; clean; write back;
    print the seconds python tools/chapters.py run --twice   the same, and once more from what was
    written python tools/chapters.py check         verify the committed files without running them

Without numbers all chapters are meant. A chapter that fails, or runs longer than the limit, leaves
its file as it was and makes the exit status 1.
"""

import argparse
import os
import re
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from chapter_rules import HEADER, clean, problems, read, write
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 180  # seconds on 2 CPU cores


@dataclass(frozen=True)
class Run:
    """One execution: the cleaned notebook, wall and CPU seconds (kernel start included), and what
    broke.
    """

    notebook: nbformat.NotebookNode
    seconds: float
    cpu_seconds: float
    failure: str = ""


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
            record_timing=False,
            resources={"metadata": {"path": str(ROOT / "chapters")}},
            extra_arguments=[f"--IPKernelApp.exec_files={ROOT / 'tools' / 'offline.py'}"],
        )
        _use_files_for_messages(client, Path(home))
        started, used = time.monotonic(), _children_cpu()
        failure = _execute(client, environment)
        seconds, cpu_seconds = time.monotonic() - started, _children_cpu() - used
    if not failure and seconds > limit:
        failure = f"took {seconds:.0f} s; {limit:.0f} s are allowed"
    # A reader sees where their own progress file is, not the throw-away folder of this run.
    places = {str(ROOT): ".", home: "~/.local/share/locviz", str(Path.home()): "~"}
    return Run(
        notebook=clean(notebook, places), seconds=seconds, cpu_seconds=cpu_seconds, failure=failure
    )


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
    parser.add_argument("command", choices=("run", "check"))
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
    if options.command == "check":
        good = [_report(path) for path in paths]
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
