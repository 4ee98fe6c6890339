"""Organisation: the sides of the developer screen, and its signals (guidance 二（五）)."""
