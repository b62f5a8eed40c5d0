"""Detectors that first ask where to look, then what is there. One file per paper, the stages that
they share beside.
"""
