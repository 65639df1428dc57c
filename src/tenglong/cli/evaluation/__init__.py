"""Commands that evaluate, explain and screen, over files."""
