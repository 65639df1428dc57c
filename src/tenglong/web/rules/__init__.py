"""The pages of the rules of the city."""
