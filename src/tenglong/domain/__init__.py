"""What the product knows: pure Python, no Django, no I/O, in the order the data travels."""
