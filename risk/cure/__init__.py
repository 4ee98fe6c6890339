"""Cures: the smallest transactions that bring a red line back to pass (domain 7.3).

`act` is what a line's file says, compiled; `draft` and `posting` put amounts on a subject;
`search` finds the least that do; `seek` judges all lines again and keeps what harms none;
`sound` is what the dictionary asks of a row. Imports `features` and `risk.red_lines` only.
"""

from risk.cure.seek import Cure, cures_of, with_cures

__all__ = ["Cure", "cures_of", "with_cures"]
