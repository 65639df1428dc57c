"""Roadmaps: which firm takes which measure when, within money, people and law, proven good (docs/algorithms/roadmap.md)."""
