"""How ``detr_tiny_selected`` is trained on the generated scenes. ``benchmarks/tiny.py
detr_tiny_selected`` prints what the recipe reaches. ``detr_tiny`` itself, with the same numbers, has
hardly begun after so few steps: ``benchmarks/query_starts.py`` compares the two.
"""

from collections.abc import Mapping
from types import MappingProxyType

from locviz.train.recipe import Recipe

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        # The limit of the gradient's norm is a tenth of what the dense detectors have: at 10, one
        # bad batch undoes what many steps have learned. Twice this rate learns more slowly, DETR's
        # own, 1e-4, is for 300 epochs of COCO.
        "shapes": Recipe(steps=700, lr=5e-4, clip_norm=1.0)
    }
)
