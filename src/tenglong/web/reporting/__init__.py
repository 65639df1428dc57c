"""The first page, and bulletins."""
