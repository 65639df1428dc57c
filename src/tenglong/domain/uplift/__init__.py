"""What firms rise to: upgrade certificates as intervals."""
