"""Reads: one file per topic; every read is scoped by the policy."""
