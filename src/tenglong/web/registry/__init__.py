"""Pages of firms and places."""
