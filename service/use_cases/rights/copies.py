"""A copy of everything that is held of a person, for that person (PIPL 45).

Records in every version, decisions whole and in plain sentences, what was said about them, the
consents. The identity number is shown masked: who asks knows it, and a copy travels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import orjson

from features.dictionary import load_dictionary
from service.store.entries import DECISION
from service.store.people import APPLICATION, Held
from service.store.store import Store
from service.trust.identity import Caller
from service.trust.masking import mask_text
from service.use_cases.rights.withdrawals import refuse_unknown

Document = Mapping[str, Any]

OUTCOMES = {
    "approve": ("同意", "approved"),
    "approve_with_conditions": ("附条件同意", "approved under conditions"),
    "refer": ("转人工办理", "referred to a person"),
    "decline": ("未通过", "declined"),
}
RIGHTS = {
    "zh": "您可以要求更正、补充、撤回授权或删除；对仅由自动化方式作出的决定，"
    "可以拒绝并要求人工办理（个人信息保护法第二十四、四十五至四十七条）。",
    "en": "You may have data corrected or completed, withdraw consent or ask for erasure; a "
    "decision made only automatically you may refuse (PIPL 24, 45-47).",
}


class Copier:
    """Gives people a copy of what is held of them.

    Parameters
    ----------
    store
        Records, decisions, identity numbers.
    clock
        Now, in Asia/Shanghai.
    """

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def copy(self, id: str, caller: Caller) -> dict[str, object]:
        """Return everything the caller's tenant holds of a person.

        Parameters
        ----------
        id
            The household; of somebody who only ever came with a request, the subject token.

        Raises
        ------
        NoSuchPerson
            Where that is nothing.
        """
        found = self._store.people(caller.owner).held(id)
        refuse_unknown(found)
        withdrawn = self._store.withdrawals(caller.owner).among(found.consents)
        documents = [(one.kind, orjson.loads(one.document)) for one in found.log]
        return {
            "household": id,
            "owner": caller.owner,
            "at": self._clock().isoformat(timespec="microseconds"),
            "identity": self._identity(found, caller),
            "consents": [{"id": one, "withdrawn": one in withdrawn} for one in found.consents],
            "records": {table: list(rows) for table, rows in found.rows.items()},
            "decisions": [
                {"plain": in_plain_words(one), "document": one}
                for kind, one in documents
                if kind == DECISION
            ],
            "said": [one for kind, one in documents if kind != DECISION],
            "rights": RIGHTS,
        }

    def _identity(self, found: Held, caller: Caller) -> list[dict[str, object]]:
        """Return each subject token with the number behind it, masked, where one is kept."""
        kept = {token: self._store.identities(caller.owner).get(token) for token in found.tokens}
        return [
            {
                "subject_token": token,
                "id_number": sealed
                and mask_text(self._store.subjects.number(sealed, caller.owner)),
            }
            for token, sealed in kept.items()
        ]


def in_plain_words(decision: Document) -> dict[str, str]:
    """Return a decision in a few sentences, in both languages.

    Examples
    --------
    >>> in_plain_words({"at": "2026-06-30T10:00:00+08:00", "product": "credit", "score": None,
    ...     "outcome": "refer", "reasons": []})["zh"]
    '2026年6月30日，您申请的两山信用贷：转人工办理。'
    """
    day = datetime.fromisoformat(decision["at"]).date()
    product = load_dictionary().table(APPLICATION).columns["product"]
    label = next(code for code in product.codes if code.name == decision["product"])
    zh, en = OUTCOMES[decision["outcome"]]
    said_zh = [f"{day.year}年{day.month}月{day.day}日，您申请的{label.zh}：{zh}"]
    said_en = [f"{day.isoformat()}, your application for {label.en}: {en}"]
    score = decision["score"]
    if score:
        said_zh.append(f"评分{score['points']}分（{score['grade']}级）")
        said_en.append(f"score {score['points']} (grade {score['grade']})")
    reasons = decision["reasons"]
    if reasons:
        said_zh.append("主要原因：" + "；".join(one["zh"] for one in reasons))
        said_en.append("main reasons: " + "; ".join(one["en"] for one in reasons))
    return {"zh": "。".join(said_zh) + "。", "en": ". ".join(said_en) + "."}
