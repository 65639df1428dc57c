"""Pages of roadmaps."""
