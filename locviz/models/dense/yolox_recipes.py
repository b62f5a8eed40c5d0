"""How ``yolox_tiny_course`` is trained on the generated scenes. ``benchmarks/yolox_tiny.py`` prints what it reaches."""

from collections.abc import Mapping
from types import MappingProxyType

from locviz.train import Recipe

# As fcos_tiny's, so that the two can be compared step by step.
YOLOX_TINY_BATCH_SIZE = 16

# AdamW at 2e-3 with a hundred steps of warm-up, as fcos_tiny: the released SGD with momentum is made for 300 epochs.
YOLOX_TINY_RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "shapes": Recipe(steps=400, lr=2e-3, warmup_steps=100),
        "digits": Recipe(steps=800, lr=2e-3, warmup_steps=100),
        "shapes-crowded": Recipe(steps=1200, lr=2e-3, warmup_steps=100),
    }
)
