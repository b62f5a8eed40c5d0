"""How ``deformable_detr_tiny`` is trained on the generated scenes. ``benchmarks/tiny.py
deformable_detr_tiny`` prints what the recipe reaches.
"""

from collections.abc import Mapping
from types import MappingProxyType

from locviz.train.recipe import Recipe

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        # The numbers of DETR's tiny recipe, so that the two can be compared step by step.
        "shapes": Recipe(steps=2000, lr=5e-4, clip_norm=1.0)
    }
)
