"""Upgrade certificates and what they add up to."""
