"""One base detector, continued with and without mutual labelling and IoU rescoring
(arXiv:2103.08958), and with what that paper compares with.

    python benchmarks/harmonised.py
        everything that is not in the results yet: about forty minutes on one core
    python benchmarks/harmonised.py --study fcos --seeds 0 --variants plain both
        these runs
    python benchmarks/harmonised.py --table
        no training: the figures beside the paper's

A base is trained with the plain losses at a constant learning rate, as the paper's first half is.
Every variant continues *the same* base on the same batches, with a learning rate that falls to zero,
also the one without any change. So all have had the same number of steps, and differ in the second
part alone. Training scenes are drawn with the run's seed; the test scenes are the same for all.
Training boxes of ``misaligned`` are inaccurate by up to a tenth of their sides. Every run is written
to ``locviz/experiments/data/harmonised.json`` as it ends; ``locviz.experiments.harmonised`` reads it.

What came out on crowded scenes, against the baseline continued from the same base. Mutual labelling
raises the rank correlation per object and AP in each of three seeds where its candidates lie on the
level of their object; with candidates on all levels the correlation before suppression rises three
times as much, and AP falls. IoU rescoring raises AP in each of three seeds; of the pooled
correlations the one over all points inside rises in each, the one before suppression in two. With
IoU-guided NMS its predictions lose AP, as in the paper. A gamma of 4 is better than 1 at the one seed
that was tried (AP 54.7, not 53.8).

On RetinaNet mutual labelling raises AP, AP75, all four correlations, and on the RPN the average recall,
each in every one of three seeds, AP50 in one; the gains of AP (+0.9 on average, +1.0 with rescoring) are
near the paper's +0.8 and +1.5. Rescoring raises RetinaNet's AP in two seeds, and not the RPN's recall.
"""

import argparse
import copy
import tempfile
import time
from functools import lru_cache
from pathlib import Path
from statistics import mean
from typing import Any

import torch

from locviz.data import Batches, Misaligned, Shapes
from locviz.experiments.harmonised import (
    ABLATIONS,
    BASELINE,
    REPORTED,
    RESULTS,
    SHOWN,
    STUDIES,
    by_seed,
    gains,
    results,
)
from locviz.experiments.results_file import update
from locviz.train import Recipe, train

COMMAND = "python benchmarks/harmonised.py"
PROTOCOL = {
    "batch_size": 8,
    "lr": 2e-3,
    "border_noise": 0.1,
    "num_scenes": 1024,
    "num_test_scenes": 200,
    "steps": {"fcos": [1400, 260], "retinanet": [700, 160], "rpn": [400, 150]},
    "threads": 1,
}
DENSE = ("ap", "ap50", "ap75", "spearman", "pooled", "spearman_inside", "pooled_inside")


@lru_cache(maxsize=1)
def scenes(data: str, seed: int) -> tuple[Any, Any]:
    """Training scenes of this seed, and the test scenes."""
    num, num_test = PROTOCOL["num_scenes"], PROTOCOL["num_test_scenes"]
    if data == "crowded":
        return (
            Shapes(level="crowded", num_scenes=num, seed=seed).cached(),
            Shapes(level="crowded", split="test", num_scenes=num_test).cached(),
        )
    noise = PROTOCOL["border_noise"]
    return (
        Misaligned(num_scenes=num, seed=seed, border_noise=noise).cached(),
        Misaligned(split="test", num_scenes=num_test).cached(),
    )


def base(study: str, data: str, seed: int, train_scenes: Any, folder: Path) -> torch.nn.Module:
    """Train the base, or read what an earlier call has kept."""
    torch.manual_seed(seed)
    detector = STUDIES[study].build(len(train_scenes.class_names))
    path = folder / f"{study}-{data}-{seed}.pt"
    if path.exists():
        detector.load_state_dict(torch.load(path, weights_only=True))
        return detector
    steps = PROTOCOL["steps"][study][0]
    recipe = Recipe(steps=steps, lr=PROTOCOL["lr"], warmup_steps=100, final_lr=1.0, seed=seed)
    for _ in train(detector, batches(train_scenes, seed), recipe):
        pass
    torch.save(detector.state_dict(), path)
    return detector


def batches(train_scenes: Any, seed: int) -> Batches:
    return Batches(train_scenes, batch_size=PROTOCOL["batch_size"], seed=seed)


def continued(study: str, variant: str, detector, seed: int, train_scenes: Any):
    """A copy of the base, changed and trained on; other batches than the base's."""
    ours = copy.deepcopy(detector)
    STUDIES[study].variants[variant].change(ours)
    steps = PROTOCOL["steps"][study][1]
    # Few steps of warm-up, for the optimiser is a new one.
    recipe = Recipe(steps=steps, lr=PROTOCOL["lr"], warmup_steps=20, seed=1000 + seed)
    for _ in train(ours, batches(train_scenes, 1000 + seed), recipe):
        pass
    return ours


def run(study: str, data: str, seed: int, variants: list[str], folder: Path) -> None:
    train_scenes, test_scenes = scenes(data, seed)
    start = base(study, data, seed, train_scenes, folder)
    if key(study, data, "base", seed) not in known():
        record(study, data, "base", seed, STUDIES[study].measure(start, test_scenes))
    for name in variants:
        began = time.process_time()
        detector = continued(study, name, start, seed, train_scenes)
        record(study, data, name, seed, STUDIES[study].measure(detector, test_scenes))
        for other, change in STUDIES[study].variants[name].shown.items():
            change(detector)
            found = STUDIES[study].measure(detector, test_scenes)
            # Only the selection differs: the correlations are those of the class score alone.
            record(study, data, other, seed, {k: found[k] for k in ("ap", "ap50", "ap75")})
        print(f"  {time.process_time() - began:.0f} CPU-s", flush=True)


def key(study: str, data: str, variant: str, seed: int) -> str:
    return f"{study}/{data}/{variant}/{seed}"


def known() -> dict[str, Any]:
    """The runs in the file, if they are of this protocol."""
    found = results() if RESULTS.exists() else {}
    return found["runs"] if found.get("protocol") == PROTOCOL else {}


def record(study: str, data: str, variant: str, seed: int, figures: dict[str, float]) -> None:
    """Merge one run into the file; another protocol's results are thrown away."""

    def change(found: dict[str, Any]) -> dict[str, Any]:
        if found.get("protocol") != PROTOCOL:
            found = {"command": COMMAND, "protocol": PROTOCOL, "runs": {}}
        entry = {"study": study, "data": data, "variant": variant, "seed": seed, **figures}
        runs = {**found["runs"], key(study, data, variant, seed): entry}
        return {**found, "torch": torch.__version__, "runs": dict(sorted(runs.items()))}

    update(RESULTS, change)
    shown = ", ".join(f"{name} {value:.3f}" for name, value in figures.items())
    print(f"{study}, {data}, {variant}, seed {seed}: {shown}", flush=True)


def print_table(study: str, data: str) -> None:
    """Means over the seeds, gains over the continued baseline seed by seed, and the paper's rows."""
    found = results()
    seeds = by_seed(found, study, BASELINE, DENSE[0] if study != "rpn" else "ar5", data=data)
    if not seeds:
        return
    figures = DENSE if study != "rpn" else ("ar5", "ar15", "ar50")
    print(f"\n{STUDIES[study].title}, {data}, seeds {list(seeds)}: means, and gains by seed")
    titles = {name: variant.title for name, variant in STUDIES[study].variants.items()}
    for name, title in {"base": "the base itself", **titles, **SHOWN}.items():
        cells = []
        for figure in figures:
            values = by_seed(found, study, name, figure, data=data)
            if values:
                gained = gains(found, study, name, figure, data=data).values()
                change = " ".join(f"{100 * value:+.1f}" for value in gained)
                cells.append(f"{figure} {100 * mean(values.values()):.1f} ({change})")
        reported = REPORTED[study].get(name, {})
        paper = ", ".join(f"{figure} {value:g}" for figure, value in reported.items())
        if cells:
            print(f"  {title}: {'; '.join(cells)}{f'  [paper: {paper}]' if paper else ''}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--study", nargs="+", choices=STUDIES, default=list(STUDIES))
    parser.add_argument("--data", choices=("crowded", "misaligned"), default="crowded")
    parser.add_argument("--variants", nargs="+", help="without it: all but the ablations")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--bases", type=Path, help="a folder that keeps the trained bases")
    parser.add_argument("--table", action="store_true", help="train nothing")
    options = parser.parse_args()
    torch.set_num_threads(PROTOCOL["threads"])
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.bases or Path(temporary)
        for seed in options.seeds if not options.table else ():
            for study in options.study:
                usual = [name for name in STUDIES[study].variants if name not in ABLATIONS]
                wanted = options.variants or usual
                done = known()
                missing = [n for n in wanted if key(study, options.data, n, seed) not in done]
                if missing:
                    run(study, options.data, seed, missing, folder)
    for study in options.study:
        print_table(study, options.data)


if __name__ == "__main__":
    main()
