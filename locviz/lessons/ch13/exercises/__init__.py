"""The exercises of lesson 13: one file each, with its solution and its mistakes."""
