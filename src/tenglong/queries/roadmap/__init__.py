"""Roadmaps: what was stated, planned and explained, and how it went."""
