"""Loops over firms, measures and starts, compiled by numba; the only package that knows it."""
