"""The command about the rules of the city."""
