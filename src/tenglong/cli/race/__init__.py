"""Commands about the race."""
