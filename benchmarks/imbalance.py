"""One detector, scenes that are nearly all background; only the loss of the classes changes, and the
probability with which the head starts. What comes out?

    python benchmarks/imbalance.py
        everything: about 20 minutes on one core; runs that the file has already are kept
    python benchmarks/imbalance.py --remedies focal --seeds 0 [--again]
        these runs; --again trains them although the file has them
    python benchmarks/imbalance.py --only-plain
        the first steps with plain gradient descent alone: a minute or two

Each run trains ``retinanet_tiny`` from scratch on scenes of level sparse, where more than a thousand
anchors have background for each that has an object. Runs of one seed start from the same weights and
see the same batches. On 200 held-out scenes: AP and AP50 after 100, 200 and 300 steps. On 16 fixed
scenes, at chosen steps: who holds the gradient of the classification (easy negatives, hard
negatives, positives). Of every tenth step: the loss of the classes.

Afterwards the first 60 steps of cross entropy and focal loss with plain stochastic gradient descent,
as RetinaNet's paper trains: nothing is cut, and there is no warm-up. A run that meets a number which
is not finite ends there.

Written to ``locviz/experiments/data/imbalance.json``, which chapter 08 shows.
"""

import argparse
import time

import torch

from locviz.data import Batches, Shapes
from locviz.data.scenes import Cached
from locviz.experiments.imbalance import (
    EASY,
    REMEDIES,
    RESULTS,
    count_priors,
    held_gradient,
    results,
)
from locviz.experiments.results_file import update
from locviz.train import Recipe, measure, train
from locviz.train.recipe import SGD

COMMAND = "python benchmarks/imbalance.py"
PROTOCOL = {
    "data": "shapes, level sparse: 2,048 training scenes drawn with the run's seed, 200 held-out scenes",
    "num_scenes": 2048,
    "num_test_scenes": 200,
    "num_fixed_scenes": 16,
    "steps": 300,
    "batch_size": 8,
    "lr": 2e-3,
    "warmup_steps": 50,
    "clip_norm": 10.0,
    "easy": EASY,
    "detector": "retinanet_tiny",
    "measured_after": [100, 200, 300],
    "looked_after": [0, 10, 50, 100, 200, 300],
    "threads": 1,
}
PLAIN = {
    "remedies": ["cross_entropy", "cross_entropy_half", "focal", "focal_half"],
    "steps": 60,
    "batch_size": 8,
    # With the paper's 0.01 cross entropy diverges here with either prior.
    "lr": 0.001,
    "momentum": 0.9,
    "clip_norm": None,
    "warmup_steps": 0,
}
RECIPE = ("steps", "batch_size", "lr", "warmup_steps", "clip_norm")


def scenes(split: str, num: int, seed: int) -> Cached:
    return Shapes(level="sparse", split=split, num_scenes=num, seed=seed).cached()


def run(name: str, seed: int) -> dict:
    """Train one remedy with one seed."""
    training, test = (
        scenes("train", PROTOCOL["num_scenes"], seed),
        scenes("test", PROTOCOL["num_test_scenes"], 0),
    )
    images, targets = zip(*(test[i] for i in range(PROTOCOL["num_fixed_scenes"])), strict=True)
    detector = REMEDIES[name].detector(len(test.class_names), seed=seed)
    recipe = Recipe(**{key: PROTOCOL[key] for key in RECIPE}, seed=seed)
    batches = Batches(training, batch_size=recipe.batch_size, seed=seed)
    held = {0: held_gradient(detector, images, targets)}
    losses, curve = [], {}
    for step in train(detector, batches, recipe):
        if step.index % 10 == 0:
            losses.append(step.losses["classification"])
        done = step.index + 1
        if done in PROTOCOL["looked_after"]:
            held[done] = held_gradient(detector, images, targets)
        if done in PROTOCOL["measured_after"]:
            found = measure(detector, test, batch_size=50)
            curve[done] = {"ap": found.ap, "ap50": found.ap50}
    return {
        "remedy": name,
        "seed": seed,
        "curve": curve,
        "held": {done: list(shares) for done, shares in held.items()},
        "losses": losses,
        "priors": list(count_priors(detector, images, targets)),
    }


def plain(name: str, seed: int) -> dict:
    """The loss of the classes in the first steps of plain gradient descent, as far as they go."""
    training = scenes("train", PROTOCOL["num_scenes"], seed)
    detector = REMEDIES[name].detector(len(training.class_names), seed=seed)
    recipe = Recipe(**{key: PLAIN[key] for key in RECIPE}, optimizer=SGD, final_lr=1.0, seed=seed)
    losses = []
    try:
        for step in train(detector, Batches(training, batch_size=8, seed=seed), recipe):
            losses.append(step.losses["classification"])
    except FloatingPointError as error:
        print(f"{name}, seed {seed}: {error}")
    return {"remedy": name, "seed": seed, "losses": losses}


def record(part: str, name: str, found: dict) -> None:
    """Add one run to the results file, to its ``"runs"`` or ``"plain"``; another protocol's results
    are thrown away.
    """

    def change(known: dict) -> dict:
        if known.get("protocol") != PROTOCOL:
            known = {"command": COMMAND, "protocol": PROTOCOL, "runs": {}, "plain": {}}
        known |= {"torch": torch.__version__, "plain_protocol": PLAIN}
        known[part] = dict(sorted({**known[part], name: found}.items()))
        return known

    update(RESULTS, change)


def known_runs() -> set[str]:
    """The runs that the file has under this protocol."""
    known = results() if RESULTS.exists() else {}
    return set(known["runs"]) if known.get("protocol") == PROTOCOL else set()


def summary(found: dict) -> str:
    ap50 = " ".join(f"{figures['ap50']:.3f}" for figures in found["curve"].values())
    ap = " ".join(f"{figures['ap']:.3f}" for figures in found["curve"].values())
    easy = " ".join(f"{shares[0]:.3f}" for shares in found["held"].values())
    first = " ".join(f"{loss:.3g}" for loss in found["losses"][:5])
    return f"AP {ap}, AP50 {ap50}; easy negatives hold {easy}; every tenth loss {first}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--remedies", nargs="+", choices=REMEDIES, default=list(REMEDIES))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--only-plain", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(PROTOCOL["threads"])
    for seed in arguments.seeds:  # outermost: one full seed is there as early as can be
        for name in [] if arguments.only_plain else arguments.remedies:
            if f"{name}/{seed}" in known_runs() and not arguments.again:
                continue
            began = time.process_time()
            found = run(name, seed)
            record("runs", f"{name}/{seed}", found)
            spent = time.process_time() - began
            print(f"{name}, seed {seed}: {summary(found)}; {spent:.0f} CPU-s", flush=True)
    for seed in arguments.seeds:
        for name in PLAIN["remedies"]:
            found = plain(name, seed)
            record("plain", f"{name}/{seed}", found)
            shown = " ".join(f"{loss:.3g}" for loss in found["losses"][::6])
            print(f"{name}, seed {seed}, plain: every sixth loss {shown}", flush=True)


if __name__ == "__main__":
    main()
