"""The pages of docs/reference, one module for each: `page()` gives the text of the page."""
