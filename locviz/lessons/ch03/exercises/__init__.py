"""The exercises of lesson 03: one file each, with its solution and its mistakes."""
