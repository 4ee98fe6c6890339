"""Doors: ways into the use cases. None holds logic."""
