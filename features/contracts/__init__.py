"""Contracts: raw tables against the dictionary.

A bad row is set aside with its reason, nothing is lost, good rows go on. What a whole table must
be, so that it can be used at all, raises `BadInput`. Reading (`files`, `headings`, `texts`,
`typed`, `cells`, `sheet`), judging (`row_rules`, `family`) and the result (`checking`, `faults`)
work on whole columns; one record takes the same path as a million.
"""

from features.contracts.checking import Checked, check_folder, check_raw, check_tables
from features.contracts.faults import Faults

__all__ = ["Checked", "Faults", "check_folder", "check_raw", "check_tables"]
