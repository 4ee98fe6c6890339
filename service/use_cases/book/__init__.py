"""The book: loaded, exported, corrected, and how much of it a body may see."""
