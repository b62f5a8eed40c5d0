"""The exercises of lesson 07: one file each, with its solution and its mistakes."""
