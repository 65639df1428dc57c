"""Signing in, and the people of one's units."""
