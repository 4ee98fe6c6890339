"""Use cases: one function for each thing a person or a program asks of the service."""
