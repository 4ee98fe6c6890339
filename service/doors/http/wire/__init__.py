"""What every route shares: how a request arrives, who calls, how it is refused and answered."""
