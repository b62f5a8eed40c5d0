"""Monitor: watch a run's losses, average precision and mistakes; pause, resume, stop."""

from locviz.widgets.monitor.lab import Monitor

__all__ = ["Monitor"]
