"""REST with OpenAPI for what the pages show."""
