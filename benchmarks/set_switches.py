"""What stops a DETR from learning one picture? One change at a time, three seeds.

    python benchmarks/set_switches.py
        everything; runs that the file has already are kept
    python benchmarks/set_switches.py --switches plain --seeds 0 [--again]
        these runs; --again trains them although the file has them
    python benchmarks/set_switches.py --pictures
        instead, detr_tiny_selected with 40, 200, 1,000 and 5,000 pictures, one seed; seven minutes on
        one core

Each run trains ``detr_tiny`` for 80 steps on one scene with four objects. After every tenth step it
counts the boxes with a score above 0.5, and the objects that such a box finds.

Written to ``locviz/experiments/data/set_switches.json``. About two minutes on one core.
"""

import argparse
import time

import torch

from locviz.experiments.results_file import update
from locviz.experiments.set_switches import (
    MANY,
    PICTURES,
    RECIPE,
    RESULTS,
    SWITCHES,
    results,
    run,
    with_pictures,
)

COMMAND = "python benchmarks/set_switches.py"
PROTOCOL = {
    "data": "shapes, level first: training scene 0, four objects",
    "recipe": {name: value for name, value in RECIPE.as_dict().items() if name != "seed"},
    "threads": 1,
}


def known_runs() -> set[str]:
    """The runs that the file has under this protocol."""
    known = results() if RESULTS.exists() else {}
    return set(known["runs"]) if known.get("protocol") == PROTOCOL else set()


def record(name: str, found: dict, part: str = "runs") -> None:
    """Add one run to a part of the results file; another protocol's results are thrown away."""

    def change(known: dict) -> dict:
        if known.get("protocol") != PROTOCOL:
            known = {"command": COMMAND, "protocol": PROTOCOL, "runs": {}}
        known["torch"] = torch.__version__
        known[part] = {**known.get(part, {}), name: found}
        return known

    update(RESULTS, change)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--switches", nargs="+", choices=SWITCHES, default=list(SWITCHES))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--pictures", action="store_true")
    told = parser.parse_args()
    torch.set_num_threads(PROTOCOL["threads"])
    for num in PICTURES if told.pictures else ():
        known = results().get("pictures", {}) if known_runs() else {}
        if str(num) in known and not told.again:
            continue
        found = {"steps": MANY.steps, "seed": 0, **with_pictures(num)}
        record(str(num), found, "pictures")
        print(num, found, flush=True)
    if told.pictures:
        return
    for seed in told.seeds:
        for name in told.switches:
            if f"{name}/{seed}" in known_runs() and not told.again:
                continue
            began = time.process_time()
            counts = run(name, seed=seed)
            record(f"{name}/{seed}", {"switch": name, "seed": seed, "counts": counts})
            shown = " ".join(f"{found}/{sure}" for _, found, sure in counts)
            print(
                f"{name}, seed {seed}: {shown}; {time.process_time() - began:.1f} CPU-s", flush=True
            )


if __name__ == "__main__":
    main()
