"""Views about what firms rise to."""
