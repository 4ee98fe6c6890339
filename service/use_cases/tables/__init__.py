"""Any table of a user's own: models fitted on it, statements read from it."""
