"""Tests of care-export: unit."""
