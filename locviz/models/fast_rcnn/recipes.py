"""How ``fast_rcnn_tiny`` is fine-tuned: chapter 04 does it live and prints what it reaches."""

from collections.abc import Mapping
from types import MappingProxyType

from locviz.train.recipe import Recipe

# Proposals of 400 scenes are found once and kept, so that a live cell can pass over them five
# times: batches of 8 for 250 steps. AdamW and its learning rate are fcos_tiny's.
RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {"shapes": Recipe(steps=250, batch_size=8, lr=2e-3, warmup_steps=20)}
)
