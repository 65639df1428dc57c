"""How templates write what the product knows."""
