"""The exercises of lesson 09: one file each, with its solution and its mistakes."""
