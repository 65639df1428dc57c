"""Schemes, runs, results, objections and screening."""
