"""Project: the sides of its red lines, from its file, its papers and its accounts."""
