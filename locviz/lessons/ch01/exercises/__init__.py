"""The exercises of lesson 01: one file each, with its solution and its mistakes."""
