"""Tests of care-export."""
