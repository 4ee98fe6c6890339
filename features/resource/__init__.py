"""Resource: what was deposited, who else claims it, what it is worth and what it secures."""
