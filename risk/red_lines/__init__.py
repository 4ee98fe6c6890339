"""Red lines: hard limits judged in exact integers, before any model and without one.

`rule` is a line as it stands on one day, `one` judges a subject in Python integers, `book` a whole
frame in vectors, `verdict` is what both answer, `findings` what the verdicts come to. Imports
`features` only.
"""

from risk.red_lines.book import Verdicts, judge
from risk.red_lines.findings import findings
from risk.red_lines.one import judge_one
from risk.red_lines.rule import RedLine, RuleBook
from risk.red_lines.state import Level, State
from risk.red_lines.verdict import Verdict

__all__ = [
    "Level",
    "RedLine",
    "RuleBook",
    "State",
    "Verdict",
    "Verdicts",
    "findings",
    "judge",
    "judge_one",
]
