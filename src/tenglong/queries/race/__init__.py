"""Units beside each other."""
