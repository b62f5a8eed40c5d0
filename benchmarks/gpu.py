"""Everything that is to be measured on a GPU, in one command and under eight minutes.

    python benchmarks/gpu.py [--yolox FOLDER] [--seconds 460] [--out docs/gpu.md]
    python benchmarks/gpu.py --tiny     # the same on any CPU in a minute: that it runs, no figures

Tests marked ``gpu``; losses, overlaps, suppression and assigners on CPU and GPU; AP50 and seconds
of the tiny presets; training throughput and memory of the official presets beside torchvision's
and, where FOLDER holds the package ``yolox`` (a checkout of Megvii-BaseDetection/YOLOX), beside
its authors'. What is measured derives from ``locviz.models.SYSTEMS``.

Each part may take its share of the seconds; a row that does not fit, hangs or fails is named as
such and costs the others nothing. The page is written anew after every row: to ``docs/gpu.md`` on a
GPU, and only where ``--out`` says so on a CPU. The exit status is 1 where a row went wrong.
"""

import argparse
import os
import shlex
import sys
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

BEGAN = time.monotonic()  # the imports below are part of the eight minutes
ROOT = Path(__file__).resolve().parents[1]
# It runs from a clone, where locviz is not installed, in its other processes, too.
sys.path.insert(1, str(ROOT))
os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(
    os.pathsep
)

import torch  # noqa: E402
from gpu_agreement import AGREEMENT  # noqa: E402
from gpu_machine import MACHINE, TESTS  # noqa: E402
from gpu_report import Budget, Outcome, Part, Report, Setting  # noqa: E402
from gpu_throughput import THROUGHPUT  # noqa: E402
from gpu_training import FIRST, OTHERS  # noqa: E402
from gpu_worker import measure_rows  # noqa: E402

PARTS: Sequence[Part] = (MACHINE, TESTS, AGREEMENT, FIRST, THROUGHPUT, OTHERS)


def heading(setting: Setting, arguments: Sequence[str]) -> str:
    command = shlex.join(["python", "benchmarks/gpu.py", *arguments])
    lines = [
        "# Measured on a GPU" if setting.device == "cuda" else "# A trial without a GPU",
        f"Written by `{command}` on {date.today().isoformat()}; do not edit.",
    ]
    if setting.tiny:
        lines.append(
            "**At a tiny size: this shows that everything runs. No figure means anything.**"
        )
    return "\n\n".join(lines)


def measure_all(
    parts: Sequence[Part], setting: Setting, seconds: float, report: Report, out: Path | None
) -> None:
    """Measure part after part; the page is written after every row."""
    budget = Budget(seconds, {part.title: part.share for part in parts})
    for part in parts:
        granted = budget.grant(part.title)
        print(f"{part.title}: up to {granted:.0f} of {budget.left():.0f} s", flush=True)

        def record(row: str, outcome: Outcome, part: Part = part) -> None:
            print(f"  {row}: {outcome.reason or ' | '.join(outcome.cells)}", flush=True)
            report.record(part, row, outcome)
            if out:
                report.write(out)

        measure_rows(part, setting, granted, record)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--yolox", metavar="FOLDER", type=Path, help="holds the package yolox")
    parser.add_argument("--seconds", type=float, default=460, help="for everything (default: 460)")
    parser.add_argument("--out", metavar="FILE", type=Path, help="where to write the page")
    parser.add_argument("--tiny", action="store_true", help="everything at a tiny size")
    found = parser.parse_args()
    if found.yolox and not (found.yolox / "yolox").is_dir():
        parser.error(f"--yolox {found.yolox}: there is no package yolox in it")
    return found


def main() -> int:
    given = options()
    cuda = torch.cuda.is_available()
    # The figures of a CPU would say nothing here.
    setting = Setting(
        device="cuda" if cuda else "cpu", tiny=given.tiny or not cuda, yolox=given.yolox
    )
    os.environ["LOCVIZ_DEVICE"] = setting.device
    out = given.out or (ROOT / "docs" / "gpu.md" if cuda and not given.tiny else None)
    report = Report(PARTS, heading(setting, sys.argv[1:]))
    measure_all(PARTS, setting, given.seconds - (time.monotonic() - BEGAN), report, out)
    print(f"{time.monotonic() - BEGAN:.0f} s; written: {out or 'nothing'}")
    for row in report.failed:
        print(f"WENT WRONG: {row}")
    return 1 if report.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
