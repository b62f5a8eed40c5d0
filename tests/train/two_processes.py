"""One of two processes of a run under accelerate: ``two_processes.py FOLDER``."""

import sys
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import nn
from toy import Toy, ToyBatches

from locviz.train import SGD, Recipe, train


class Half:
    """This process's half of every batch."""

    def __init__(self, rank: int):
        self.rank = rank

    def starting_at(self, step):
        for images, targets in ToyBatches().starting_at(step):
            yield images[self.rank :: 2], targets[self.rank :: 2]


def linear() -> Toy:
    """No norm and no dropout: then two halves and the whole are the same arithmetic."""
    torch.manual_seed(0)
    detector = Toy()
    detector.body = nn.Sequential(nn.Linear(3, 4))
    return detector


folder = Path(sys.argv[1])
recipe = Recipe(steps=5, warmup_steps=0, lr=0.1, optimizer=SGD, checkpoint_every=5)
accelerator = Accelerator(cpu=True)
assert accelerator.num_processes == 2
detector = linear()
for _ in train(
    detector,
    Half(accelerator.process_index),
    recipe,
    accelerator=accelerator,
    checkpoint=folder / "run.pt",
):
    pass
torch.save(detector.body.state_dict(), folder / f"rank{accelerator.process_index}")
if accelerator.is_main_process:
    alone = linear()
    for _ in train(alone, ToyBatches(), recipe):
        pass
    torch.save(alone.body.state_dict(), folder / "single")
accelerator.wait_for_everyone()
# Without this a process whose partner has gone first may abort on its way out ("terminate called
# without ...").
accelerator.end_training()
