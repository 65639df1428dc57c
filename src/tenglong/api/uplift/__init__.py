"""What firms rise to."""
