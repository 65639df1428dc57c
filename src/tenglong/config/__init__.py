"""Settings, URLs and the entry points of web servers."""
