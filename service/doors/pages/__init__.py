"""The pages: server-drawn HTML and SVG for people, without a line of script.

Texts stand in `catalogue.yaml`, Chinese first; a page shows a stored document and decides nothing.
"""
