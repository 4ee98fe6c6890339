"""Laws of cures over random books (domain 7.4.6)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from features.checks import Comparison
from features.dictionary import load_dictionary
from features.scene import Scene
from risk.cure import Cure, cures_of
from risk.cure.act import Act
from risk.cure.posting import posted, slots_of
from risk.red_lines import State, judge_one
from tests.risk.cure.sheets import coop, effective, states

wan = st.integers(0, 400).map(float)
small = st.integers(0, 99).map(lambda fen: fen / 1_000_000)

PARTS = (
    "cash",
    "cash_restricted",
    "receivables_gov",
    "inventory_resources",
    "prepaid",
    "claims",
    "long_assets",
    "short_debt",
    "ltd_due_12m",
    "notes_payable",
    "payables",
    "long_debt",
)


@st.composite
def books(draw: st.DrawFn) -> Scene:
    """Return a cooperative whose sheet balances, whatever its parts."""
    part = {name: draw(wan) + draw(small) for name in PARTS}
    cash = part["cash"] + part["cash_restricted"]
    current = cash + sum(part[n] for n in PARTS[2:6])
    total = current + part["long_assets"]
    due = sum(part[n] for n in PARTS[7:11])
    owed = due + part["long_debt"]
    direct = ("cash_restricted", *PARTS[2:5], *PARTS[7:10], "long_debt")
    body = coop(
        **{name: part[name] for name in direct},
        cash_total=cash,
        current_assets=current,
        total_assets=total,
        current_liabilities=due,
        total_liabilities=owed,
    )
    own = body.own
    return body.changed(
        {
            "equity": own["total_assets"] - own["total_liabilities"],
            "investment_type": float(draw(st.booleans())),
        }
    )


def found(body: Scene) -> Mapping[str, tuple[Cure, ...]]:
    return cures_of(body, effective(), judge_one(body.frame(), effective()))


def by_hand(body: Scene, cure: Cure) -> Scene:
    """Return the subject with the shown postings added, column by column."""
    own = {}
    for posting in cure.postings:
        assert "row" not in posting
        name, change = str(posting["column"]), Decimal(str(posting["change"]))
        own[name] = body.own[name] + float(change * 100)
    return body.changed(own)


@settings(max_examples=40, deadline=None)
@given(books())
def test_a_cure_that_is_shown_cures_and_harms_nothing(body: Scene) -> None:
    before = states(body)
    checks = [
        check
        for check in load_dictionary().table("cooperative").checks
        if isinstance(check, Comparison)
    ]
    for rule, cures in found(body).items():
        for cure in cures:
            after = by_hand(body, cure)
            now = states(after)
            assert now[rule] is State.PASS
            assert all(max(now[id], State.PASS) <= max(before[id], State.PASS) for id in now)
            assert {m[0]: m[2] for m in cure.also} == {
                id: now[id] for id in now if now[id] is not before[id] and id != rule
            }
            own = after.own
            assert own["total_assets"] == own["total_liabilities"] + own["equity"]
            assert own["cash_total"] >= own["cash_restricted"]
            assert own["total_liabilities"] <= body.own["total_liabilities"]
            for check in checks:
                left, right = (sum(own[n] for n in side) for side in (check.left, check.right))
                assert left <= right or check.op == "=="


@settings(max_examples=25, deadline=None)
@given(books())
def test_one_fen_less_does_not_cure(body: Scene) -> None:
    rules = effective().red_lines
    for rule, cures in found(body).items():
        acts = {cure["act"]: Act.of(cure, "cooperative") for cure in rules[rule].content["cure"]}
        for cure in cures:
            assert cure.amount is not None
            act = acts[cure.act]
            (slot,) = slots_of(act, body)
            less = posted(act, body, [(slot, cure.amount - 1)])
            assert less is not None
            assert states(less.after())[rule] is not State.PASS
