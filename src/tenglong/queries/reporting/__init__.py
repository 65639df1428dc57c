"""What bulletins and the first page say."""
