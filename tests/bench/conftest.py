"""Benchmarks are programs: `make bench` runs them, the tests do not collect them."""

collect_ignore_glob = ["*.py"]
