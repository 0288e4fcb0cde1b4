"""Tests of care-export: contract."""
