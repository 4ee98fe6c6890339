"""How people type numbers: what they put between the digits."""

APART = "[ _\u00a0\u3000\u2010-\u2015\u2212\u200b-\u200f\u2060\ufeff-]"
"""One of what may stand between two digits, as a class of characters for any regular expression:
blanks, dashes and what nobody sees."""
