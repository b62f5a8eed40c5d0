"""Endless, reproducible batches: the batch of step ``s``, augmentation included, is a pure function
of (seed, s).

So a run can be resumed exactly from nothing but the step number: there is no state of a sampler or
of a worker to save. Each pass over the data is a new permutation. A batch may hold the end of one
pass and the start of the next, so every batch is full.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from locviz.boxes import as_float32
from locviz.data.dataset import Example, Sample, SampleSet
from locviz.inputs import Inputs, batch_inputs
from locviz.types import (
    Targets,
)

Batch = tuple[list[Tensor] | Inputs, list[Targets]]
# (image, targets, generator) to a sample. All its random numbers must come from the generator,
# which makes the result reproducible.
Transform = Callable[[Tensor, Targets, torch.Generator], Sample]


class Batches:
    """The endless stream of training batches of a data set.

    Law: ``next(batches.starting_at(s))`` equals the ``s``-th batch of ``iter(batches)``, in any
    process; within one pass every sample comes exactly once. The global random state is neither
    read nor changed.

    Args:
        dataset: any map-style data set of (image, targets), or a plain list of such pairs.
        batch_size: images per batch.
        seed: of the order and of the augmentation.
        transform: ``transform(image, targets, generator)``, for instance ``Augmentation``; None
            changes nothing.

    Raises:
        ValueError: an empty data set, or a batch size below one.
    """

    def __init__(
        self, dataset: SampleSet, *, batch_size: int, seed: int, transform: Transform | None = None
    ):
        if len(dataset) == 0:
            raise ValueError(
                "dataset is empty, so no batch can be made: check its folder, split or num_scenes"
            )
        if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
            raise ValueError(f"batch_size must be a whole number of at least 1, got {batch_size!r}")
        if seed < 0:
            raise ValueError(f"seed must not be negative, got {seed}: give 0 or more")
        self.dataset = dataset
        self.batch_size = batch_size
        self.seed = seed
        self.transform = transform

    def __iter__(self) -> Iterator[Batch]:
        return self.starting_at(0)

    def starting_at(self, step: int) -> Iterator[Batch]:
        """Yield the batches of ``step``, ``step + 1`` and so on without end: images (3, h, w) and
        their targets, in two lists.

        Raises:
            ValueError: a negative step.
        """
        if step < 0:
            raise ValueError(f"step must not be negative, got {step}: give 0 or more")
        return self._from(step)

    def _from(self, step: int) -> Iterator[Batch]:
        epoch, order = -1, np.empty(0, dtype=np.int64)
        while True:
            samples = []
            # A position counts the samples since the first step: its quotient by the size of the
            # data set is the pass, its remainder the place within the pass.
            for position in range(step * self.batch_size, (step + 1) * self.batch_size):
                if position // len(self.dataset) != epoch:
                    epoch = position // len(self.dataset)
                    order = self._rng(0, epoch).permutation(len(self.dataset))
                samples.append(self._sample(int(order[position % len(self.dataset)]), position))
            yield collate(samples)
            step += 1

    def _sample(self, index: int, position: int) -> Sample:
        image, targets = self.dataset[index]
        if self.transform is None:
            return image, targets
        generator = torch.Generator().manual_seed(int(self._rng(1, position).integers(2**63)))
        return self.transform(image, targets, generator)

    def _rng(self, purpose: int, number: int) -> np.random.Generator:
        # The purpose (0 order, 1 augmentation) keeps the two from sharing random numbers.
        return np.random.default_rng([self.seed, purpose, number])


def collate(samples: Sequence[Example]) -> Batch:
    """Return the images and the targets of ``samples`` as two lists; also serves as a DataLoader's
    ``collate_fn``.

    Nothing is stacked, because images may differ in size; the detector pads them. Examples that
    are ``Inputs`` become the ``Inputs`` of the batch. Boxes ``(g, 2*dim)`` become float32, the type
    of the models. Readers give float64, which Apple's GPUs do not support.
    """
    inputs = batch_inputs([example for example, _ in samples])
    return inputs, [as_float32(targets) for _, targets in samples]
