"""A person's rights over HTTP."""
