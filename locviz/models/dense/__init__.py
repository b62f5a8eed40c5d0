"""Detectors that predict once per prior."""
