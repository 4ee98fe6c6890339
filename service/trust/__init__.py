"""Trust: who speaks to the service."""
