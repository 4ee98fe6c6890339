"""Batches: a file of applications in, each answered once, a file out."""
