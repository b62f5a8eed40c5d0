"""AssignLab: drag ground truths over a scene and see which priors are responsible for them."""

from locviz.widgets.assignlab.lab import AssignLab
from locviz.widgets.assignlab.replay import Replay

__all__ = ["AssignLab", "Replay"]
