"""From clips of features to one padded batch: what ``Prepare`` does for images, along time."""

from collections.abc import Sequence
from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from locviz.inputs import Inputs, PreparedBatch, as_inputs


@final
class PrepareClips(nn.Module):
    """Pad clips (t, c) at their end to one length, as (b, c, t); features stay as they are.

    Law: padding changes no span's start or end; ``span * scale`` counts in steps of the features.

    Args:
        step: how long one step of the features lasts, in the units of the spans: 2 s in
            QVHighlights, 1 where spans count in steps.
        divisor: pad the length to a multiple of this, the coarsest stride.
    """

    def __init__(self, *, step: float = 1.0, divisor: int = 1):
        super().__init__()
        if not step > 0 or divisor < 1:
            raise ValueError(
                "PrepareClips needs a positive step and a divisor of at least 1, "
                f"got step={step}, divisor={divisor}"
            )
        self.step, self.divisor = step, divisor

    def forward(self, inputs: Inputs | Sequence[Tensor]) -> PreparedBatch:
        """Return the batch (b, c, t) on the device of the clips (t, c); texts are passed on.

        Raises:
            ValueError: there is no clip, or one is not (t, c) with at least one step.
        """
        inputs = as_inputs(inputs)
        if not inputs.clips:
            raise ValueError("inputs hold no clips: give (t, c) features, or Inputs(clips=...)")
        for index, clip in enumerate(inputs.clips):
            if clip.ndim != 2 or not len(clip) or not clip.is_floating_point():
                raise ValueError(
                    f"clips[{index}] must be float features (t, c), got {tuple(clip.shape)}"
                )
        longest = max(len(clip) for clip in inputs.clips)
        # Rounded up to a multiple of the divisor.
        length = -(-longest // self.divisor) * self.divisor
        # (t, c) to (c, t): convolutions run along the last axis.
        values = torch.stack([F.pad(clip.T, (0, length - len(clip))) for clip in inputs.clips])
        sizes = tuple((len(clip) * self.step,) for clip in inputs.clips)
        scales = values.new_full((len(values), 1), 1 / self.step)
        return PreparedBatch(values, sizes, scales, texts=inputs.texts)
