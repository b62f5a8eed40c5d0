"""The exercises of lesson 03: one file each, with its solution and the mistakes that it names."""
