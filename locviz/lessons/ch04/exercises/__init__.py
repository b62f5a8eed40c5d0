"""The exercises of lesson 04: one file each, with its solution and the mistakes that it names."""
