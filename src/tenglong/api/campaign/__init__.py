"""Rosters, cases, entries, matches and figures."""
