"""Generalized Focal Loss."""
