"""Background work: imports and bulletins."""
