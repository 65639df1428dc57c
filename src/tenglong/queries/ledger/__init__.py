"""Entries folded: what counts as of a day, as known at a moment, and whether the chain holds."""
