"""Pages: server-rendered templates and htmx."""
