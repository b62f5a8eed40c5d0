"""Priors: the places a model predicts from."""

from locviz.priors.points import PointPriors, fitted_spacing, nominal_spacing

__all__ = ["PointPriors", "fitted_spacing", "nominal_spacing"]
