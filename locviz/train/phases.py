"""A training whose rules change on the way: plain losses first, then others, in one run."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from torch import nn

from locviz.train.checkpoint import Checkpoint
from locviz.train.loop import Batched, Step, train
from locviz.train.recipe import Recipe

# Changes a detector's rules in place, such as its assigner or its loss, and not its weights.
Change = Callable[[nn.Module], None]


def train_in_phases(
    detector: nn.Module,
    batches: Batched,
    recipe: Recipe,
    changes: Mapping[int, Change],
    *,
    checkpoint: str | Path | None = None,
    resume: bool = False,
    accelerator: Any = None,
) -> Iterator[Step]:
    """``train``, with the detector changed before some of the steps.

    An assigner that looks at predictions has nothing to look at in the first steps, so its papers
    begin with a plain rule ("Modulating localization and classification", arXiv:2103.08958, section
    4.1, for half of the epochs)::

        def modulate(detector):
            detector.assigner = MutualLabelling()
            detector.criterion = WithTerms(fcos_loss(quality=None), {"iou": IoURescoring()})

        for step in train_in_phases(detector, batches, recipe, {500: modulate}): ...

    Schedule and optimiser go on. A layer that only a later phase trains must be there from the
    start, as the optimiser is made then; without a gradient it keeps its first weights. Weights are
    saved with a checkpoint, but not rules: a resumed run makes again all changes that the saved one
    had made, so it is the same, bit for bit on a CPU, as one that never stopped.

    Args:
        detector, batches, recipe, checkpoint, resume, accelerator: as in ``train``.
        changes: by the index of the step before which each is made; several follow each other in
            the order of their steps.

    Raises:
        ValueError: a change is due before step 0, or after the last step.
    """
    if wrong := [index for index in changes if not 0 <= index < recipe.steps]:
        raise ValueError(
            f"changes has step {wrong[0]}, but the recipe has steps 0 to {recipe.steps - 1}: a change is made before "
            "the step of its index"
        )
    start = Checkpoint.load(checkpoint, map_location="cpu").step if resume and checkpoint else 0
    for index in sorted(index for index in changes if index <= start):
        changes[index](detector)
    for step in train(
        detector, batches, recipe, checkpoint=checkpoint, resume=resume, accelerator=accelerator
    ):
        yield step
        # After the caller has seen the step, so that it evaluates what was trained.
        if step.index + 1 in changes:
            changes[step.index + 1](detector)
