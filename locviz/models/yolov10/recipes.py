"""How ``yolov10_tiny`` is trained on the generated scenes."""

from collections.abc import Mapping
from types import MappingProxyType

from locviz.train.recipe import Recipe

RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "shapes": Recipe(steps=600, lr=2e-3, warmup_steps=100),
    }
)
