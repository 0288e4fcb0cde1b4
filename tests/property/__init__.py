"""Tests of care-export: property."""
