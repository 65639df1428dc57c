"""Places, firms, land and what was observed of them."""
