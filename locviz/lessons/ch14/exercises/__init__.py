"""The exercises of lesson 14: one file each, with its solution and its mistakes."""
