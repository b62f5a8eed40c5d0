"""How ``faster_rcnn_tiny`` is trained on the generated scenes. ``benchmarks/faster_rcnn_tiny.py`` prints what each
recipe reaches.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from locviz.train import Recipe

# As fcos_tiny, so that the two can be compared; batch norm likes it too.
FASTER_RCNN_TINY_BATCH_SIZE = 16

FASTER_RCNN_TINY_RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "shapes": Recipe(steps=700, lr=2e-3, warmup_steps=100),
        "shapes-crowded": Recipe(steps=1200, lr=2e-3, warmup_steps=100),
    }
)

FASTER_RCNN_TINY_LIVE = replace(FASTER_RCNN_TINY_RECIPES["shapes"], steps=500)
