"""The exercises of lesson 08: one file each, with its solution and its mistakes."""
