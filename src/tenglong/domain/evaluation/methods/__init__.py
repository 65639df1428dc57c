"""Schemes that ship with the program: methods of real places, examples, and one of the demonstration."""
