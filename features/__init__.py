"""Features: raw records in, named numbers out.

The lowest layer. It imports nothing of ours. A book of raw tables is checked (`contracts`), read
as it was known on a day (`point_in_time`) and turned into features by one compiled plan (`graph`).
Its one output type is `features.frame.Frame`.
"""
