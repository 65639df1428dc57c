"""Forms about what firms rise to."""
