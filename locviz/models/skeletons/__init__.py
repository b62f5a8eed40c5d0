"""Skeletons: how stages are wired, and the losses that belong to a wiring."""
