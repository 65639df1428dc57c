"""Commands about tables that are handed in."""
