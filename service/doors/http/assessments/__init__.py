"""Decisions over HTTP: assess, read, explain, ask what if, review."""
