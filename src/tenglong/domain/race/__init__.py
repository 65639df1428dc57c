"""Targets, pace, ranking and cards."""
