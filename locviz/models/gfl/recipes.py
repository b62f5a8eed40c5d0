"""How ``gfl_tiny`` is trained on the generated scenes. ``benchmarks/tiny.py gfl_tiny`` prints what
each recipe reaches.
"""

from collections.abc import Mapping
from types import MappingProxyType

from locviz.train.recipe import Recipe

# fcos_tiny's numbers, so that the two can be compared; not tuned again.
RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {"shapes": Recipe(steps=500, lr=2e-3, warmup_steps=100)}
)
