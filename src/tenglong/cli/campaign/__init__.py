"""Commands that found a site and ask for figures."""
