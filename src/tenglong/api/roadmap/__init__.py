"""Roadmaps."""
