"""What ``import locviz`` costs beside ``import torch``: `python benchmarks/import_time.py`.

locviz loads its parts when they are first used. So the last line is what a script pays that uses
the region algebra, the losses and the types; it is the one that the bar is held against. Each
import runs in its own fresh interpreter, all in turns; user plus system CPU time, the median of the
rounds.
"""

import resource
import statistics
import subprocess
import sys

ROUNDS = 11
TORCH = "import torch"
LOCVIZ = "import locviz; locviz.boxes, locviz.losses, locviz.types"


def cpu_seconds(statement: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", statement], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    for statement in (TORCH, LOCVIZ):
        cpu_seconds(statement)  # warms the file cache
    times: dict[str, list[float]] = {TORCH: [], "import locviz": [], LOCVIZ: []}
    for _ in range(ROUNDS):
        for statement, seconds in times.items():
            seconds.append(cpu_seconds(statement))
    medians = {statement: statistics.median(seconds) for statement, seconds in times.items()}
    for statement, seconds in medians.items():
        print(f"{statement:60s} {seconds:6.3f} CPU-seconds (median of {ROUNDS})")
    print(f"ratio of the last to the first: {medians[LOCVIZ] / medians[TORCH]:.3f} (bar: 1.15)")


if __name__ == "__main__":
    main()
