"""Corrections over HTTP: proposed by one, decided by another."""
