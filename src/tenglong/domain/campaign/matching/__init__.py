"""Engines that find which rows are one firm: lookup for single rows, lists for whole lists."""
