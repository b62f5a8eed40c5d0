"""The exercises of lesson 00: one file each, with its solution and its mistakes."""
