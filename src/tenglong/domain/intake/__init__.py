"""Tables as they arrive: their shape, the checks of their cells, a verdict for each row."""
