"""The three parts of the poster "classification-localization balance", alone and together.

    python benchmarks/balanced.py
        everything that is not in the results yet: about half an hour on one core
    python benchmarks/balanced.py --seeds 0 --trainings plain iac
        these runs
    python benchmarks/balanced.py --table
        no training: the figures beside the poster's

Each run trains ``retinanet_tiny`` without its finest level, from scratch, on scenes made to
misalign, whose training boxes are inaccurate by up to a tenth of their sides; runs of one seed start
from the same weights and see the same batches. Suppression needs no training: each detector is judged
with plain NMS, with classification-localization balanced NMS, and with its equation 7 as printed. On
250 held-out scenes with exact boxes: AP, AP50, AP75, and the rank correlation of score and IoU before
suppression, per object and pooled. On 48 of them: positives per object. Written to
``locviz/experiments/data/balanced.json`` as each run ends; ``locviz.experiments.balanced`` reads it.
"""

import argparse
import time
from statistics import mean
from typing import Any

import torch

from locviz.data import Batches, Misaligned
from locviz.experiments.balanced import (
    ABLATIONS,
    RESULTS,
    ROWS,
    TRAININGS,
    by_seed,
    coefficients,
    figures,
    flood,
    gains,
    positives,
    results,
)
from locviz.experiments.results_file import update
from locviz.train import Recipe, train

COMMAND = "python benchmarks/balanced.py"
PROTOCOL = {
    "detector": "retinanet_tiny without its finest level",
    "steps": 450,
    "batch_size": 16,
    "lr": 3e-3,
    "warmup_steps": 60,
    "border_noise": 0.1,
    "num_scenes": 1024,
    "num_test_scenes": 250,
    "num_fixed_scenes": 48,
    "threads": 1,
}
ALL = {**TRAININGS, **ABLATIONS}
FIGURES = ("ap", "ap50", "ap75", "spearman", "pooled")


def run(name: str, seed: int, train_scenes: Any, test_scenes: Any, fixed: Any) -> dict[str, Any]:
    """Train one way with one seed, and measure."""
    torch.manual_seed(seed)
    detector = ALL[name].build(len(test_scenes.class_names))
    found: dict[str, Any] = {"training": name, "seed": seed}
    if name == "plain":
        found["flood_untrained"] = flood(detector, fixed)
    recipe = Recipe(
        steps=PROTOCOL["steps"], lr=PROTOCOL["lr"], warmup_steps=PROTOCOL["warmup_steps"], seed=seed
    )
    batches = Batches(train_scenes, batch_size=PROTOCOL["batch_size"], seed=seed)
    for _ in train(detector, batches, recipe):
        pass
    # The other selections are judged where the table has a row for them.
    named = dict.fromkeys(row.selection for row in ROWS.values() if row.training == name)
    found |= figures(detector, test_scenes, selections=tuple(named))
    found["positives"] = positives(detector, fixed)
    if name == "plain":
        found["flood"] = flood(detector, fixed)
        found["coefficients"] = coefficients(detector, fixed)
    return found


def known() -> dict[str, Any]:
    """What is in the file already, if it was run by this protocol."""
    found = results() if RESULTS.exists() else {}
    return found["runs"] if found.get("protocol") == PROTOCOL else {}


def record(entry: dict[str, Any]) -> None:
    """Merge one run into the file; another protocol's results are thrown away."""

    def change(found: dict[str, Any]) -> dict[str, Any]:
        if found.get("protocol") != PROTOCOL:
            found = {"command": COMMAND, "protocol": PROTOCOL, "runs": {}}
        runs = {**found["runs"], f"{entry['training']}/{entry['seed']}": entry}
        return {**found, "torch": torch.__version__, "runs": dict(sorted(runs.items()))}

    update(RESULTS, change)


def print_table() -> None:
    """Means over the seeds, gains over the baseline seed by seed, and the poster's rows."""
    found = results()
    for name, row in ROWS.items():
        seeds = list(by_seed(found, name, "ap"))
        cells = []
        for figure in FIGURES if seeds else ():
            change = " ".join(f"{100 * gain:+.1f}" for gain in gains(found, name, figure).values())
            cells.append(
                f"{figure} {100 * mean(by_seed(found, name, figure).values()):.1f} ({change})"
            )
        paper = (
            "[poster: AP {} AP50 {} AP75 {}, VOC {}]".format(*row.reported) if row.reported else ""
        )
        if cells:
            print(f"{row.title}, seeds {seeds}: {'; '.join(cells)} {paper}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--trainings", nargs="+", choices=ALL, default=list(ALL))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--table", action="store_true", help="train nothing")
    options = parser.parse_args()
    torch.set_num_threads(PROTOCOL["threads"])
    if not options.table:
        test_scenes = Misaligned(split="test", num_scenes=PROTOCOL["num_test_scenes"]).cached()
        fixed = Misaligned(split="test", num_scenes=PROTOCOL["num_fixed_scenes"]).cached()
        for seed in options.seeds:
            missing = [n for n in options.trainings if f"{n}/{seed}" not in known()]
            if not missing:
                continue
            train_scenes = Misaligned(
                num_scenes=PROTOCOL["num_scenes"],
                seed=seed,
                border_noise=PROTOCOL["border_noise"],
            ).cached()
            for name in missing:
                began = time.process_time()
                found = run(name, seed, train_scenes, test_scenes, fixed)
                record(found)
                spent = time.process_time() - began
                shown = ", ".join(f"{key} {100 * found['greedy'][key]:.1f}" for key in FIGURES[:3])
                print(f"{name}, seed {seed}: {shown}; {spent:.0f} CPU-s", flush=True)
    print_table()


if __name__ == "__main__":
    main()
