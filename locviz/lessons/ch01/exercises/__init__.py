"""The exercises of lesson 01: one file each, with its solution and the mistakes that it names."""
