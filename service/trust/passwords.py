"""Which passwords are guessed first (NIST SP 800-63B-4, 3.1.1.2): those are not taken.

No list of leaked passwords comes with us, and at twelve characters most of one would be of no use:
what people build so long is a common word, a row of the keyboard or a count, with a little added.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

LEAST_OF_ONES_OWN = 6
"""Characters that must be left, different ones, when all that anybody would try is taken away."""

LONGEST_STEP = 1
SHORTEST_RUN = 3

_COMMON = re.compile(
    "passw[o0]rd|passwd|admin(?:istrator)?|welcome|letmein|iloveyou|woaini|abc|qaz|wsx|edc|rfv|"
    "qwert[yz]?u?i?o?p?|asdfg?h?j?k?l?|zxcvb?n?m?|5201314|1314|520|168|888|666|"
    "liang ?shan|zhejiang|zhongguo|china|lishui|nonghang|bank|"
    "两山|浙江|丽水|合作社|银行|密码|管理员|绿水青山就是金山银山"
)


def is_guessable(password: str) -> bool:
    """Return whether nearly all of a password is what anybody would try.

    Examples
    --------
    >>> is_guessable("Password2026!"), is_guessable("123456789012"), is_guessable("aaaaaaaaaaaaaa")
    (True, True, True)
    >>> is_guessable("green hills pay back")
    False
    """
    plain = unicodedata.normalize("NFKC", password).casefold()
    return len(set(_COMMON.sub("", _without_runs(plain)))) < LEAST_OF_ONES_OWN


def _without_runs(text: str) -> str:
    """Return a text without letters that repeat or count on: 777, abc, 4321."""
    left, run, step = "", text[:1], 0
    for one, next_ in pairwise(text):
        found = ord(next_) - ord(one)
        if abs(found) <= LONGEST_STEP and (len(run) == 1 or found == step):
            run, step = run + next_, found
            continue
        left += run if len(run) < SHORTEST_RUN else ""
        run, step = next_, 0
    return left + (run if len(run) < SHORTEST_RUN else "")
