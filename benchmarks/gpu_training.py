"""One part of ``benchmarks/gpu.py``: what the tiny presets learn on a GPU, by their recipes, and in
how many seconds.
"""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice

import torch
from gpu_machine import forget_peak, peak_memory
from gpu_report import Part, Setting
from torch import nn

from locviz.data import Batches, Digits, Shapes
from locviz.models import SYSTEMS, System, TwoStageDetector
from locviz.models.skeletons.given_proposals import GivenProposals
from locviz.priors import RegionGrouping, Remembered
from locviz.train import Recipe, Step, measure, train

# Who is given proposals learns from few images, whose proposals are found once: chapter 04.
GIVEN_SCENES = 400
# Of its seconds a row trains; the rest is for drawing scenes and measuring.
TRAINING = 0.7


def runs() -> dict[str, tuple[System, str]]:
    """Every recipe of every system, by the name of its row: the first data set of all of them, then
    the second.
    """
    trained = [system for system in SYSTEMS if system.recipes]
    longest = max(len(system.recipes) for system in trained)
    return {
        f"{system.tiny.__name__}, {data}": (system, data)
        for place in range(longest)
        for system in trained
        for data in islice(system.recipes, place, place + 1)
    }


RUNS: Mapping[str, tuple[System, str]] = runs()
# Found on the CPU, by what several rows share.
PROPOSALS = Remembered(RegionGrouping())


@cache
def scenes(data: str, split: str, num: int | None):
    """The generated scenes that a recipe is for; all of them where ``num`` is None.

    Raises:
        ValueError: no generated scenes have this name.
    """
    if data == "digits":
        return Digits(split=split, num_scenes=num).cached()
    levels = {"shapes": "first", "shapes-crowded": "crowded"}
    if data not in levels:
        raise ValueError(
            f"no scenes are called {data!r}: teach benchmarks/gpu_training.py to draw them"
        )
    return Shapes(level=levels[data], split=split, num_scenes=num).cached()


def is_given_proposals(detector: nn.Module) -> bool:
    return isinstance(detector, TwoStageDetector) and isinstance(detector.proposer, GivenProposals)


def find_proposals(detector: nn.Module, *sets) -> None:
    """Find the proposals of all images before the clock starts, as R-CNN kept them on disk."""
    assert isinstance(detector, TwoStageDetector)
    detector.proposer = GivenProposals(PROPOSALS)
    for samples in sets:
        PROPOSALS([samples[index][0] for index in range(len(samples))])


def trained(detector: nn.Module, batches: Batches, recipe: Recipe, seconds: float) -> list[Step]:
    """Train by the recipe, or until the seconds are over: the steps that were made."""
    end = time.perf_counter() + seconds
    steps = []
    for step in train(detector, batches, recipe):
        steps.append(step)
        if time.perf_counter() > end:
            break
    return steps


def training(row: str, seconds: float, setting: Setting) -> Sequence[str]:
    began = time.perf_counter()
    system, data = RUNS[row]
    recipe = system.recipes[data]
    if setting.tiny:
        recipe = replace(recipe, steps=2, batch_size=2, warmup_steps=1)
    torch.manual_seed(recipe.seed)
    test = scenes(data, "test", 4 if setting.tiny else None)
    detector = system.tiny(len(test.class_names))
    given = is_given_proposals(detector)
    samples = scenes(data, "train", 4 if setting.tiny else GIVEN_SCENES if given else None)
    if given:
        find_proposals(detector, samples, test)
    forget_peak(setting)
    batches = Batches(samples, batch_size=recipe.batch_size, seed=recipe.seed)
    started = time.perf_counter()
    steps = trained(detector, batches, recipe, TRAINING * seconds - (started - began))
    took = time.perf_counter() - started
    memory = peak_memory(setting)
    found = measure(steps[-1].detector, test, batch_size=50)
    each = statistics.median(step.seconds for step in steps) * 1e3
    done = f"{len(steps)} of {recipe.steps}, {recipe.batch_size} images"
    return [done, f"{took:.1f}", f"{each:.0f}", f"{found.ap50:.3f}", f"{found.ap:.3f}", memory]


def part(title: str, rows: Sequence[str], share: float, about: str) -> Part:
    columns = ("preset and data", "steps", "seconds", "ms per step", "AP50", "AP", "peak memory")
    return Part(
        title=title, about=about, columns=columns, rows=tuple(rows), measure=training, share=share
    )


NUM_FIRST = sum(bool(system.recipes) for system in SYSTEMS)
FIRST = part(
    "Tiny presets, trained by their recipes",
    list(RUNS)[:NUM_FIRST],
    share=40,
    about=(
        "`train` with bfloat16 autocast and channels-last, one seed; AP on the held-out scenes. "
        "Seconds are wall time of the training alone. Proposals of R-CNN and Fast R-CNN are found "
        f"before, on the CPU, for {GIVEN_SCENES} training scenes as in chapter 04; R-CNN is "
        "measured after fine-tuning, before the SVMs and the box regressors, which a CPU fits."
    ),
)
OTHERS = part(
    "Tiny presets on their other data",
    list(RUNS)[NUM_FIRST:],
    share=4,
    about="As above, as far as the seconds reach.",
)
