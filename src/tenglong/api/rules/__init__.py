"""Rule files of the city."""
