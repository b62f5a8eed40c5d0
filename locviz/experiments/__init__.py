"""Experiments: what the chapters quote and the benchmarks run, one module per question.

Each module holds the protocol of an experiment and returns plain figures: numbers, tensors, small
records. How a chapter shows them is the lesson's part (``locviz.lessons``), so an experiment also
runs on a server without notebooks, and a test can ask it what a chapter claims.
"""
