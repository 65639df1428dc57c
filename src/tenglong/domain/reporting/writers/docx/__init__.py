"""Documents as editable Word files in the layout of GB/T 9704-2012."""

from tenglong.domain.reporting.writers.docx.writing import grid, imprint_grid, keep_on_one_page, write_docx

__all__ = ["grid", "imprint_grid", "keep_on_one_page", "write_docx"]
