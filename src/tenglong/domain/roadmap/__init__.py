"""Roadmaps: which firm takes which measure when, within its means, proven good (docs/algorithms/roadmap.md)."""
