"""Training as a generator, recipes, checkpoints, and running a detector over a dataset."""

from locviz.train.checkpoint import Checkpoint, load_weights
from locviz.train.device import device
from locviz.train.ema import Ema
from locviz.train.inference import evaluating, measure, predict
from locviz.train.loop import Batched, Step, train
from locviz.train.phases import train_in_phases
from locviz.train.recipe import SGD, Recipe, parameter_groups
from locviz.train.threads import one_thread_per_cpu, usable_cpus

__all__ = [
    "SGD", "Batched", "Checkpoint", "Ema", "Recipe", "Step", "device", "evaluating", "load_weights", "measure",
    "one_thread_per_cpu", "parameter_groups", "predict", "train", "train_in_phases",
    "usable_cpus",
]  # fmt: skip
