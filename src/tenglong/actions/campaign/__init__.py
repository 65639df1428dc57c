"""Rosters, cases and matches."""
