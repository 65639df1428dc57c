"""Uploads and what became of their rows."""
