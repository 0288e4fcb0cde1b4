"""Tests of care-export: e2e."""
