"""Fast R-CNN."""
