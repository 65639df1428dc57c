"""Rosters, reconciliation, case states and moves."""
