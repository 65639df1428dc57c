"""Jobs: whose, what about, how far, and what is done by itself."""
