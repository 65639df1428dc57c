"""Pages about what firms rise to."""
