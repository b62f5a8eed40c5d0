"""How ``detr_tiny`` is trained on the generated scenes. ``benchmarks/tiny.py detr_tiny`` prints what
the recipe reaches.
"""

from collections.abc import Mapping
from types import MappingProxyType

from locviz.train.recipe import Recipe

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        # Not tuned yet. The limit of the gradient's norm is DETR's own, a hundredth of what the
        # dense detectors have: at 10, one bad batch undoes what many steps have learned. DETR's
        # rate of 1e-4 is for 300 epochs of COCO.
        "shapes": Recipe(steps=2000, lr=5e-4, warmup_steps=100, clip_norm=0.1)
    }
)
