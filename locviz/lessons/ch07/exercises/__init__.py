"""The exercises of lesson 07: one file each, with its solution and the mistakes that it names."""
