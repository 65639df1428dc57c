"""Firms and places."""
