"""Documents as files: Word and Excel, the same bytes for the same content."""
