"""Rosters, cases and their figures."""
