"""The exercises of lesson 04: one file each, with its solution and its mistakes."""
