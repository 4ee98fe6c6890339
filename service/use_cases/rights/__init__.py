"""A person's rights over his data, and how long it is kept."""
