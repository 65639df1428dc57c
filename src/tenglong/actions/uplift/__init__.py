"""Upgrade certificates, by hand."""
