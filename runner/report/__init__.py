"""Projections of the event stream: what is written down after the fact."""
