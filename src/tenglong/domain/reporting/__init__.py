"""What is printed: figures with their calibre, the weekly bulletin, sheets."""
