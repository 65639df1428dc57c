"""Its forms."""
