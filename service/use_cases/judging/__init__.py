"""Judge red lines: of a book, of given facts, of a policy that is checked."""
