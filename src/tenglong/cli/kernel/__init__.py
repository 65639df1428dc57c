"""Commands about the working calendar and about energy."""
