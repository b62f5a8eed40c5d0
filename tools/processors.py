"""Run the tests that compare numbers as other processors would: make processors.

    python tools/processors.py                      parity and goldens, under every variant
    python tools/processors.py tests/models -x      other tests; what follows goes to pytest

A processor differs from another in the last bits: by how many numbers it adds up at once, by the
kernels that its libraries choose, by the number of threads. The variants below make this machine's
libraries choose those of others. A test that is red under one of them hangs on a last bit: compare
before selection to a tolerance, and decisions on the same bits.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
TESTS = (
    "tests/parity",
    "tests/checkpoints/test_shipped_goldens.py",
    "tests/assign/test_simota.py",
    "tests/assign/test_task_aligned.py",
)

# numpy's own loops without what this processor has beyond its baseline.
PLAIN_NUMPY = " ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", ()))
WITHOUT_ONEDNN = "torch.backends.mkldnn.enabled = False; "

# Name: variables of the environment, and Python to run before the tests.
VARIANTS: dict[str, tuple[dict[str, str], str]] = {
    "one thread": ({"OMP_NUM_THREADS": "1"}, ""),
    "two threads": ({"OMP_NUM_THREADS": "2"}, ""),
    "no vectors": (
        {
            "OMP_NUM_THREADS": "1",
            "ATEN_CPU_CAPABILITY": "default",
            "ONEDNN_MAX_CPU_ISA": "SSE41",
            "MKL_CBWR": "COMPATIBLE",
            "OPENBLAS_CORETYPE": "Nehalem",
            "NPY_DISABLE_CPU_FEATURES": PLAIN_NUMPY,
        },
        "",
    ),
    "AVX2": (
        {
            "OMP_NUM_THREADS": "2",
            "ATEN_CPU_CAPABILITY": "avx2",
            "ONEDNN_MAX_CPU_ISA": "AVX2",
            "OPENBLAS_CORETYPE": "Haswell",
        },
        "",
    ),
    "MKL compatible": ({"OMP_NUM_THREADS": "1", "MKL_CBWR": "COMPATIBLE"}, ""),
    "without oneDNN": ({"OMP_NUM_THREADS": "1"}, WITHOUT_ONEDNN),
}


def run(environment: dict[str, str], before: str, arguments: list[str]) -> bool:
    """Whether pytest passes with these variables set, in a process of its own."""
    code = f"import sys, torch; {before}import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    options = ["-q", "-p", "no:randomly", "--hypothesis-profile=ci", "--tb=short"]
    command = [sys.executable, "-c", code, *options, *arguments]
    set_here = {name: value for name, value in environment.items() if value}
    environment = {**os.environ, **set_here, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0


def main() -> int:
    arguments = sys.argv[1:] or list(TESTS)
    failed = []
    for name, (environment, before) in VARIANTS.items():
        print(f"== {name}", flush=True)
        if not run(environment, before, arguments):
            failed.append(name)
    print(f"failed as: {', '.join(failed)}" if failed else "all variants passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
