# Generated from specs/ by `make generate`; never edited by hand.
# ruff: noqa
"""One model per report: what a request may hold."""
