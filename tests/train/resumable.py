"""A training run for the SIGKILL test: ``resumable.py CHECKPOINT WEIGHTS [resume]``, one line per
step.
"""

import sys
import time

import torch
from toy import Toy, ToyBatches

from locviz.train import Recipe, train

checkpoint, weights, *flags = sys.argv[1:]
torch.manual_seed(7)
detector = Toy()
recipe = Recipe(steps=60, warmup_steps=5, checkpoint_every=7, ema_decay=0.9, seed=3)
for step in train(detector, ToyBatches(), recipe, checkpoint=checkpoint, resume="resume" in flags):
    print(step.index, flush=True)
    time.sleep(0.01)  # so that the kill lands inside the run
torch.save(
    {**detector.state_dict(), **{f"ema.{k}": v for k, v in step.detector.state_dict().items()}},
    weights,
)
