"""Plain DETR and each remedy alone, with one recipe. How fast does each learn?

    python benchmarks/query_starts.py
        everything; runs that the file has already are kept
    python benchmarks/query_starts.py --starts anchors --seeds 0 [--again]
        these runs; --again trains them although the file has them
    python benchmarks/query_starts.py --only-table
        the stored runs as a table

Each run trains a tiny detector with the numbers of DETR's tiny recipe, for more steps, on scenes of
level first. Runs of one seed see the same batches. At chosen steps: AP50 and AP on 200 held-out
scenes, and the CPU-seconds of training so far (making scenes and evaluating are not counted).

Written to ``locviz/experiments/data/query_starts.json``. The table says, too, after which share of
plain DETR's steps each other variant first had plain DETR's final AP50.
"""

import argparse
import time
from dataclasses import replace

import torch

from locviz.data import Batches, Shapes
from locviz.data.scenes import Cached
from locviz.experiments.query_starts import (
    NUM,
    RESULTS,
    STARTS,
    cpu_seconds_to,
    final_ap50,
    results,
    runs_of,
    share_of_steps,
    steps_to,
)
from locviz.experiments.results_file import update
from locviz.models import DETR
from locviz.train import measure, train

COMMAND = "python benchmarks/query_starts.py"
BAR = 0.80
RECIPE = replace(DETR.recipes["shapes"], steps=800)
PROTOCOL = {
    "data": "shapes, level first: 5,000 training scenes drawn with the run's seed, 200 held-out scenes",
    "num_scenes": 5000,
    "num_test_scenes": 200,
    "num_queries": NUM,
    "recipe": {name: value for name, value in RECIPE.as_dict().items() if name != "seed"},
    "measured_every": 100,
    "threads": 1,
}


def scenes(split: str, num: int, seed: int) -> Cached:
    return Shapes(level="first", split=split, num_scenes=num, seed=seed).cached()


def run(name: str, seed: int) -> dict:
    """Train one variant with one seed."""
    training = scenes("train", PROTOCOL["num_scenes"], seed)
    test = scenes("test", PROTOCOL["num_test_scenes"], 0)
    detector = STARTS[name].detector(len(test.class_names), seed=seed)
    recipe = replace(RECIPE, seed=seed)
    batches = Batches(training, batch_size=recipe.batch_size, seed=seed)
    looks, spent, began = [], 0.0, time.process_time()
    for step in train(detector, batches, recipe):
        done = step.index + 1
        if done % PROTOCOL["measured_every"] and done != recipe.steps:
            continue
        spent += time.process_time() - began
        found = measure(step.detector, test, batch_size=50)
        looks.append({"step": done, "cpu_seconds": spent, "ap50": found.ap50, "ap": found.ap})
        print(
            f"  {name}, seed {seed}, step {done}: AP50 {found.ap50:.3f}, {spent:.0f} CPU-s",
            flush=True,
        )
        began = time.process_time()
    return {"start": name, "seed": seed, "looks": looks}


def record(found: dict) -> None:
    """Add one run to the file; another protocol's results are thrown away."""

    def change(known: dict) -> dict:
        if known.get("protocol") != PROTOCOL:
            known = {"command": COMMAND, "protocol": PROTOCOL, "runs": {}}
        known["torch"] = torch.__version__
        known["runs"][f"{found['start']}/{found['seed']}"] = found
        known["runs"] = dict(sorted(known["runs"].items()))
        return known

    update(RESULTS, change)


def known_runs() -> set[str]:
    """The runs that the file has under this protocol."""
    known = results() if RESULTS.exists() else {}
    return set(known["runs"]) if known.get("protocol") == PROTOCOL else set()


def show(found: dict) -> None:
    for name in STARTS:
        shares = share_of_steps(found, name)
        for seed, one in runs_of(found, name).items():
            curve = " ".join(f"{look['ap50']:.2f}" for look in one["looks"])
            print(
                f"{name}, seed {seed}: AP50 {curve}; {BAR} after {steps_to(one, BAR)} steps, "
                f"{cpu_seconds_to(one, BAR)} CPU-s; in the end {final_ap50(one):.3f}; plain DETR's "
                f"final AP50 after {shares.get(seed, float('nan')):.2f} of its steps"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--starts", nargs="+", choices=STARTS, default=list(STARTS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--only-table", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(PROTOCOL["threads"])
    for seed in arguments.seeds:  # outermost: one full seed is there as early as can be
        for name in [] if arguments.only_table else arguments.starts:
            if f"{name}/{seed}" in known_runs() and not arguments.again:
                continue
            record(run(name, seed))
    show(results())


if __name__ == "__main__":
    main()
