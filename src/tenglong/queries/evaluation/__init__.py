"""Schemes, runs and results, the grades that count, and whom screening suspects."""
