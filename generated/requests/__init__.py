# Generated from specs/ by `make generate`; never edited by hand.
# fmt: off
# ruff: noqa
"""One model per report: what a request may hold."""
