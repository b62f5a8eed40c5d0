"""The exercises of lesson 02: one file each, with its solution and its mistakes."""
