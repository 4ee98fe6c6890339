"""Service: the use cases, the store behind them and the doors in front of them.

The top layer and the only one that reads the clock. No door holds logic: each calls one use case.
"""
