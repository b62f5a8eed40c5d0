"""How ``deformable_detr_tiny`` is trained on the generated scenes. ``benchmarks/tiny.py
deformable_detr_tiny`` prints what the recipe reaches.
"""

from collections.abc import Mapping
from types import MappingProxyType

from locviz.train.recipe import Recipe

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        # Not tuned yet: DETR's tiny recipe, so that the two can be compared step by step. The limit
        # of the gradient's norm is the authors' own.
        "shapes": Recipe(steps=2000, lr=5e-4, warmup_steps=100, clip_norm=0.1)
    }
)
