"""A decision document made by hand, and what answers for it without computing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from features.canonical import canonical_json
from service.store.records import SHANGHAI
from service.trust.identity import Caller
from service.use_cases.assessing.assess import ApplicationLine
from service.use_cases.decided.in_force import standing_of
from service.use_cases.decided.reviews import Reviewed, Reviewer

JUDGED = datetime(2026, 6, 30, 10, tzinfo=SHANGHAI)
Json = dict[str, Any]

POINTS = {
    "debt_service_to_income": (-28, "0.62", "0.31"),
    "op_cash_dscr": (-15, "1.05", "1.80"),
    "max_dpd_24m": (14, "0", "3"),
    "inquiries_6m": (-14, "4", "1"),
    "lender_count": (8, "1", "2"),
    "experience_years": (10, "17", "9"),
    "eco_credit_pct": (8, "0.86", "0"),
    "overdue_count_24m": (8, "0", "0"),
    "credit_utilisation": (-12, "0.81", "0.44"),
    "guarantees_given_to_income": (6, "0", "0.1"),
    "loan_to_income": (-8, "1.4", "0.9"),
    "deposits_avg_3m_to_loan": (5, "0.12", "0.2"),
    "income_cv_12m": (5, "0.22", "0.4"),
    "agri_insured_share": (6, "0.9", "0.5"),
    "term_m": (0, "24", "24"),
    "homestay_insured": (-3, None, "1"),
    "land_forest_area_titled": (2, "18666.67", "9000"),
}
BASE = 628


def a_score() -> Json:
    contributions = [
        {"feature": name, "value": value, "reference": reference, "points": points}
        for name, (points, value, reference) in POINTS.items()
    ]
    return {
        "product": "credit",
        "as_of": "2026-11-24",
        "pd": "0.034512",
        "pd_low": "0.014002",
        "pd_high": "0.081997",
        "points": BASE + sum(points for points, _, _ in POINTS.values()),
        "base_points": BASE,
        "grade": "BBB",
        "evidence": {"kind": "model", "defaults": 412},
        "model": {"name": "credit", "version": "sha256:" + "ab" * 32, "trained_on": "synthetic"},
        "contributions": contributions,
    }


def a_verdict(rule: str = "RL-05", state: str = "warn") -> Json:
    record = {"as_of": "2026-09-30", "known_at": "2026-10-20T09:00:00+08:00", "source": "报表"}
    return {
        "rule": rule,
        "title": {"zh": "现金短债比", "en": "Cash to short-term debt"},
        "subject": {"kind": "cooperative", "id": "C330822"},
        "as_of": "2026-11-24",
        "known_at": record["known_at"],
        "state": state,
        "severity": "R",
        "tests": [
            {
                "id": "t1",
                "state": state,
                "level": state,
                "formula": "cash_unrestricted ÷ short_debt_total",
                "over": "18000000.00",
                "under": "24000000.00",
                "value": "0.750000",
                "limits": [
                    {"level": "warn", "at": "1", "basis": "ANALOG", "source": "…"},
                    {"level": "breach", "at": "0.5", "basis": "EXPERT", "source": "…"},
                ],
                "headroom": "6000000.00",
                "inputs": [
                    {
                        "name": "cash_unrestricted",
                        "value": "18000000.00",
                        "unit": "yuan",
                        **record,
                    },
                    {"name": "short_debt_total", "value": "24000000.00", "unit": "yuan", **record},
                ],
            }
        ],
        "conditions": [],
        "clause": {"document": "关于两山合作社建设运营的指导意见", "article": "二（五）"},
        "action": {"zh": "不新增支出和承诺", "en": "No new spending, no new undertaking"},
        "missing": [],
    }


class OneDecision:
    """Gives one document: enough to see how it is answered and drawn, nothing is computed."""

    def __init__(self, decision: Mapping[str, object]) -> None:
        self.document = canonical_json(decision)
        self.id = str(decision["id"])
        self.outcome = str(decision["outcome"])

    async def assess(
        self,
        product: str,
        body: Mapping[str, object],
        caller: Caller,
        idempotency_key: str | None = None,
    ) -> bytes:
        return self.document

    async def close(self) -> None: ...

    def read(self, id: str, caller: Caller) -> bytes | None:
        return self.document if id == self.id else None

    def find(self, text: str, caller: Caller) -> Sequence[ApplicationLine]:
        today = date(2026, 11, 24)
        lines = [
            ApplicationLine(
                "A000001", "H000001", None, "credit", "150000.00", today, self.outcome, self.id
            ),
            ApplicationLine("A000002", "H000002", None, "deposit", "8000.00", today),
        ]
        return [line for line in lines if text in line.application_id]


class ItsReviews(Reviewer):
    """Knows that decision alone, and what a test says of it."""

    def __init__(self, decision: Mapping[str, object], said: Sequence[Json]) -> None:
        self.decision, self.said = decision, said

    def reviews(self, id: str, caller: Caller) -> Reviewed:
        standing = standing_of(self.decision, self.said, JUDGED)
        return Reviewed(self.decision, self.said, standing, None)
