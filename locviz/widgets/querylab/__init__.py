"""QueryLab: what each query of a detector looks at, and which object it is responsible for."""

from locviz.widgets.querylab.lab import QueryLab
from locviz.widgets.querylab.looking import Look, flips, look_at
from locviz.widgets.querylab.replay import QueryRecorder, QueryReplay

__all__ = ["Look", "QueryLab", "QueryRecorder", "QueryReplay", "flips", "look_at"]
