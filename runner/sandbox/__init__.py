"""The sandbox: a program that plays the vendor, in memory or behind a port.

It follows what the documents say. Where they say nothing, the docstring of the place says "the sandbox's own
choice"; nothing of that kind is a fact about the vendor. Everything is made from a seed: same seed, same
rows.
"""
