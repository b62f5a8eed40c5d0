"""The exercises of lesson 10: one file each, with its solution and its mistakes."""
