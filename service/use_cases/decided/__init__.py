"""What may be asked of a decision that was made: explain, review, replay, what if."""
