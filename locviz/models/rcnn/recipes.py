"""How ``rcnn_tiny`` is fine-tuned, and ``fast_rcnn_tiny`` trained, so that the two compare: chapter
04 does it live and prints what they reach.
"""

from collections.abc import Mapping
from types import MappingProxyType

from locviz.train.recipe import Recipe

# The proposals of 400 scenes are found once and kept, so that a live cell can train on each scene
# five times: 250 steps with batches of 8. AdamW and its learning rate are fcos_tiny's.
RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {"shapes": Recipe(steps=250, batch_size=8, lr=2e-3, warmup_steps=20)}
)
