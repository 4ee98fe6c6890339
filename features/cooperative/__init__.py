"""Cooperative: the sides of its red lines, from its statement and registers."""
