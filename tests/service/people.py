"""Identity numbers of nobody: well formed, of a county code that is not in use."""

from __future__ import annotations


def citizen(serial: int, born: str = "19900307", region: str = "330899") -> str:
    """Return the identity number of an invented person; `serial` up to 999."""
    body = f"{region}{born}{serial:03d}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]
