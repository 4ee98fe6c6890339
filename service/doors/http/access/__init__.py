"""People and clients over HTTP."""
