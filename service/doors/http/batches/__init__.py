"""Batches over HTTP: a file in, progress, a file out."""
