"""The scripts of benchmarks/ import each other as neighbours: so do the tests."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# At the end: some scripts are called as packages are, such as "evaluate".
sys.path += [str(HERE), str(HERE.parents[1] / "benchmarks")]
