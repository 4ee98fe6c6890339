"""Risk: policy as data, red lines judged exactly, a decision with its reasons.

May import `models` and `features`; `risk.red_lines` and `risk.files` never import models, so a
hard limit holds whichever model is in use. Its output types are `Verdict` and `Decision`.
"""
